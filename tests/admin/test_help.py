"""The help desk: what administrators may do for somebody, when it is refused, and what the person learns of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone
from responses import RequestsMock

from accountsite.sandbox import making
from accountsite.sandbox.api.personal_access_tokens import add_token
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import add_person
from settings_app.admin.help.actions import act, suspend
from settings_app.mails import outbox
from settings_app.models import AuditEntry, Preview, SupportReason
from settings_app.safeguards import support
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from settings_app.safeguards.previews import PreviewReason
from settings_app.safeguards.support import reason_of
from tests.people import client_of
from tests.safeguards.conftest import Asking

pytestmark = pytest.mark.django_db

WHY = "Ticket 4711: laptop was stolen"
APP = "ledgerly0000000000001"
ROLE = "roleaccountadmin00001"
PAGES = {
    "suspend": "help_suspends",
    "restore": "help_suspends",
    "sign-out": "help_ends_sessions",
    "second-step": "help_removes_factors",
    "second-step/approve": "help_removes_factors",
    "second-step/withdraw": "help_removes_factors",
}
ON: dict[str, Any] = dict.fromkeys(PAGES.values(), True)


@contextmanager
def on_site(**values: Any) -> Iterator[None]:
    with override_settings(SITES=(replace(settings.SITES[0], **values),)):
        yield


@pytest.fixture
def helping() -> Iterator[None]:
    with on_site(**ON):
        yield


@pytest.fixture
def admin(logto: Logto) -> Client:
    return client_of(logto, "admin", verified=True)


def looked_at(admin: Client, logto: Logto, handle: str = "amara") -> str:
    """Where this person is helped, once a preview is open."""
    base = f"/admin/people/{logto.state.person(handle).id}/"
    assert admin.post(f"{base}preview/", {"why": "Ticket 1"}).status_code == 302
    return f"{base}help/"


def press(admin: Client, logto: Logto, page: str, handle: str = "amara", **values: Any) -> Any:
    return admin.post(f"{looked_at(admin, logto, handle)}{page}/", {"why": WHY, **values})


def signed_in_everywhere(logto: Logto) -> Client:
    """Ada's browser, and what else opens her account: an app, one without a session, and a token."""
    ada, state = logto.state.person("ada"), logto.state
    for one in [one for one in state.grants.values() if one.account_id == ada.id]:
        del state.grants[one.id]
    for uid in [one.uid for one in state.sessions.values() if one.account_id == ada.id]:
        del state.sessions[uid]
    making.add_grant(state, ada, APP, "openid offline_access", session=making.add_session(state, ada, sid="sid-here"))
    making.add_grant(state, ada, APP, "openid offline_access", days_ago=9)
    ada.tokens = []
    add_token(state, ada, "backup")
    return client_of(logto, "ada", sid="sid-here")


def left(logto: Logto) -> dict[str, int]:
    ada, state = logto.state.person("ada"), logto.state
    return {
        "sessions": sum(one.account_id == ada.id for one in state.sessions.values()),
        "grants": sum(one.account_id == ada.id for one in state.grants.values()),
        "tokens": len(ada.tokens),
    }


def told() -> dict[str, str]:
    mail.outbox.clear()
    outbox.send_due()
    return {one.to[0]: f"{one.subject}\n{one.body}" for one in mail.outbox}


def entry(change: str) -> AuditEntry:
    return AuditEntry.objects.get(change=change)


def test_each_page_is_there_only_where_the_operator_turned_it_on(logto: Logto, admin: Client) -> None:
    base = looked_at(admin, logto)
    for page, setting in PAGES.items():
        with on_site(**(ON | {setting: False})):
            answers = [admin.get(f"{base}{page}/"), admin.post(f"{base}{page}/", {"why": WHY})]
            assert (page, [one.status_code for one in answers]) == (page, [404, 404])
    assert admin.get(base).status_code == 404
    assert "Help this person" not in admin.get(f"/admin/preview/{Preview.objects.get().key}/").content.decode()
    with on_site(**ON):
        assert {admin.get(f"{base}{page}/").status_code for page in PAGES} == {200}
        assert f'href="{base}"' in admin.get(f"/admin/preview/{Preview.objects.get().key}/").content.decode()
    assert not logto.state.person("amara").user["isSuspended"]


def test_without_an_open_preview_of_this_person_nothing_opens(
    helping: None, logto: Logto, logto_mock: RequestsMock, admin: Client
) -> None:
    looked_at(admin, logto, "ada")
    amara = logto.state.person("amara").id
    logto_mock.calls.reset()
    for page in ("", *(f"{one}/" for one in PAGES)):
        answer = admin.get(f"/admin/people/{amara}/help/{page}")
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/people/{amara}/preview/")
    assert admin.post(f"/admin/people/{amara}/help/suspend/", {"why": WHY}).status_code == 302
    assert not logto.state.person("amara").user["isSuspended"]
    assert [one.request.url for one in logto_mock.calls if amara in str(one.request.url)] == []
    looked_at(admin, logto)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        confirmed = client_of(logto, "admin", verified=True)
        assert confirmed.get(f"/admin/people/{amara}/help/").status_code == 302


def test_it_asks_to_confirm_anew(helping: None, logto: Logto, admin: Client) -> None:
    base = looked_at(admin, logto)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert admin.get("/admin/people/").status_code == 200  # the area itself is still open
        for page in ("", "suspend/"):
            answer = admin.get(base + page)
            assert (answer.status_code, answer.get("Location", "")[:14]) == (302, "/verify/?next=")
        assert admin.post(f"{base}suspend/", {"why": WHY}).status_code == 302
    assert not logto.state.person("amara").user["isSuspended"]


@pytest.mark.parametrize("why", ["", "  ", "abc"])
def test_without_a_reason_nothing_is_done(helping: None, logto: Logto, admin: Client, why: str) -> None:
    answer = press(admin, logto, "suspend", why=why)
    assert "Enter a reason" in answer.content.decode()
    assert not logto.state.person("amara").user["isSuspended"]


def test_suspending_shuts_the_account_and_ends_what_needs_no_door(helping: None, logto: Logto, admin: Client) -> None:
    """docs/logto.md 2.6 and 12: grants and access tokens stay at a suspension, and some of them work on."""
    ada, client = logto.state.person("ada"), signed_in_everywhere(logto)
    assert (left(logto), client.get("/").status_code) == ({"sessions": 1, "grants": 2, "tokens": 1}, 200)
    assert press(admin, logto, "suspend", "ada").status_code == 302
    assert ada.user["isSuspended"]
    assert (left(logto), client.get("/").status_code) == ({"sessions": 0, "grants": 0, "tokens": 0}, 302)
    row = entry("account-suspended")
    assert (row.outcome, row.acting_admin, row.subject) == ("done", logto.state.person("admin").id, ada.id)
    assert (reason_of(row).why, WHY in SupportReason.objects.get().sealed) == (WHY, False)
    assert (row.device, row.address) == ("", "")


def test_what_could_not_be_ended_is_said_and_pressed_again_it_goes_on(
    helping: None, logto: Logto, admin: Client
) -> None:
    signed_in_everywhere(logto)
    logto.faults.add("500", path="/api/users/*/personal-access-tokens/delete", method="POST", times=1)
    answer = press(admin, logto, "suspend", "ada")
    assert (answer.status_code, "The account is suspended, but" in answer.content.decode()) == (503, True)
    assert entry("account-suspended").outcome == "unknown"
    assert (press(admin, logto, "suspend", "ada").status_code, left(logto)["tokens"]) == (302, 0)


@pytest.mark.parametrize(
    ("kind", "after", "status"), [("timeout", True, 302), ("timeout", False, 503), ("500", False, 503)]
)
def test_when_the_answer_is_lost_the_account_says_whether_it_was_suspended(
    helping: None, logto: Logto, admin: Client, kind: str, after: bool, status: int
) -> None:
    logto.faults.add(kind, path="/api/users/*/is-suspended", method="PATCH", after=after, times=1)
    assert press(admin, logto, "suspend").status_code == status
    assert logto.state.person("amara").user["isSuspended"] is (status == 302)


def test_restoring_opens_the_account_and_brings_nothing_back(helping: None, logto: Logto, admin: Client) -> None:
    press(admin, logto, "suspend")
    page = admin.get(looked_at(admin, logto)).content.decode()
    assert ("Restore account" in page, "Suspend account" in page) == (True, False)
    assert press(admin, logto, "restore").status_code == 302
    assert not logto.state.person("amara").user["isSuspended"]
    assert entry("account-reopened").outcome == "done"


def test_signing_out_ends_every_session_and_leaves_the_account_open(helping: None, logto: Logto, admin: Client) -> None:
    client = signed_in_everywhere(logto)
    assert press(admin, logto, "sign-out", "ada").status_code == 302
    assert left(logto) == {"sessions": 0, "grants": 0, "tokens": 1}
    assert (logto.state.person("ada").user["isSuspended"], client.get("/").status_code) == (False, 302)
    assert entry("devices-signed-out").outcome == "done"


def test_sessions_that_could_not_be_ended_are_said(helping: None, logto: Logto, admin: Client) -> None:
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE", times=1)
    answer = press(admin, logto, "sign-out", "heavy")
    assert (answer.status_code, "Not all devices" in answer.content.decode()) == (503, True)
    assert entry("devices-signed-out").outcome == "unknown"


def test_nobody_helps_themselves(helping: None, logto: Logto, asking: Asking) -> None:
    """Nobody can preview themselves either; this holds by itself."""
    adrian = asking("admin")
    with pytest.raises(Declined) as declined, on_site(**ON, help_of_admins=True):
        act(adrian, adrian.person, Change.ACCOUNT_SUSPENDED, suspend, why=WHY)
    assert (declined.value.code, logto.state.person("admin").user["isSuspended"]) == ("help.own", False)
    assert entry("account-suspended").outcome == "refused"


@pytest.mark.parametrize("allowed", [False, True])
def test_administrators_are_helped_where_the_operator_allows_it(logto: Logto, admin: Client, allowed: bool) -> None:
    add_person(logto.state, "second", "second0000ab", name="Second").role_ids = [ROLE]
    with on_site(**ON, preview_of_admins=True, help_of_admins=allowed):
        answer = press(admin, logto, "suspend", "second")
    assert (answer.status_code, logto.state.person("second").user["isSuspended"]) == (302 if allowed else 200, allowed)
    assert allowed or "another administrator" in answer.content.decode()


def test_the_role_is_asked_for_once_more_at_the_act(helping: None, logto: Logto, asking: Asking) -> None:
    """Between the opening of the page and the act somebody may have taken it away."""
    adrian, amara = asking("admin"), asking("amara").person
    logto.state.person("admin").role_ids = []
    with pytest.raises(Declined) as declined:
        act(adrian, amara, Change.ACCOUNT_SUSPENDED, suspend, why=WHY)
    assert (declined.value.code, logto.state.person("amara").user["isSuspended"]) == ("help.no_role", False)


def test_the_trail_has_it_before_the_account_is_touched(
    helping: None, logto: Logto, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    adrian, amara = asking("admin"), asking("amara").person
    monkeypatch.setattr("settings_app.models.AuditEntry.save", lambda *_args, **_values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        act(adrian, amara, Change.ACCOUNT_SUSPENDED, suspend, why=WHY)
    assert not logto.state.person("amara").user["isSuspended"]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("suspend", "Support suspended your account"),
        ("restore", "Support restored your account"),
        ("sign-out", "Support signed out all your devices"),
    ],
)
def test_the_person_is_mailed_what_was_done_and_why(
    helping: None, logto: Logto, admin: Client, page: str, title: str
) -> None:
    press(admin, logto, page)
    text = told()["amara@okafor.example"]
    assert (title in text, f"Why: {WHY}" in text, "If you asked support for this" in text) == (True, True, True)
    assert ("Device:" in text, "not-me" in text, "Adrian" in text) == (False, False, False)


def test_the_person_reads_it_in_their_activity(logto: Logto, admin: Client) -> None:
    for names, line in ((False, f"Support: “{WHY}”"), (True, f"Adrian Keeper: “{WHY}”")):
        with on_site(**ON, preview_names_admin=names):
            press(admin, logto, "sign-out")
            page = client_of(logto, "amara").get("/activity/").content.decode()
            assert ("Support signed out all your devices" in page, line in page) == (True, True)


def test_a_person_that_is_gone_is_none(helping: None, logto: Logto, admin: Client) -> None:
    base = looked_at(admin, logto)
    del logto.state.people[logto.state.person("amara").id]
    assert admin.post(f"{base}suspend/", {"why": WHY}).status_code == 404


def test_how_often_one_may_help_is_limited(
    helping: None, logto: Logto, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, Limit.HELP, (Rule(Scope.PERSON, 0, 60),))
    assert press(admin, logto, "suspend").status_code == 429
    assert (
        logto.state.person("amara").user["isSuspended"],
        AuditEntry.objects.filter(change="account-suspended").count(),
    ) == (
        False,
        0,
    )


def test_reasons_are_kept_as_long_as_the_trail(helping: None, logto: Logto, admin: Client) -> None:
    press(admin, logto, "sign-out")
    assert support.delete_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=settings.AUDIT_KEPT_DAYS + 1)):
        assert support.delete_old() == 1
    assert reason_of(entry("devices-signed-out")) == PreviewReason()
