"""Writes, reads, changes and deletes rows as an earlier release would: `python -m tests.earlier_models MIGRATION`.

TEST_DATABASE_URL names a database with every migration of today; the models are those that stood after MIGRATION.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from itertools import count
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.apps import apps  # noqa: E402  # Django comes first
from django.db import connection, models  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402

LONG = 5000  # of a text without a limit
number = count(1)


def fullest(field: models.Field[Any, Any]) -> Any:
    """As much as the field ever held, and another value each time."""
    if isinstance(field, models.CharField):
        return f"{next(number)}".ljust(field.max_length or LONG, "x")
    if isinstance(field, models.TextField):
        return f"{next(number)}".ljust(LONG, "x")
    if isinstance(field, models.DateTimeField):
        return datetime.fromtimestamp(1_700_000_000 + next(number), UTC)
    if isinstance(field, models.BooleanField):
        return next(number) % 2 == 0
    return 32_000 + next(number) % 700


def least(field: models.Field[Any, Any]) -> bool:
    return not field.has_default() and not field.null and not getattr(field, "auto_now_add", False)


def main(migration: str) -> None:
    state = MigrationLoader(connection).project_state(("settings_app", migration))
    tables = [model for model in state.apps.get_models() if model._meta.app_label == "settings_app"]
    entries = state.apps.get_model("settings_app", "AuditEntry")._default_manager
    for model in tables:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        plain = [field for field in fields if not isinstance(field, models.ForeignKey)]
        values = {field.name: fullest(field) for field in plain}
        for field in fields:
            if isinstance(field, models.ForeignKey):
                values[field.name] = entries.create(started_at=datetime.now(UTC), site="a", subject="b", change="c")
        row = model._default_manager.create(**values)
        kept = {name: getattr(row, name) for name in values}
        again = model._default_manager.get(pk=row.pk)
        assert {name: getattr(again, name) for name in values} == kept, model.__name__
        changed = {field.name: fullest(field) for field in plain if not field.primary_key}
        assert model._default_manager.filter(**kept).update(**changed) == 1, model.__name__
        model._default_manager.create(**{field.name: fullest(field) for field in plain if least(field)})
        assert model._default_manager.all().delete()[0] >= 2, model.__name__
    delete_what_newer_tables_refer_to(state.apps)
    print(len(tables))


def delete_what_newer_tables_refer_to(earlier: Any) -> None:
    """A table that it does not know must not keep it from deleting its rows."""
    known = {model.__name__ for model in earlier.get_models()}
    newer = [model for model in apps.get_app_config("settings_app").get_models() if model.__name__ not in known]
    for model in newer:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        plain = {field.name: fullest(field) for field in fields if not isinstance(field, models.ForeignKey)}
        for field in (field for field in fields if isinstance(field, models.ForeignKey)):
            of = earlier.get_model("settings_app", field.remote_field.model.__name__)._default_manager
            row = of.create(started_at=datetime.now(UTC), site="a", subject="b", change="c")
            model._default_manager.create(**plain, **{field.attname: row.pk})
            row.delete()


if __name__ == "__main__":
    main(sys.argv[1])
