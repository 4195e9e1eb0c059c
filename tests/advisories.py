"""Known weaknesses of the locked packages: `python -m tests.advisories [--found FILE | --taken-from FOLDER]`.

What is known is kept in docs/advisories.json with its day, for where nobody can be asked: the part of the Python
Packaging Authority's advisory database (https://github.com/pypa/advisory-database) that is about packages locked here.
`--taken-from` renews it from a checkout of that database. `--found` judges what pip-audit has written (`make audit`).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.guards import ROOT

KEPT = ROOT / "docs" / "advisories.json"
LOCKS = ("requirements.txt", "requirements-tracing.txt", "requirements-dev.txt", "requirements-fuzzing.txt")
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
# By its id, why a weakness that is known does not matter here.
ACCEPTED: dict[str, str] = {}

Advisory = dict[str, Any]


def locked() -> dict[str, str]:
    """The version of each package of all lock files."""
    texts = ((ROOT / lock).read_text(encoding="utf-8") for lock in LOCKS)
    return {canonicalize_name(name): version for text in texts for name, version in LOCKED.findall(text)}


def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def affecting(packages: dict[str, str], known: dict[str, list[Advisory]]) -> Iterator[str]:
    """`name version: id`, for each weakness of these versions that is not accepted."""
    for name, version in packages.items():
        for one in known.get(name, []):
            names = {one["id"], *one["aliases"]}
            if is_within(Version(version), one) and not names & ACCEPTED.keys():
                yield f"{name} {version}: {' '.join(sorted(names))}"


def is_within(version: Version, advisory: Advisory) -> bool:
    return str(version) in advisory["versions"] or any(
        Version(begins) <= version and (not ends or version < Version(ends)) for begins, ends in advisory["ranges"]
    )


def taken_from(folder: Path, packages: Iterable[str]) -> dict[str, Any]:
    """The part of a checkout, bare or not, that is about `packages`."""
    known = {}
    for name in sorted(packages):
        listed = git(folder, "ls-tree", "-r", "--name-only", "HEAD", f"vulns/{name}/").split()
        found = [read(yaml.safe_load(git(folder, "show", f"HEAD:{path}")), name) for path in listed]
        if advisories := [one for one in found if one]:
            known[name] = advisories
    day = datetime.fromtimestamp(int(git(folder, "log", "-1", "--format=%ct")), UTC).date()
    return {"day": day.isoformat(), "commit": git(folder, "rev-parse", "HEAD").strip(), "packages": known}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)  # noqa: S603, S607  # read only
    return done.stdout


def read(source: dict[str, Any], package: str) -> Advisory | None:
    if source.get("withdrawn"):
        return None
    ranges, versions = list[tuple[str, str]](), list[str]()
    for affected in source["affected"]:
        if canonicalize_name(affected["package"]["name"]) != package:
            continue
        of_it = [one["events"] for one in affected.get("ranges", []) if one["type"] == "ECOSYSTEM"]
        ranges += [pair for events in of_it for pair in pairs(events)]
        versions += [] if of_it else map(str, affected.get("versions", []))
    return {"id": source["id"], "aliases": source.get("aliases", []), "ranges": ranges, "versions": versions}


def pairs(events: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """First version and the first one without it, empty where there is none."""
    begins = ""
    for event in sorted(events, key=lambda one: (Version(str(next(iter(one.values())))), "introduced" in one)):
        if "introduced" in event:
            begins = begins or str(event["introduced"])
        elif begins and "fixed" in event:
            yield begins, str(event["fixed"])
            begins = ""
    if begins:
        yield begins, ""


def found_by_pip_audit(file: Path) -> list[str] | None:
    """None where it could not ask anybody."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if any("skip_reason" in one for one in told["dependencies"]):
        return None
    weak = [(one, [known["id"], *known["aliases"]]) for one in told["dependencies"] for known in one["vulns"]]
    return [f"{one['name']} {one['version']}: {' '.join(ids)}" for one, ids in weak if not set(ids) & ACCEPTED.keys()]


def main() -> int:
    parser = argparse.ArgumentParser(description="Known weaknesses of the locked packages.")
    parser.add_argument("--found", type=Path, help="what pip-audit has written")
    parser.add_argument("--taken-from", type=Path, help="a checkout of the advisory database")
    options = parser.parse_args()
    packages = locked()
    if options.taken_from:
        KEPT.write_text(json.dumps(taken_from(options.taken_from, packages), indent=1) + "\n", encoding="utf-8")
    asked = found_by_pip_audit(options.found) if options.found else None
    if asked is None:
        known = kept()
        age = (datetime.now(UTC).date() - date.fromisoformat(known["day"])).days
        print(f"Nobody could be asked: judged by what was known on {known['day']}, {age} days ago.")
        asked = list(affecting(packages, known["packages"]))
    for one in asked:
        print(one)
    print(f"{len(packages)} packages, {len(asked)} known weaknesses.")
    return 1 if asked else 0


if __name__ == "__main__":
    sys.exit(main())
