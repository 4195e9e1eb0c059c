"""A table of the report, as Markdown, and how a figure stands to what was wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Table:
    """`missed` says in a sentence each, with the figure, what does not reach the number that was wanted.

    `why` is the reason, and the next step.
    """

    title: str
    about: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    why: str = ""

    def add(self, *cells: object) -> None:
        row = tuple(written(cell) for cell in cells)
        self.rows.append(row)
        print("  " + " | ".join(row), flush=True)

    def want(self, what: str, figure: float, most: float, unit: str = "") -> None:
        if figure > most:
            self.missed.append(f"{what}: {written(figure)}{unit}, wanted at most {written(most)}{unit}.")

    def want_at_least(self, what: str, figure: float, least: float, unit: str = "") -> None:
        if figure < least:
            self.missed.append(f"{what}: {written(figure)}{unit}, wanted at least {written(least)}{unit}.")

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", self.about, "", line(self.columns), line("---" for _ in self.columns)]
        lines += [line(row) for row in self.rows]
        lines += ["", "Missed:" if self.missed else "Nothing is missed.", ""]
        lines += [f"- {one}" for one in self.missed]
        lines += ["", self.why] if self.missed and self.why else []
        return "\n".join(lines).rstrip() + "\n"


def line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def written(cell: object) -> str:
    return f"{cell:.2f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
