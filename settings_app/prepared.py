"""Reads that every page makes, whose SQL is worked out once: writing it takes Django ten times as long as running."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

MARK = "\N{SYMBOL FOR SUBSTITUTE}"  # before a name, where the value will stand


@dataclass(frozen=True)
class Statement(Generic[M]):
    """The SQL of one connection."""

    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: Any
    columns: tuple[str, ...]


class Prepared(Generic[M]):
    """The rows that `select` finds for texts called `names`: it is asked once, with marks in their place.

    For rows of one table, compared with texts; what hangs on them is read as they are used.
    """

    def __init__(self, select: Callable[..., QuerySet[M]], *names: str) -> None:
        self._select = select
        self._names = names
        self._statements: WeakKeyDictionary[BaseDatabaseWrapper, Statement[M]] = WeakKeyDictionary()

    def rows(self, **values: str) -> list[M]:
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._statements.get(connection) or self._prepare(connection)
        given = {f"{MARK}{name}": values[name] for name in self._names}
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, [given.get(one, one) for one in statement.parameters])
            found = cursor.fetchall()
        if statement.converters:
            found = statement.compiler.apply_converters(found, statement.converters)
        return [self._model.from_db(DEFAULT_DB_ALIAS, statement.columns, row) for row in found]

    def first(self, **values: str) -> M | None:
        return next(iter(self.rows(**values)), None)

    def _prepare(self, connection: BaseDatabaseWrapper) -> Statement[M]:
        rows = self._select(**{name: f"{MARK}{name}" for name in self._names})
        self._model: type[M] = rows.model
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = with_constants(*compiler.as_sql())
        selected = [column for column, _sql, _alias in compiler.select]
        columns = tuple(column.target.attname for column in selected)
        statement: Statement[M] = Statement(sql, parameters, compiler, compiler.get_converters(selected), columns)
        self._statements[connection] = statement
        return statement


def with_constants(sql: str, parameters: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """The texts that are the same each time stand in the SQL itself, which the code wrote.

    By a parameter that decides whether an index of some rows alone serves, SQLite plans anew each time.
    """
    first, *rest = sql.split("%s")
    written, left = [first], []
    for parameter, piece in zip(parameters, rest, strict=True):
        if isinstance(parameter, str) and not parameter.startswith(MARK):
            text = str(parameter).replace("'", "''").replace("%", "%%")
            written.append(f"'{text}'{piece}")
        else:
            written.append(f"%s{piece}")
            left.append(parameter)
    return "".join(written), tuple(left)
