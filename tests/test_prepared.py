"""What a prepared read gives is what the query set gives, and its SQL is written once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from settings_app.models import KnownValue
from settings_app.prepared import MARK, Prepared

pytestmark = pytest.mark.django_db


def known(kind: str, subject: str = "ada", **more: Any) -> KnownValue:
    return KnownValue.objects.create(tenant="t", subject=subject, kind=kind, digest=kind, key="k", **more)


def values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_those_of_the_query_set() -> None:
    mine = [known("email", since=timezone.now() - timedelta(days=1)), known("phone")]
    known("email", subject="bo")
    read = Prepared(KnownValue.objects.order_by("kind").filter, "tenant", "subject")
    assert [values(row) for row in read.rows(tenant="t", subject="ada")] == [values(row) for row in mine]
    assert read.rows(tenant="t", subject="cy") == []


def test_what_the_query_set_asks_besides_stands() -> None:
    known("email", since=timezone.now())
    phone = known("phone")
    read = Prepared(KnownValue.objects.filter(since=None).filter, "subject")
    assert read.first(subject="ada") == phone
    assert read.first(subject="bo") is None


def test_texts_that_never_change_stand_in_the_sql_whatever_they_hold() -> None:
    odd = known("it's 5 %s")
    known("it''s 5 %s")
    read = Prepared(KnownValue.objects.filter(kind=odd.kind).filter, "subject")
    assert read.rows(subject="ada") == [odd]
    assert [statement.parameters for statement in read._statements.values()] == [(f"{MARK}subject",)]


def test_a_row_that_was_read_can_be_changed_and_deleted() -> None:
    known("email")
    row = Prepared(KnownValue.objects.filter, "subject").first(subject="ada")
    assert row is not None
    row.kind = "phone"
    row.save()
    assert KnownValue.objects.get().kind == "phone"
    row.delete()
    assert not KnownValue.objects.exists()


def test_the_query_set_is_asked_once_and_values_are_parameters() -> None:
    asked = []

    def select(**given: str) -> Any:
        asked.append(given)
        return KnownValue.objects.filter(**given)

    read = Prepared(select, "subject")
    with CaptureQueriesContext(connection) as captured:
        assert [read.rows(subject=name) for name in ("ada", "' OR 1=1 --")] == [[], []]
    assert (len(asked), len(captured)) == (1, 2)
