"""What code says about Logto points at a numbered section of docs/logto.md, and every such section exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "settings_app"
SECTION = SITE / "sections" / "email"
FACTS = ROOT / "docs" / "logto.md"
ROOMS = ("accountsite", "settings_app", "templates", "static", "tests", "docs", "deploy", "bench")
TEXTS = {".py", ".html", ".txt", ".md", ".css", ".js", ".toml", ".yaml", ".yml", ".sh"}
NUMBER = r"\d+(?:\.\d+)?"
SEVERAL = rf"({NUMBER}(?:(?:, (?:and )?| and | to ){NUMBER})*)"
REFERENCE = re.compile(rf"docs/logto\.md {SEVERAL}")
WITHIN_THE_FACTS = re.compile(rf"\((?:see )?{SEVERAL}\)|\b(?:[Ss]ection|of|see|at) ({NUMBER})(?![\d%]| [a-z])")
NOT_HERE = re.compile(
    rf"\b[Cc]ontract {NUMBER}\b|\brecordings? \"|(?<!docs/)\b(?:architecture|contract|style|standards)\.md\b"
)
STATUSES = re.compile(r"[1-5]\d\d")


def test_every_reference_to_a_fact_about_logto_resolves() -> None:
    found = [(path, number) for path, text in texts().items() for number in numbers(REFERENCE, text)]

    assert len(found) > 100
    assert [f"{path}: {number}" for path, number in found if number not in sections()] == []


def test_no_reference_leads_to_a_document_that_is_not_in_the_repository() -> None:
    assert [f"{path}: {found}" for path, text in texts().items() for found in NOT_HERE.findall(text)] == []


def test_the_facts_name_only_sections_that_exist() -> None:
    named = {number for number in numbers(WITHIN_THE_FACTS, FACTS.read_text()) if not STATUSES.fullmatch(number)}

    assert len(named) > 20
    assert sorted(named - sections()) == []


def test_links_between_documents_resolve() -> None:
    documents = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
    links = [(path, link) for path in documents for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())]

    assert links
    assert [f"{path.name}: {link}" for path, link in links if not (path.parent / link).exists()] == []


def test_every_place_that_the_page_on_architecture_names_is_there() -> None:
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:/|\.py))[`:]", (ROOT / "docs" / "architecture.md").read_text())
    places = {place for place in named if "/" in place or place.endswith(".py")}

    assert len(places) > 20
    assert [
        place for place in sorted(places) if not any((root / place).exists() for root in (ROOT, SITE, SECTION))
    ] == []


@cache
def sections() -> frozenset[str]:
    return frozenset(re.findall(rf"^##+ ({NUMBER}) ", FACTS.read_text(), re.MULTILINE))


def numbers(pattern: re.Pattern[str], text: str) -> list[str]:
    return [
        number for match in pattern.finditer(text) for group in match.groups("") for number in re.findall(NUMBER, group)
    ]


@cache
def texts() -> dict[str, str]:
    """Every text a reader of the repository meets, but for this file, which names what it forbids."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*")) if path.suffix in TEXTS]
    paths += [ROOT / name for name in ("README.md", "Makefile", ".env.example", "pyproject.toml")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths if path != Path(__file__).resolve()}
