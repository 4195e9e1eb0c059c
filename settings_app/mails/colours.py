"""The brand's colours in a mail, where no style sheet computes what can be read on them."""

from __future__ import annotations

from dataclasses import dataclass

from settings_app.colours import text_on
from settings_app.sites import Brand


@dataclass(frozen=True)
class Colours:
    """The button's fill and the text on it, in a light and in a dark mail."""

    fill: str
    on_fill: str
    dark_fill: str
    on_dark_fill: str


def of_brand(brand: Brand) -> Colours:
    """Of a brand as it is shown, which has both colours."""
    return Colours(brand.colour, text_on(brand.colour), brand.dark_colour, text_on(brand.dark_colour))
