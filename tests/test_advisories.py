"""No locked package has a weakness that is known, as far as it was known on the day of docs/advisories.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.advisories import ACCEPTED, affecting, found_by_pip_audit, kept, locked, read


def test_no_locked_package_has_a_known_weakness() -> None:
    assert list(affecting(locked(), kept()["packages"])) == []


def test_what_is_accepted_is_known() -> None:
    known = {name for of_it in kept()["packages"].values() for one in of_it for name in (one["id"], *one["aliases"])}
    assert ACCEPTED.keys() - known == set()


@pytest.mark.parametrize(("version", "is_weak"), [("5.0.7", True), ("5.0.8", False), ("4.2.14", True), ("5.1", False)])
def test_a_version_with_a_weakness_is_found(version: str, is_weak: bool) -> None:
    found = list(affecting({"django": version}, kept()["packages"]))
    assert any("CVE-2024-42005" in one for one in found) == is_weak


def test_a_weakness_without_an_end_is_one_of_each_later_version() -> None:
    of_it = {"package": {"name": "X"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}]}]}
    known = read({"id": "PYSEC-1", "affected": [of_it]}, "x")
    assert known
    assert list(affecting({"x": "99"}, {"x": [known]})) == ["x 99: PYSEC-1"]
    assert list(affecting({"x": "0.9"}, {"x": [known]})) == []


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "aliases": []}]}], ["a 1: PYSEC-1"]),
        ([{"name": "a", "version": "1", "vulns": []}], []),
        ([{"name": "a", "skip_reason": "not found"}], None),
    ],
)
def test_what_pip_audit_says_is_taken_unless_it_could_not_ask(
    tmp_path: Path, told: list[dict[str, Any]], found: list[str] | None
) -> None:
    file = tmp_path / "audit.json"
    file.write_text(json.dumps({"dependencies": told}), encoding="utf-8")
    assert found_by_pip_audit(file) == found
    assert found_by_pip_audit(tmp_path / "none.json") is None
