"""Every locked package may be used as it is used here."""

from __future__ import annotations

import pytest

from tests.licences import DEVELOPING, PAGE, SHIPPED, is_allowed, licence_of, lines, packages_of


@pytest.mark.parametrize(
    ("lock", "allowed"),
    [
        ("requirements-tracing.txt", SHIPPED),
        ("requirements-dev.txt", DEVELOPING),
        ("requirements-fuzzing.txt", DEVELOPING),
    ],
)
def test_every_package_has_a_licence_that_is_allowed(lock: str, allowed: set[str]) -> None:
    told = {package: licence_of(package) for package in packages_of(lock)}
    assert told
    assert {package: licence for package, licence in told.items() if not is_allowed(licence, allowed)} == {}


def test_the_list_is_of_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == "\n".join(lines()).rstrip() + "\n"


@pytest.mark.parametrize("licence", ["", "AGPL-3.0-only", "GPL-3.0-or-later", "MIT AND GPL-2.0-only", "Commercial"])
def test_what_would_bind_the_site_is_not_allowed(licence: str) -> None:
    assert not is_allowed(licence, SHIPPED)
