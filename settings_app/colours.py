"""What a brand colour becomes on a page: accents that can be read on every surface, in the light and in the dark.

Lightness and chroma are those of OKLCH, contrast is that of WCAG 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coloraide import Color

DEFAULT = "#2f5bd8"
WHITE, NEARLY_BLACK, BLACK = "#ffffff", "#14161b", "#000000"
STEP = 0.005  # of lightness
READABLE, VISIBLE = 4.5, 3.0  # contrast of text, and of edges (WCAG 2.2, 1.4.3 and 1.4.11)
ON_SURFACES = 4.6  # of text, with room for rounding
GREY = 0.03  # chroma under which a colour is none
HOVER = 0.05  # of lightness


@dataclass(frozen=True)
class Mode:
    """The neutral colours of `static/css/tokens.css` that an accent stands on, and how far accents may go."""

    is_dark: bool
    text: str
    surfaces: tuple[str, ...]  # surface, canvas, sunken
    subtle_lightness: float
    subtle_chroma: float


LIGHT = Mode(
    is_dark=False,
    text="#171b22",
    surfaces=("#ffffff", "#f7f8fa", "#f1f2f5"),
    subtle_lightness=0.962,
    subtle_chroma=0.022,
)
DARK = Mode(
    is_dark=True,
    text="#ebedf0",
    surfaces=("#14171b", "#0d0e12", "#1c1f25"),
    subtle_lightness=0.285,
    subtle_chroma=0.045,
)
LEAST_DARK_LIGHTNESS, MOST_DARK_CHROMA = 0.70, 0.14


@dataclass(frozen=True)
class Accent:
    """Every accent of one mode, each as `#rrggbb`."""

    accent: str
    on_accent: str
    accent_hover: str
    accent_edge: str
    accent_text: str
    accent_subtle: str


@lru_cache(maxsize=256)
def accent_of(brand: str, mode: Mode) -> Accent:
    """From `#rrggbb`; what is no such colour counts as the default one."""
    colour = in_oklch(brand if is_colour(brand) else DEFAULT)
    is_grey = colour["chroma"] < GREY
    subtle = shade(colour, mode.subtle_lightness, min(colour["chroma"], mode.subtle_chroma))
    text = mode.text if is_grey and mode.is_dark else readable_on((*mode.surfaces, subtle), colour, mode)
    fill = edge = written(colour)
    if min(contrast(fill, surface) for surface in mode.surfaces[:2]) < VISIBLE:
        if is_grey:
            fill = edge = text = mode.text
        elif mode.is_dark:
            fill = edge = text
        else:
            edge = text
    on_fill = text_on(fill)
    return Accent(fill, on_fill, moved_from(on_fill, fill), edge, text, subtle)


def text_on(fill: str) -> str:
    """The first of white, nearly black and black that is read on it; one always is."""
    return next(text for text in (WHITE, NEARLY_BLACK, BLACK) if text == BLACK or contrast(text, fill) >= READABLE)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    red, green, blue = (linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def is_colour(value: str) -> bool:
    return (
        len(value) == len(DEFAULT) and value[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in value[1:])
    )


def readable_on(surfaces: tuple[str, ...], colour: Color, mode: Mode) -> str:
    """The colour, so much darker or, in the dark, lighter that it can be read on all of them."""
    lightness, chroma = colour["lightness"], colour["chroma"]
    if mode.is_dark:
        lightness, chroma = max(lightness, LEAST_DARK_LIGHTNESS), min(chroma, MOST_DARK_CHROMA)
    step = STEP if mode.is_dark else -STEP
    found = shade(colour, lightness, chroma)
    while min(contrast(found, surface) for surface in surfaces) < ON_SURFACES and 0 < lightness < 1:
        lightness += step
        found = shade(colour, lightness, chroma)
    return found


def moved_from(text: str, fill: str) -> str:
    """The fill under the pointer: away from the colour of its text, so that contrast only rises."""
    colour = in_oklch(fill)
    step = -HOVER if text == WHITE else HOVER
    return shade(colour, min(max(colour["lightness"] + step, 0), 1), colour["chroma"])


def shade(colour: Color, lightness: float, chroma: float) -> str:
    return written(colour.clone().set({"lightness": lightness, "chroma": chroma}))


def in_oklch(colour: str) -> Color:
    """The library is loaded by whoever works out a colour: it takes a twentieth of a start, and 4 MB."""
    from coloraide import Color

    return Color(colour).convert("oklch")


def written(colour: Color) -> str:
    """As `#rrggbb`, with as much chroma as a screen has (sRGB)."""
    return str(colour.convert("srgb").fit("srgb", method="oklch-chroma").to_string(hex=True))
