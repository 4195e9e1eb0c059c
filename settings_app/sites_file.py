"""Where sites are written down: in the environment one, in a TOML file many, in a folder of such files any number.

A site with a mistake is left out and told in one sentence for each; the others are as they are. It imports no Django,
because settings.py stands on it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings_app.sites import ENVIRONMENT_NAMES, Site, on_this_machine, read_site

BEGIN_OF_SITE = re.compile(r"^(?=\[\[site\]\])", re.MULTILINE)
REFERENCE = re.compile(r"""["']file:([^"'\n]+)["']""")

Unfit = Callable[[Site], Iterator[str]]


@dataclass(frozen=True)
class SiteEntry:
    """One site as it is written down; `site` is None when `problems` say why it is left out."""

    file: Path
    number: int
    text: str  # of this entry; all of the file when that holds one site alone
    site: Site | None
    problems: tuple[str, ...] = ()


def read_sites(
    environment: Mapping[str, Any], sites_file: str, *, unfit: Unfit = lambda _site: iter(())
) -> tuple[tuple[Site, ...], tuple[str, ...]]:
    """The sites of this deployment, and one sentence for every value that is missing or wrong.

    `environment` holds the values of the one site by field name; with `sites_file`, the path of a TOML file with one
    `[[site]]` table for each site or of a folder of such files, they are not used. `unfit` says what else is wrong.
    """
    if not sites_file:
        site, problems = read_site(environment, "The environment", called=ENVIRONMENT_NAMES)
        problems += unfit(site) if site else []
        return ((site,) if site and not problems else ()), tuple(problems)
    entries, wrong = entries_of(Path(sites_file), unfit=unfit)
    sites = tuple(entry.site for entry in entries if entry.site)
    return sites, tuple(dict.fromkeys([*wrong, *(problem for entry in entries for problem in entry.problems)]))


def entries_of(path: Path, *, unfit: Unfit = lambda _site: iter(())) -> tuple[list[SiteEntry], list[str]]:
    """Every site of the file or folder, the wrong ones too; and what keeps files from being read."""
    entries: list[SiteEntry] = []
    problems: list[str] = []
    taken: set[str] = set()
    for file in files_of(path):
        for entry in _entries_of_file(file, problems, unfit):
            if entry.site and entry.site.host in taken:
                told = f"Two sites answer on {entry.site.host}; each needs a host of its own."
                entries.append(SiteEntry(entry.file, entry.number, entry.text, None, (told,)))
                continue
            if entry.site:
                taken.add(entry.site.host)
            entries.append(entry)
    if not entries and not problems:
        problems.append(f"SITES_FILE {path} has no [[site]] table.")
    return entries, problems


def files_of(path: Path) -> list[Path]:
    """The file itself, or those of the folder in the order of their names."""
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def marks_of(path: str, *others: str) -> dict[str, tuple[int, int, int]]:
    """What tells that something was written since: of each file of sites, each secret they name, and `others`."""
    files = [*files_of(Path(path)), Path(path)] if path else []
    named = [Path(found.strip()) for file in files for found in REFERENCE.findall(_text_of(file))]
    return {str(file): _mark(file) for file in [*files, *named, *(Path(other) for other in others if other)]}


def insecure(site: Site) -> Iterator[str]:
    """What would send cookies, secrets or tokens over the network as they are."""
    # guard: https-only
    if site.scheme != "https":
        yield f"{site.base_url} must begin with https://: the session cookie is sent over TLS only."
    if not site.endpoint.startswith("https://") and not on_this_machine(site.endpoint):
        yield f"{site.endpoint} must begin with https://: secrets and tokens travel to it."


def _entries_of_file(file: Path, problems: list[str], unfit: Unfit) -> Iterator[SiteEntry]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"SITES_FILE {file} cannot be read: {error}.")
        return
    parts = BEGIN_OF_SITE.split(text)[1:]
    tables: Any
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"SITES_FILE {file} cannot be read: {error}.")
        tables = _readable_tables(parts)
    else:
        # A file of a folder may be one site, without any [[site]].
        tables = document.get("site", [document] if document else [])
    if not isinstance(tables, list):
        problems.append(f"SITES_FILE {file} has no [[site]] table.")
        return
    each_has_its_part = len(parts) == len(tables)
    for number, table in enumerate(tables, start=1):
        if table is None:
            continue  # told above
        site, wrong = read_site(table, f"Site {number} of {file}")
        wrong += unfit(site) if site else []
        part = parts[number - 1] if each_has_its_part else text
        yield SiteEntry(file, number, part, None if wrong else site, tuple(wrong))


def _readable_tables(parts: list[str]) -> list[Any]:
    """The tables of a file that is no TOML as a whole, each read by itself: None for the one with the mistake."""
    tables: list[Any] = []
    for part in parts:
        try:
            tables += tomllib.loads(part).get("site", [])
        except tomllib.TOMLDecodeError:
            tables.append(None)
    return tables


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""  # told when the sites are read


def _mark(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)
