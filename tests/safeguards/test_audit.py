"""The audit trail: a row before and an outcome after, no values, and nothing but retention touches a finished row."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, Misconfigured, Refused, Unavailable
from settings_app.models import AuditEntry
from settings_app.safeguards import audit
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import TABLE, Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.perform import perform

from .conftest import Asking

ROOT = Path(__file__).resolve().parents[2]


def test_a_row_says_who_what_when_where_and_on_which_device(asking: Asking, logto: Logto) -> None:
    request = asking("ada")
    audit.finish(audit.start(request, Change.USERNAME_CHANGED), Outcome.DONE)
    row = AuditEntry.objects.get()
    assert (row.site, row.subject, row.change) == ("testserver", logto.state.person("ada").id, "username-changed")
    assert (row.device, row.address, row.acting_admin) == ("Firefox on macOS", "203.0.113.7", "")
    assert (row.outcome, row.reason) == (Outcome.DONE, "")
    assert row.finished_at is not None
    assert row.started_at <= row.finished_at


def test_an_acting_admin_is_named(asking: Asking) -> None:
    audit.start(replace(asking("ada"), acting_admin="adm1n"), Change.PROFILE)
    assert AuditEntry.objects.get().acting_admin == "adm1n"


def test_a_change_finds_its_row_in_the_trail(asking: Asking) -> None:
    """Whoever looks at somebody's account, or changes something, is in it by then, whatever comes of it."""
    found: list[list[str]] = []

    def act(_actor: Actor) -> None:
        found.append(list(AuditEntry.objects.values_list("outcome", flat=True)))

    perform(asking("ada"), Change.PROFILE, act)
    assert found == [["started"]]


def test_a_finished_row_keeps_its_outcome(asking: Asking) -> None:
    entry = audit.start(asking("ada"), Change.PROFILE)
    audit.finish(entry, Outcome.REFUSED, "guard.invalid_input")
    audit.finish(entry, Outcome.DONE)
    row = AuditEntry.objects.get()
    assert (row.outcome, row.reason) == (Outcome.REFUSED, "guard.invalid_input")


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (
            Refused("PATCH", "/x", status=422, code="user.username_already_in_use"),
            Outcome.REFUSED,
            "user.username_already_in_use",
        ),
        (Declined("No.", code="last-way-in"), Outcome.REFUSED, "last-way-in"),
        (Unavailable("PATCH", "/x", sent=False, code="connection.refused"), Outcome.FAILED, "connection.refused"),
        (Unavailable("PATCH", "/x", sent=True), Outcome.UNKNOWN, "Unavailable"),
        (Misconfigured("PATCH", "/x", status=403), Outcome.FAILED, "Misconfigured"),
    ],
)
def test_each_failure_has_its_outcome(asking: Asking, error: LogtoError | Declined, outcome: str, reason: str) -> None:
    def fail(_actor: Actor) -> None:
        raise error

    with pytest.raises(type(error)):
        perform(asking("ada"), Change.PROFILE, fail)
    row = AuditEntry.objects.get()
    assert (row.outcome, row.reason) == (outcome, reason)


def test_reading_again_settles_an_answer_that_was_lost(asking: Asking) -> None:
    def lose_the_answer(_actor: Actor) -> None:
        raise Unavailable("PATCH", "/x", sent=True)

    perform(asking("ada"), Change.PROFILE, lose_the_answer, is_done=lambda: True)
    row = AuditEntry.objects.get()
    assert (row.outcome, row.reason) == (Outcome.DONE, "answer lost, read again")


def test_nobody_reads_again_after_a_refusal(asking: Asking) -> None:
    def be_refused(_actor: Actor) -> None:
        raise Refused("PATCH", "/x", status=422, code="x.y")

    with pytest.raises(Refused):
        perform(asking("ada"), Change.PROFILE, be_refused, is_done=lambda: True)


def test_what_was_cut_off_has_left_its_trace(asking: Asking) -> None:
    def crash(_actor: Actor) -> None:
        raise KeyError("a crash")

    with pytest.raises(KeyError):
        perform(asking("ada"), Change.PROFILE, crash)
    assert AuditEntry.objects.get().outcome == Outcome.STARTED


def test_retention_deletes_what_is_older_than_configured(asking: Asking) -> None:
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    with override_settings(AUDIT_KEPT_DAYS=30):
        with time_machine.travel(timezone.now() + timedelta(days=29)):
            assert audit.delete_old() == 0
        with time_machine.travel(timezone.now() + timedelta(days=31)):
            audit.delete_old()
    assert not AuditEntry.objects.exists()


def test_a_person_sees_what_was_changed_but_not_steps_and_refusals(asking: Asking) -> None:
    request = asking("ada")
    audit.finish(audit.start(request, Change.PASSWORD_CHANGED), Outcome.DONE)
    audit.finish(audit.start(request, Change.USERNAME_CHANGED), Outcome.REFUSED)
    audit.finish(audit.start(request, Change.EMAIL_CODE_SENT), Outcome.DONE)
    audit.finish(audit.start(asking("amara"), Change.PROFILE), Outcome.DONE)
    assert [str(past.title) for past in audit.of_person(request, days=1)] == ["Your password was changed"]


def test_every_change_has_words() -> None:
    assert set(TABLE) == set(Change)
    assert all(str(words.done) for words in TABLE.values())


def test_every_change_of_a_credential_or_identifier_is_announced() -> None:
    steps = {change for change in Change if change.name.endswith(("_SENT", "_STARTED"))}
    quiet = {change for change in Change if change.words.announced is None}
    parts = {Change.ALL_SESSIONS_ENDED, Change.ACCESS_TOKENS_REMOVED}  # of what has a mail of its own
    others = {Change.PROFILE, Change.EMAIL_PROVEN, Change.ORGANIZATION_DECLINED, Change.ACCESS_TOKEN_RENAMED}
    of_admins = {change for change in quiet if change.words.by_admin}
    assert quiet == steps | parts | others | of_admins


def uses_of_the_trail() -> set[tuple[str, str]]:
    """Each function of the site that reaches for the rows and writes, by file and name."""
    writes = (".update(", ".delete(", ".save(", "bulk_", "delete_some(")
    found = set()
    for path in (ROOT / "settings_app").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            text = ast.unparse(function)
            if "AuditEntry.objects" in text and any(verb in text for verb in writes):
                found.add((path.name, function.name))
    return found


def test_only_finishing_and_retention_write_to_rows() -> None:
    assert uses_of_the_trail() == {("audit.py", "finish"), ("audit.py", "delete_old")}
