"""The requirements that this site holds itself to, by the numbers of their standards; docs/security.md says how."""

from __future__ import annotations

import re

from tests.guards import TABLE

ASVS = """
1.2.1 1.3.11 2.1.3 2.3.2 2.3.4 2.4.1
3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.5.1 3.5.3 3.5.8 3.6.1 3.7.2 3.7.3
5.2.1 5.2.2 5.2.6 5.3.2 5.4.3
6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12
6.3.3 6.3.5 6.3.7 6.4.2 6.4.4 6.4.6 6.5.1 6.5.4 6.5.5 6.5.6 6.6.1 6.6.2 6.6.3 6.8.1 6.8.4
7.1.1 7.1.2 7.1.3 7.2.1 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.5.3 7.6.1 7.6.2
8.4.1 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3
10.1.1 10.1.2 10.2.1 10.2.2 10.2.3 10.5.1 10.5.2 10.5.3 10.5.4 10.5.5 10.7.3
11.1.1 11.1.2 12.3.1 13.4.2 13.4.5
14.2.1 14.2.3 14.2.6 14.2.8 14.3.1 14.3.2 14.3.3
15.1.1 15.1.3 15.2.2 16.2.1 16.2.5 16.3.1 16.3.2 16.3.3 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3
"""
WCAG = """
1.3.4 1.3.5 1.4.3 1.4.10 1.4.11 2.1.1 2.2.1 2.3.3 2.4.3 2.4.4 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8
3.1.1 3.1.2 3.2.6 3.3.1 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3
"""
OIDC = """
oidcc-client-test-nonce-invalid oidcc-client-test-invalid-iss oidcc-client-test-missing-sub
oidcc-client-test-invalid-aud oidcc-client-test-missing-aud oidcc-client-test-missing-iat
oidcc-client-test-kid-absent-single-jwks oidcc-client-test-kid-absent-multiple-jwks
oidcc-client-test-idtoken-sig-rs256 oidcc-client-test-idtoken-sig-none oidcc-client-test-invalid-sig-rs256
oidcc-client-test-client-secret-basic
"""
NUMBER = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d{1,2}){2})(?: to (\d{1,2}(?:\.\d{1,2}){2}))?(?![\d.])")


def wanted() -> dict[str, set[str]]:
    return {"": set(ASVS.split()), "Accessibility": set(WCAG.split())}


def rows() -> list[tuple[str, list[str]]]:
    """The cells of each row of the tables of requirements, with the heading above it."""
    part = TABLE.read_text(encoding="utf-8").partition("\n## Requirements\n")[2].partition("\n## Guards\n")[0]
    found, heading = list[tuple[str, list[str]]](), ""
    for line in part.splitlines():
        if line.startswith("### "):
            heading = line.removeprefix("### ")
        elif line.startswith("| ") and not line.startswith("| Requirement"):
            found.append((heading, [cell.strip() for cell in line.strip("| ").split(" | ")]))
    return found


def numbers_in(cell: str) -> set[str]:
    """The numbers that a cell names, those within "3.3.1 to 3.3.4" included."""
    found: set[str] = set()
    for first, last in NUMBER.findall(cell):
        found.add(first)
        if last:
            stem, begins = first.rpartition(".")[::2]
            found |= {f"{stem}.{number}" for number in range(int(begins), int(last.rpartition(".")[2]) + 1)}
    return found
