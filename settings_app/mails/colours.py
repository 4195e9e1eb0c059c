"""The brand's colours in a mail, where no style sheet computes what can be read on them."""

from __future__ import annotations

from dataclasses import dataclass

from settings_app.sites import Brand


@dataclass(frozen=True)
class Colours:
    """The button's fill and the text on it, in a light and in a dark mail."""

    fill: str
    on_fill: str
    dark_fill: str
    on_dark_fill: str


def of_brand(brand: Brand) -> Colours:
    dark = brand.dark_colour or brand.colour
    return Colours(brand.colour, text_on(brand.colour), dark, text_on(dark))


def text_on(colour: str) -> str:
    """White or black, whichever is read better: one of them has a contrast of 4.5 on every colour."""
    light = luminance(colour) + 0.05
    return "#ffffff" if 1.05 / light >= light / 0.05 else "#000000"


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    red, green, blue = (linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
