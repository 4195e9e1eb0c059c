"""Each requirement stands in docs/security.md, with a test or with words for why it has none."""

from __future__ import annotations

import re

import pytest

from tests.guards import ROOT, TEST
from tests.standards import OIDC, numbers_in, rows, wanted

OTHERWISE = "Met otherwise, not met, or not applicable"
FEWEST_LETTERS = 20  # of a reason


@pytest.mark.parametrize("part", ["", "Accessibility"])
def test_every_requirement_is_met_or_says_how_it_stands(part: str) -> None:
    named: set[str] = set()
    for heading, cells in rows():
        is_accessibility = heading == "Accessibility" or cells[0].startswith("WCAG")
        if is_accessibility == (part == "Accessibility"):
            named |= numbers_in(cells[0])
    assert wanted()[part] - named == set()


def test_every_row_has_a_test_or_a_reason() -> None:
    bare = [
        cells[0]
        for heading, cells in rows()
        if not TEST.search(cells[-1]) and len(cells[1] if heading != OTHERWISE else cells[-1]) < FEWEST_LETTERS
    ]
    assert bare == []


def test_every_module_of_the_conformance_suite_has_a_test_of_its_name() -> None:
    source = (ROOT / "tests" / "signin" / "test_conformance.py").read_text(encoding="utf-8")
    tests = set(re.findall(r"def test_(oidcc_\w+)\(", source))
    assert {name.replace("-", "_") for name in OIDC.split()} - tests == set()


def test_numbers_are_read_alone_and_in_ranges() -> None:
    assert numbers_in("3.3.1 to 3.3.3 and 16.4.2, 6.2.10") == {"3.3.1", "3.3.2", "3.3.3", "16.4.2", "6.2.10"}
    assert numbers_in("of RFC 6749 2.3.1.4 and 800-63B 3.1.1.2") == set()
