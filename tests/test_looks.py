"""What `make looks` sees: a page that is as it was accepted, one that differs, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests import looks
from tests.looks import CELL, OUTSIDE, cells, difference, side_by_side


def page(*, moved: int = 0, high: int = 400, colour: str = "navy") -> Image.Image:
    picture = Image.new("RGB", (320, high), "white")
    ImageDraw.Draw(picture).rectangle((40 + moved, 80, 200 + moved, 120), fill=colour)
    return picture


def test_a_page_that_is_the_same_or_a_hair_off_is_no_difference() -> None:
    assert difference(cells(page()), cells(page())) is None
    assert difference(cells(page()), cells(page(colour="#00008a"))) is None


@pytest.mark.parametrize("change", [{"moved": CELL}, {"colour": "black"}, {"high": 480}], ids=str)
def test_what_moved_what_has_another_colour_and_what_is_longer_differs(change: dict[str, int]) -> None:
    apart = difference(cells(page()), cells(page(**change)))  # type: ignore[arg-type]  # one of its arguments
    assert apart is not None
    assert apart.getbbox() == {
        "moved": (5, 10, 26, 15),
        "colour": (5, 10, 25, 15),
        "high": (0, 50, 40, 60),
    }.get(next(iter(change)))


def test_a_difference_is_drawn_and_goes_once_it_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "ACCEPTED", tmp_path)
    monkeypatch.setattr(looks, "DIFFERENCES", tmp_path / "differences")
    (tmp_path / "differences").mkdir()
    before, now = (side_by_side([cells(one)] * 2) for one in (page(), page(moved=40)))
    assert before.getpixel((40, 0)) == OUTSIDE
    assert not looks.settled("overview-ada", before, accepts=False)
    assert looks.settled("overview-ada", before, accepts=True)
    assert looks.settled("overview-ada", before, accepts=False)
    assert not looks.settled("overview-ada", now, accepts=False)
    with Image.open(tmp_path / "differences" / "overview-ada.png") as drawn:
        colours = drawn.convert("RGB").getcolors()
    assert colours is not None
    assert looks.MARK in {colour for _count, colour in colours}
    assert looks.left_over({"overview-ada"}, accepts=False) == []
    assert looks.left_over(set(), accepts=False) == ["overview-ada is no page any more"]
