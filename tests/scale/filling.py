"""Many rows in every table, as many people leave them: made inside PostgreSQL, thousands in a moment.

All of them are of one site and one tenant, so that nothing but the person tells them apart. A few are past their
keeping, a few wait for something, and each person who is looked at has a thousandth of every table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.apps import apps
from django.db import models

from settings_app.models import (
    AlertAddress,
    AlertSettings,
    AppChange,
    AuditEntry,
    Counter,
    DeletionRequest,
    FactorRemoval,
    Heartbeat,
    IdempotentRequest,
    KnownDevice,
    KnownValue,
    Lease,
    Notice,
    OneTimeState,
    Pending,
    Preview,
    ProvenEmail,
    ReadLog,
    Restoration,
    SecurityEvent,
    SeenLogoutToken,
    SeenWebhook,
    Session,
    SupportReason,
    TokenCutoff,
    Undo,
)
from settings_app.safeguards.encryption import key_names, seal
from settings_app.safeguards.notices import SEALED_FOR, AddressRole, Facts
from settings_app.sites import Site

Expressions = Mapping[str, str]

# `i` counts from 1 up to the number of rows of the table, `n` is that number, `p` that of people.
KEY = "lpad(to_hex(i), 8, '0') || md5({salt} || i)"  # in order, so that an index grows at its end
SHARE = "i::float8 / n"  # the youngest row has the greatest
FEW = 0.02  # of a table waits for something

# How many rows a table has for each session.
SHARES: dict[type[models.Model], float] = {
    Session: 1,
    AuditEntry: 1,
    Notice: 0.5,
    SecurityEvent: 0.5,
    KnownDevice: 0.5,
    KnownValue: 0.5,
    OneTimeState: 0.3,
    Counter: 0.3,
    Pending: 0.2,
    ProvenEmail: 0.1,
    IdempotentRequest: 0.1,
    Restoration: 0.1,
    AlertAddress: 0.1,
    AlertSettings: 0.1,
    TokenCutoff: 0.05,
    SeenLogoutToken: 0.05,
    SeenWebhook: 0.05,
    DeletionRequest: 0.05,
    Preview: 0.05,
    SupportReason: 0.05,
    FactorRemoval: 0.02,
    AppChange: 0.01,
    Lease: 0.01,
}
NEVER_MANY = (Heartbeat, ReadLog, Undo)
# What decides what a page does: those who are looked at have none of it.
OF_OTHERS = (AlertAddress, AlertSettings, DeletionRequest, FactorRemoval, KnownValue, Restoration, TokenCutoff)


def fill(connection: psycopg.Connection[Any], site: Site, people: Iterable[str], sessions: int) -> int:
    """`people` are the ids of those who are looked at. Says how many rows there are by now."""
    assert {*SHARES, *NEVER_MANY} == set(apps.get_app_config("settings_app").get_models())
    total = 0
    connection.execute("SET session_replication_role = replica")  # no look at each row of the trail that others name
    # The trail comes first, because others refer to it.
    for model in sorted(SHARES, key=lambda one: one is not AuditEntry):
        count = max(int(sessions * SHARES[model]), 1)
        later = dropped_indexes(connection, model)
        fill_one(connection, model, expressions(model, site, list(people)), count, max(sessions // 5, 1))
        for definition in later:
            connection.execute(definition)
        connection.execute(f"ANALYZE {model._meta.db_table}")
        total += count
    return total


def make_due(connection: psycopg.Connection[Any], most: int) -> None:
    """So many mails and deletions, and every event that waits, have come to their moment."""
    for model, moment, state, some in (
        (Notice, "due_at", "done", most),
        (DeletionRequest, "try_at", "waiting", most),
        (SecurityEvent, "due_at", "waiting", None),
    ):
        table, key = model._meta.db_table, model._meta.pk.column
        connection.execute(
            f"UPDATE {table} SET {moment} = now() - interval '1 second' WHERE {key} IN"  # noqa: S608  # of this module
            f" (SELECT {key} FROM {table} WHERE state = %s LIMIT %s)",
            [state, some],
        )
    connection.execute(f"UPDATE {Notice._meta.db_table} SET \"group\" = '' WHERE state = 'done' AND due_at < now()")  # noqa: S608  # as above


def dropped_indexes(connection: psycopg.Connection[Any], model: type[models.Model]) -> list[str]:
    """What makes them again. Those of constraints stay."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [model._meta.db_table],
    ).fetchall()
    for name, _definition in found:
        connection.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def fill_one(
    connection: psycopg.Connection[Any], model: type[models.Model], given: Expressions, count: int, people: int
) -> None:
    columns = {field.column: given.get(str(field.column)) or empty(field) for field in model._meta.concrete_fields}
    assert given.keys() <= columns.keys(), given.keys() - columns.keys()
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    connection.execute(
        f"INSERT INTO {table} ({names})"  # noqa: S608  # of this module
        f" SELECT {', '.join(columns.values())}"
        f" FROM (SELECT i, {count} AS n, {people} AS p FROM generate_series(1, {count}) AS i) AS numbers"
        " ON CONFLICT DO NOTHING"
    )
    if isinstance(model._meta.pk, models.AutoField):
        connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count})")


def empty(field: models.Field[Any, Any]) -> str:
    """What a column holds that nothing is said of."""
    if field.null:
        return "NULL"
    if isinstance(field, models.AutoField):
        return "i"
    if isinstance(field, models.DateTimeField):
        return "now()"
    if isinstance(field, models.BooleanField):
        return "false"
    return "0" if isinstance(field, models.IntegerField) else "''"


def expressions(model: type[models.Model], site: Site, people: list[str]) -> Expressions:
    """What makes the columns of a table; the rest is empty."""
    there = {field.column for field in model._meta.concrete_fields}
    common = {
        "site": text(site.host),
        "tenant": text(site.tenant),
        "subject": person([] if model in OF_OTHERS else people),
    }
    if there >= {"key", "tenant", "subject", "digest"}:
        common["key"] = text(key_names()[0])
    elif "key" in there:
        common["key"] = f"left({KEY.format(salt=text(model.__name__))}, 32)"
    return {name: made for name, made in {**common, **of_table(model, site)}.items() if name in there}


def of_table(model: type[models.Model], site: Site) -> Expressions:
    sealed = text("x" * 400)
    made_at = ago(f"33 * (1 - {SHARE})")  # days; kept for 30
    is_young = f"{SHARE} > {1 - FEW}"
    when_due = f"CASE WHEN {is_young} THEN now() + interval '1 hour' ELSE {made_at} END"
    tables: dict[type[models.Model], Expressions] = {
        Session: {
            "session_key": KEY.format(salt=text("session")),
            "session_data": sealed,
            "sid": KEY.format(salt=text("sid")),
            "last_seen": "now() - (i % 3600) * interval '1 second'",
            # A fifth has ended, some of it more than an hour ago.
            "expire_date": "now() + (i % 18000 - 3600) * interval '5 second'",
            "rotated": "i % 100 = 0",
        },
        AuditEntry: {
            "started_at": ago(f"400 * (1 - {SHARE})"),
            "finished_at": ago(f"400 * (1 - {SHARE})"),
            "change": "(ARRAY['profile', 'step-up', 'username-changed', 'email-changed', 'session-ended'])[i % 5 + 1]",
            "outcome": "CASE WHEN i % 50 = 0 THEN 'refused' ELSE 'done' END",
            "device": text("Firefox on Linux"),
            "address": text("198.51.100.7"),
        },
        Notice: {
            "entry_id": "CASE WHEN i % 3 = 0 THEN i END",
            "change": text("username-changed"),
            "state": f"CASE WHEN {is_young} THEN 'done' WHEN i % 100 = 0 THEN 'undeliverable' ELSE 'sent' END",
            "sealed": f"CASE WHEN {is_young} THEN {text(letter())} ELSE '' END",
            "made_at": made_at,
            "due_at": when_due,
            "group": KEY.format(salt=text("group")),
            "claim": f"CASE WHEN {is_young} THEN '' ELSE {KEY.format(salt=text('claim'))} END",
            "attempts": f"CASE WHEN {is_young} THEN 0 ELSE 1 END",
            "sent_at": f"CASE WHEN {is_young} THEN NULL ELSE {made_at} END",
        },
        SecurityEvent: {
            "entry_id": "CASE WHEN i % 3 = 0 THEN i END",
            "change": text("username-changed"),
            "token_id": f"md5({text('event')} || i)",
            "is_certain": "true",
            "happened_at": made_at,
            "state": f"CASE WHEN {is_young} THEN 'waiting' WHEN i % 100 = 0 THEN 'given-up' ELSE 'sent' END",
            "made_at": made_at,
            "due_at": when_due,
            "claim": f"CASE WHEN {is_young} THEN '' ELSE {KEY.format(salt=text('claim'))} END",
        },
        OneTimeState: {
            "kind": "(ARRAY['sign-in', 'connect', 'authenticator'])[i % 3 + 1]",
            "mark": KEY.format(salt=text("mark")),
            "sealed": sealed,
            "started_at": "now() - (i % 7200) * interval '1 second'",
            "gone_at": "now() + (3600 - i % 7200) * interval '1 second'",
        },
        Counter: {"count": "1", "ends_at": "now() + (i % 86400 - 43200) * interval '1 second'"},
        KnownDevice: {
            "digest": KEY.format(salt=text("device")),
            "place": KEY.format(salt=text("place")),
            "reached": "2",
            "told": f"CASE WHEN {is_young} THEN 0 ELSE 2 END",
            "told_at": f"CASE WHEN {is_young} THEN NULL ELSE now() - interval '1 day' END",
            "waits_since": f"CASE WHEN {is_young} THEN now() END",
            "last_at": ago(f"200 * (1 - {SHARE})"),
        },
        KnownValue: {"kind": text("email"), "digest": KEY.format(salt=text("value"))},
        ProvenEmail: {"digest": KEY.format(salt=text("proven"))},
        IdempotentRequest: {
            "fingerprint": KEY.format(salt=text("fingerprint")),
            "sealed": sealed,
            "status": "200",
            "started_at": ago(f"1.1 * (1 - {SHARE})"),
        },
        Pending: {
            "binding": KEY.format(salt=text("binding")),
            "purpose": "(ARRAY['email', 'phone', 'step-up'])[i % 3 + 1]",
            "kind": text("email"),
            "recipient": f"CASE WHEN {is_young} THEN i || '@mail.example' ELSE '' END",
            "recipient_digest": KEY.format(salt=text("recipient")),
            "sent_at": ago(f"(1 - {SHARE}) / 12"),
            "expires_at": f"{ago(f'(1 - {SHARE}) / 12')} + interval '10 minute'",
            "most_attempts": "5",
            "state": f"CASE WHEN {is_young} THEN 'waiting' ELSE 'used' END",
        },
        Restoration: {
            "entry_id": "i",
            "sealed": sealed,
            "expires_at": f"now() + (72 - 90 * (1 - {SHARE})) * interval '1 hour'",
            "used_at": f"CASE WHEN {is_young} THEN NULL ELSE now() END",
        },
        AlertAddress: {
            "digest": KEY.format(salt=text("alert")),
            "sealed": sealed,
            "since": ago("100"),
            "replaced_at": f"CASE WHEN {is_young} THEN NULL ELSE {ago(f'4 * (1 - {SHARE})')} END",
        },
        AlertSettings: {"new_devices": "true"},
        TokenCutoff: {"application": "'app' || i % 10", "not_before": ago(f"2 * (1 - {SHARE})")},
        SeenLogoutToken: {"expires_at": "now() + (i % 600 - 60) * interval '1 second'"},
        SeenWebhook: {"expires_at": "now() + (i % 600 - 60) * interval '1 second'"},
        DeletionRequest: {
            "language": text("en"),
            "asked_at": made_at,
            "due_at": made_at,
            "try_at": when_due,
            "state": f"CASE WHEN {is_young} THEN 'waiting' ELSE 'kept' END",
            "ended_at": f"CASE WHEN {is_young} THEN NULL ELSE {made_at} END",
        },
        Preview: {
            "entry_id": "i",
            "admin": "'admin' || i % 20",
            "binding": KEY.format(salt=text("browser")),
            "sealed": sealed,
            "started_at": ago(f"400 * (1 - {SHARE})"),
            "ended_at": ago(f"400 * (1 - {SHARE})"),
        },
        SupportReason: {"entry_id": "i", "sealed": sealed, "at": ago(f"400 * (1 - {SHARE})")},
        FactorRemoval: {
            "admin": "'admin' || i % 20",
            "needs_approval": "true",
            "sealed": sealed,
            "asked_at": made_at,
            "due_at": made_at,
            "try_at": made_at,
            "state": text("kept"),
            "ended_at": made_at,
        },
        AppChange: {
            "entry_id": "i",
            "application": text("app"),
            "before": text("{}"),
            "after": text("{}"),
            "at": ago(f"400 * (1 - {SHARE})"),
        },
        Lease: {"holder": text("x"), "expires_at": "now() + (i % 20 - 10) * interval '1 second'"},
    }
    return tables[model]


def letter() -> str:
    """What a waiting mail is made from; the same for everybody."""
    facts = Facts(
        to="somebody@mail.example",
        role=AddressRole.CURRENT.value,
        name="Somebody",
        language="en",
        locale="en",
        zone="UTC",
        at=datetime.now(UTC).isoformat(),
        device="Firefox on Linux",
        address="198.51.100.7",
    )
    return seal(SEALED_FOR, json.dumps(asdict(facts)))


def person(people: list[str]) -> str:
    """Mostly one of p others; each thousandth row is of somebody who is looked at."""
    others = "'person' || (i::bigint * 7919) % p"
    among = ", ".join(text(one) for one in people)
    return (
        f"CASE WHEN i % 1000 < {len(people)} THEN (ARRAY[{among}])[i % 1000 + 1] ELSE {others} END"
        if people
        else others
    )


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def ago(days: str) -> str:
    return f"now() - ({days}) * interval '1 day'"
