"""What was seen in each case, and what was not as it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One fault at one call of one page or write. `missed` says what should have been otherwise."""

    part: str  # pages, writes, ...
    about: str
    call: str
    wrong: str
    seen: str
    missed: str = ""


@dataclass
class Results:
    cases: list[Case] = field(default_factory=list)

    def add(self, *case: str) -> None:
        self.cases.append(Case(*case))

    @property
    def missed(self) -> list[str]:
        return [f"{one.call}, {one.wrong}: {one.missed} ({one.seen})" for one in self.cases if one.missed]

    def write(self, folder: Path, name: str) -> None:
        lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in self.cases)
        (folder / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}.jsonl").write_text(lines, encoding="utf-8")


def read(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.jsonl")):
        yield from (Case(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())
