"""Removing a lost second step: what it waits for, everything that stops it, and being cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from responses import RequestsMock

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import add_person
from settings_app.admin.help import due
from settings_app.admin.help.actions import act, approve
from settings_app.mails import outbox
from settings_app.management.commands import send_notices
from settings_app.models import AuditEntry, FactorRemoval
from settings_app.safeguards import factor_removals
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from tests.admin.test_help import ROLE, WHY, looked_at, on_site
from tests.interrupting import FAULTS, Line
from tests.markup import kinds_of_banners
from tests.people import client_of
from tests.safeguards.conftest import Asking
from tests.signin.ways import session_of, sign_in
from tests.webhooks.test_webhooks import message, post

pytestmark = pytest.mark.django_db

TOTP, PASSKEY, OTHER_PASSKEY, CODES = (
    "factoramaratotp000001", "factoramarapasskey001", "factoramarapasskey002", "factoramarabackup0001",
)  # fmt: skip
ALL = [TOTP, PASSKEY, OTHER_PASSKEY]
LINK = re.compile(r"/support/keep/\?token=(\S+)")


@pytest.fixture
def helping() -> Iterator[None]:
    with on_site(help_removes_factors=True):
        yield


@pytest.fixture
def admin(logto: Logto) -> Client:
    return client_of(logto, "admin", verified=True)


def ask(admin: Client, logto: Logto, *factors: str, handle: str = "amara") -> Any:
    return admin.post(f"{looked_at(admin, logto, handle)}second-step/", {"why": WHY, "factors": list(factors or ALL)})


def held(logto: Logto, handle: str = "amara") -> set[str]:
    return {factor["id"] for factor in logto.state.person(handle).factors}


def later(hours: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(hours=hours))


def run() -> None:
    call_command("remove_due_factors", verbosity=0)


def state() -> str:
    return FactorRemoval.objects.order_by("-asked_at")[0].state


def link_of() -> str:
    """The token in the mail."""
    outbox.send_due()
    return unquote(LINK.findall(str(mail.outbox[-1].body))[0])


def told() -> list[str]:
    outbox.send_due()
    return [one.subject.partition(": ")[2] for one in mail.outbox]


def second_admin(logto: Logto) -> Client:
    add_person(logto.state, "second", "second0000ab", name="Second").role_ids = [ROLE]
    client = client_of(logto, "second", verified=True)
    session = session_of(client)
    session["may_administer"] = True
    session.save()
    return client


def test_it_waits_its_time_and_is_carried_out_once(helping: None, logto: Logto, admin: Client) -> None:
    assert ask(admin, logto).status_code == 302
    key = FactorRemoval.objects.get().key
    with later(23.9):
        run()
        assert (factor_removals.claim(key), held(logto)) == (None, {*ALL, CODES})
    with later(24.1):
        run()
        run()
        assert held(logto) == set()
    assert state() == "removed"
    row = AuditEntry.objects.get(change="factors-removed")
    assert (row.outcome, row.acting_admin) == ("done", logto.state.person("admin").id)
    with later(24.2):
        assert told() == ["Support is going to remove your second step", "Support removed your second step"]
        page = client_of(logto, "amara").get("/activity/").content.decode()
    assert ("Support removed your second step" in page, WHY in page) == (True, True)


def test_only_what_was_chosen_goes_and_backup_codes_with_the_last(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto, TOTP)
    with later(24.1):
        run()
    assert held(logto) == {PASSKEY, OTHER_PASSKEY, CODES}


def test_how_long_it_waits_is_the_operators(logto: Logto, admin: Client) -> None:
    with on_site(help_removes_factors=True, help_waits_hours=2):
        ask(admin, logto)
        assert "It waits for 2 hours" in admin.get(f"{looked_at(admin, logto)}second-step/").content.decode()
        with later(2.1):
            run()
    assert held(logto) == set()


def test_nothing_that_is_not_there_or_no_factor_can_be_chosen(helping: None, logto: Logto, admin: Client) -> None:
    for factors in ([], ["factorpriyapasskey001"], [CODES]):
        answer = admin.post(f"{looked_at(admin, logto)}second-step/", {"why": WHY, "factors": factors})
        assert (factors, answer.status_code, FactorRemoval.objects.count()) == (factors, 200, 0)
    page = admin.get(f"{looked_at(admin, logto, 'ada')}second-step/").content.decode()
    assert "no second step that could be removed" in page


def test_one_waits_for_an_account(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto, TOTP)
    answer = ask(admin, logto, PASSKEY)
    assert (answer.status_code, "waits for this account already" in answer.content.decode()) == (200, True)
    assert FactorRemoval.objects.count() == 1


def test_the_mail_says_when_and_why_and_its_link_asks_first(
    helping: None, logto: Logto, admin: Client, client: Client
) -> None:
    """Works signed out; opening it changes nothing; pressed once, it is over."""
    ask(admin, logto)
    token = link_of()
    body = str(mail.outbox[-1].body)
    assert ("Will be removed:" in body, f"Why: {WHY}" in body, "Device:" in body) == (True, True, False)
    page = client.get("/support/keep/", {"token": token}).content.decode()
    assert ("Keep my second step" in page, state()) == (True, "waiting")
    assert client.post("/support/keep/", {"token": token}).status_code == 302
    assert state() == "kept"
    assert "Your second step stays" in client.get("/support/keep/", {"token": token}).content.decode()
    with later(24.1):
        run()
        assert (held(logto), told()[-1]) == ({*ALL, CODES}, "Your second step stays")
    assert client.post("/support/keep/", {"token": token}).status_code == 200  # once more is no fault


def test_a_link_that_was_altered_or_is_another_tenants_leads_nowhere(
    helping: None, logto: Logto, admin: Client, client: Client
) -> None:
    ask(admin, logto)
    token = link_of()
    forged = f"{token.partition(':')[0]}:x:y"
    for wrong in ("", "x", forged):
        assert "This link no longer works" in client.post("/support/keep/", {"token": wrong}).content.decode()
    row = FactorRemoval.objects.get()
    FactorRemoval.objects.update(tenant="https://elsewhere.example")
    assert "This link no longer works" in client.post("/support/keep/", {"token": token}).content.decode()
    FactorRemoval.objects.update(tenant=row.tenant)
    assert state() == "waiting"


def test_using_links_is_limited(
    helping: None, logto: Logto, admin: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(admin, logto)
    monkeypatch.setitem(TABLE, Limit.UNDO, (Rule(Scope.NETWORK, 0, 60),))
    assert client.post("/support/keep/", {"token": link_of()}).status_code == 429
    assert state() == "waiting"


def test_every_page_of_the_person_says_so_and_has_the_button(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    amara = client_of(logto, "amara")
    assert "Support is going to remove your second step" in amara.get("/profile/").content.decode()
    assert amara.get("/support/cancel/").status_code == 302
    assert state() == "waiting"
    assert amara.post("/support/cancel/").status_code == 302
    assert state() == "kept"
    assert "Support is going to remove" not in amara.get("/profile/").content.decode()


def test_signing_in_here_stops_it_at_once(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    sign_in(Client(), logto, "amara")
    assert state() == "signed-in"
    run()
    assert (state(), told()[-1]) == ("kept", "Your second step stays")
    with later(24.1):
        run()
    assert held(logto) == {*ALL, CODES}


def test_signing_in_at_another_app_stops_it(helping: None, logto: Logto, admin: Client) -> None:
    """Logto tells by webhook; and where that is lost, the account itself says so when the time has come."""
    amara = logto.state.person("amara")
    ask(admin, logto)
    assert post(message("PostSignIn", userId=amara.id)).status_code == 204
    assert state() == "signed-in"
    run()
    ask(admin, logto)
    with later(24.1):
        amara.user["lastSignInAt"] = logto.state.now_ms
        run()
    assert (state(), held(logto)) == ("kept", {*ALL, CODES})


def test_somebody_elses_sign_in_stops_nothing(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    sign_in(Client(), logto, "ada")
    assert state() == "waiting"


@pytest.mark.parametrize("page", ["/not-me/", "/secure/lock/"])
def test_securing_the_account_stops_it(helping: None, logto: Logto, admin: Client, page: str) -> None:
    amara = client_of(logto, "amara", verified=True)
    amara.post("/username/change/", {"username": "amara_new"})
    outbox.send_due()
    token = re.findall(r"/not-me/\?token=(\S+)", str(mail.outbox[-1].body))[0]
    ask(admin, logto)
    amara.post(page, {"token": unquote(token)})
    assert state() == "kept"


def test_an_administrator_withdraws_it(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    assert admin.post(f"{looked_at(admin, logto)}second-step/withdraw/", {"why": WHY}).status_code == 302
    assert (state(), told()[-1]) == ("kept", "Your second step stays")


# --- a second administrator


@pytest.fixture
def two_needed() -> Iterator[None]:
    with on_site(help_removes_factors=True, help_needs_second_admin=True, preview_of_admins=True):
        yield


def test_without_approval_nothing_is_removed(two_needed: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    with later(24.1):
        run()
        assert told()[-1] == "Your second step stays"
    assert (state(), held(logto)) == ("stopped", {*ALL, CODES})


def test_another_administrator_approves(two_needed: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    second = second_admin(logto)
    base = looked_at(second, logto)
    page = second.get(base).content.decode()
    assert ("Adrian Keeper" in page, WHY in page, f'href="{base}second-step/approve/"' in page) == (True, True, True)
    amara = logto.state.person("amara").id
    assert f"/admin/people/{amara}/preview/" in second.get("/admin/people/").content.decode()
    assert second.post(f"{base}second-step/approve/", {"why": "Called her back"}).status_code == 302
    with later(24.1):
        run()
    assert (state(), held(logto)) == ("removed", set())
    assert AuditEntry.objects.get(change="factor-removal-approved").acting_admin == "second0000ab"


def test_who_asked_cannot_approve(two_needed: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    base = looked_at(admin, logto)
    assert "second-step/approve/" not in admin.get(base).content.decode()
    answer = admin.post(f"{base}second-step/approve/", {"why": WHY})
    assert (answer.status_code, "another administrator has to approve" in answer.content.decode()) == (200, True)
    assert FactorRemoval.objects.get().approver == ""


def test_an_approval_that_comes_too_late_counts_for_nothing(
    two_needed: None, logto: Logto, admin: Client, asking: Asking
) -> None:
    ask(admin, logto)
    second_admin(logto)
    with later(24.1), pytest.raises(Declined) as declined:
        act(asking("second"), asking("amara").person, Change.FACTOR_REMOVAL_APPROVED, approve, why=WHY)
    assert declined.value.code == "factor-removal.too_late"


# --- at its moment


def lose_role(handle: str) -> Callable[[Logto], None]:
    def change(logto: Logto) -> None:
        logto.state.person(handle).role_ids = []

    return change


def gain_role(logto: Logto) -> None:
    logto.state.person("amara").role_ids = [ROLE]


def be_suspended(logto: Logto) -> None:
    logto.state.person("amara").user["isSuspended"] = True


@pytest.mark.parametrize("change", [lose_role("admin"), lose_role("second"), gain_role, be_suspended])
def test_what_changed_meanwhile_stops_it(
    two_needed: None, logto: Logto, admin: Client, change: Callable[[Logto], None]
) -> None:
    """Who asked or approved is no administrator any more; the person became one, or was suspended."""
    ask(admin, logto)
    second = second_admin(logto)
    second.post(f"{looked_at(second, logto)}second-step/approve/", {"why": WHY})
    change(logto)
    with later(24.1):
        run()
    assert (state(), held(logto)) == ("stopped", {*ALL, CODES})


def test_turned_off_meanwhile_it_removes_nothing(logto: Logto, admin: Client) -> None:
    with on_site(help_removes_factors=True):
        ask(admin, logto)
    with later(24.1):
        run()
    assert (state(), held(logto)) == ("stopped", {*ALL, CODES})


def test_a_day_too_late_nobody_expects_it_any_more(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    with later(48.1):
        run()
    assert (state(), held(logto)) == ("stopped", {*ALL, CODES})


def test_a_suspended_person_cannot_stop_it_so_it_is_not_even_asked_for(
    helping: None, logto: Logto, admin: Client
) -> None:
    be_suspended(logto)
    answer = ask(admin, logto)
    assert (answer.status_code, FactorRemoval.objects.count()) == (200, 0)


def test_the_only_way_in_stays(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto, "factorpriyapasskey001", handle="passkey")
    logto.state.person("passkey").user["primaryEmail"] = None
    with later(24.1):
        run()
    assert (state(), held(logto, "passkey")) == ("stopped", {"factorpriyapasskey001"})


def test_an_account_that_is_gone_by_then_is_left_alone(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    del logto.state.people[logto.state.person("amara").id]
    with later(24.1):
        run()
    assert state() == "stopped"


def test_keeping_what_was_removed_already_is_told_as_too_late(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    with later(24.1):
        run()
        assert state() == "removed"
        told = client_of(logto, "amara").post("/support/cancel/", follow=True).content.decode()
    assert kinds_of_banners(told, "too late") == ["bad"]


def test_keeping_what_nobody_removes_loses_nothing(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    amara = client_of(logto, "amara")
    amara.post("/support/cancel/")
    told = amara.post("/support/cancel/", follow=True).content.decode()
    assert kinds_of_banners(told, "Nothing is waiting") == ["info"]


def test_two_processes_never_take_the_same_one(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    key = FactorRemoval.objects.get().key
    with later(24.1):
        amara = client_of(logto, "amara")
        assert factor_removals.claim(key)
        assert (factor_removals.claim(key), factor_removals.due()) == (None, [])
        # Nobody keeps what another process is removing at this moment.
        told = amara.post("/support/cancel/", follow=True).content.decode()
        assert kinds_of_banners(told, "too late") == ["bad"]
        assert state() == "waiting"
    with later(24.4):
        assert factor_removals.claim(key)  # the process that had it was killed


def test_killed_after_any_call_and_run_again_it_ends(
    helping: None, logto: Logto, logto_mock: RequestsMock, admin: Client
) -> None:
    line = Line.between(logto, logto_mock)
    factors = list(logto.state.person("amara").factors)
    for number in range(30):
        line.begin()
        logto.state.person("amara").factors = list(factors)
        FactorRemoval.objects.all().delete()
        ask(admin, logto)
        line.begin(killed_after=number)
        was_killed = False
        with later(24.1):
            try:
                due.carry_out()
            except KeyboardInterrupt:
                was_killed = True
        line.begin()
        with later(24.4):
            due.carry_out()
        assert (number, held(logto), state()) == (number, set(), "removed")
        if not was_killed:
            assert number > 8
            return
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.__name__))
def test_a_fault_at_any_call_is_tried_again(
    helping: None, logto: Logto, logto_mock: RequestsMock, admin: Client, fault: Any
) -> None:
    line = Line.between(logto, logto_mock)
    factors = list(logto.state.person("amara").factors)
    for number in (0, 2, 5, 8, 9, 10):
        line.begin()
        logto.state.person("amara").factors = list(factors)
        FactorRemoval.objects.all().delete()
        ask(admin, logto)
        line.begin(broken=number, fault=fault)
        with later(24.1):
            due.carry_out()
        line.begin()
        with later(24.5):
            due.carry_out()
        assert (number, held(logto), state()) == (number, set(), "removed")


def test_the_loop_that_sends_mails_carries_it_out(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    with later(24.1):
        send_notices.remove_what_is_due()
        assert held(logto) == set()
    FactorRemoval.objects.update(state="waiting")
    with later(24.1):
        send_notices.remove_what_is_due()  # within the same minute it does not even look
    assert state() == "waiting"


def test_whoever_watches_is_told_when_nobody_carries_removals_out(
    helping: None, logto: Logto, admin: Client, client: Client
) -> None:
    ask(admin, logto)
    assert "ok   removals of second steps: 0 are due" in client.get("/statusz").content.decode()
    with later(25.1):
        assert "bad  removals of second steps: 1 are due" in client.get("/statusz").content.decode()
        run()
        assert "ok   removals of second steps: 0 are due" in client.get("/statusz").content.decode()


def test_old_ones_are_forgotten(helping: None, logto: Logto, admin: Client) -> None:
    ask(admin, logto)
    with later(24 * 60):
        assert factor_removals.delete_old() == 0
    with later(24.1):
        run()
    with later(24 * 32):
        assert factor_removals.delete_old() == 1
