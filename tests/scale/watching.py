"""What a block of code asks of PostgreSQL: each statement, how long it took, and how many rows were read for it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

# A bitmap is made by one part, which counts rows that are gone too, and read by another.
SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan")
PLANNED = re.compile(r"\s*(SELECT|UPDATE|DELETE)", re.IGNORECASE)
LITERAL = re.compile(r"'[^']*'|\b\d+\b")


@dataclass(frozen=True)
class Scan:
    """One part of a plan that reads rows."""

    kind: str
    table: str
    index: str
    rows: int


@dataclass(frozen=True)
class Statement:
    sql: str
    seconds: float
    scans: tuple[Scan, ...] = ()

    @property
    def rows(self) -> int:
        """The most that one part of the plan read."""
        return max((scan.rows for scan in self.scans), default=0)

    @property
    def shape(self) -> str:
        """Without its values, so that the same statement is known again."""
        return re.sub(r"%s(, %s)+", "%s, …", LITERAL.sub("?", self.sql))


@dataclass
class Watched:
    statements: list[Statement] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.statements)

    @property
    def slowest(self) -> Statement:
        return max(self.statements, key=lambda one: one.seconds, default=Statement("", 0))

    @property
    def widest(self) -> Statement:
        return max(self.statements, key=lambda one: one.rows, default=Statement("", 0))


@contextmanager
def watched(*, plans: bool) -> Iterator[Watched]:
    """`plans`: each statement is tried before, and the try undone, to see how it goes about."""
    found = Watched()

    def ask(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        scans = scans_of(context["connection"].connection, sql, params) if plans and PLANNED.match(sql) else ()
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            found.statements.append(Statement(sql, time.perf_counter() - began, tuple(scans)))

    with connection.execute_wrapper(ask):
        yield found


def scans_of(server: Any, sql: str, params: Any) -> list[Scan]:
    with server.transaction(force_rollback=True):
        told = server.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params).fetchone()[0]
    return list(scans_in(told[0]["Plan"]))


def scans_in(plan: Mapping[str, Any]) -> Iterator[Scan]:
    if plan["Node Type"] in SCANS:
        skipped = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        rows = round((plan["Actual Rows"] + skipped) * plan["Actual Loops"])
        yield Scan(plan["Node Type"], plan.get("Relation Name", ""), plan.get("Index Name", ""), rows)
    for below in plan.get("Plans", ()):
        yield from scans_in(below)
