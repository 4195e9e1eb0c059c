"""Deleting the account: what stands in the way, the last confirmation, the day it waits for, and being cut off."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone, translation
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from settings_app.logto.errors import NotFound
from settings_app.mails import outbox
from settings_app.management.commands import send_notices
from settings_app.models import AuditEntry, DeletionRequest, KnownValue, Pending, Restoration, Session
from settings_app.safeguards import alert_address, deletion, leases, undo
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import TABLE, Limit
from settings_app.safeguards.perform import perform
from settings_app.sections.delete import actions, due
from settings_app.sections.delete.forms import DeleteForm, Typed
from settings_app.sites import DeletionBlocker, Site, read_site
from tests.conftest import METHODS, carry
from tests.markup import kinds_of_banners
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

EMAIL = "ada@winterbourne.example"
SUBSCRIPTION = DeletionBlocker("Cancel your subscription first.", "Go there", "https://example.com/", "newsletter")
NEW = "new@mail.example"
GRACE = 14
APP = "ledgerly0000000000001"
TRUE_STATES = ("This account no longer exists", "Your account was not deleted when you tried")


class Killed(BaseException):
    """Nothing of the process goes on from here."""


def on_site(**changed: Any) -> override_settings:
    return override_settings(SITES=(replace(settings.SITES[0], **changed),))


@pytest.fixture
def waits() -> Iterator[None]:
    """The operator leaves people two weeks."""
    with on_site(deletion_grace_days=GRACE):
        yield


def press(client: Client, typed: str = EMAIL) -> Any:
    return client.post("/delete/confirm/", {"confirmation": typed})


def source(client: Client, address: str = "/delete/") -> str:
    return client.get(address).content.decode()


def is_there(logto: Logto, handle: str = "ada") -> bool:
    return any(person.handle == handle for person in logto.state.people.values())


def sent() -> list[str]:
    outbox.send_due()
    return [one.subject.partition(": ")[2] for one in mail.outbox]


def later(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days))


def run() -> None:
    call_command("delete_due_accounts", verbosity=0)


def written(logto_mock: RequestsMock, since: int) -> list[str]:
    calls = [call.request for call in list(logto_mock.calls)[since:]]
    return [f"{one.method} {one.path_url}" for one in calls if one.method != "GET" and "/oidc/" not in str(one.url)]


# --- what is said before


def test_the_page_says_what_goes_in_the_persons_own_numbers(amara: Client) -> None:
    page = source(amara)
    for words in (
        "That includes 2 passkeys, your authenticator app and your Google account.",
        "You’re signed out on all 3 devices",
        "3 apps lose access",
        "Ledgerly, Quorum and Tidepool Notes may keep data they already have.",
        "You leave Okafor Studio and Harbour Energy",
        f"for {settings.AUDIT_KEPT_DAYS} days",
    ):
        assert words in page


@pytest.mark.parametrize("part", ["grants", "organizations", "sessions", "mfa-verifications"])
def test_what_cannot_be_counted_is_said_in_general(amara: Client, logto: Logto, part: str) -> None:
    logto.faults.add("500", path=f"/api/users/*/{part}")
    answer = amara.get("/delete/")
    assert answer.status_code == 200
    assert "Your profile and ways to sign in are deleted" in answer.content.decode()


def test_what_stands_in_the_way_is_said_before_anything_else_is_asked(ada: Client, logto: Logto) -> None:
    other = DeletionBlocker("You own {organisation}.", organization="*")
    by_role = DeletionBlocker("You are an administrator.", role="no-such-role")
    with on_site(deletion_blockers=(SUBSCRIPTION, other, by_role)):
        page = source(ada)
        assert "Cancel your subscription first." in page
        assert "You own Rowing Club." in page
        assert "You are an administrator." not in page
        assert 'href="/delete/confirm/"' not in page
        blocked = press(client_of(logto, "ada", verified=True))
    assert blocked["Location"] == "/delete/"
    assert is_there(logto)


def test_nobody_goes_on_while_it_is_not_known_what_stands_in_the_way(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/organizations")
    with on_site(deletion_blockers=(DeletionBlocker("Leave first.", organization="*"),)):
        assert verified_ada.get("/delete/").status_code == 503
        assert press(verified_ada).status_code == 503
    assert is_there(logto)


def test_what_came_in_the_way_meanwhile_is_noticed(asking: Asking, logto: Logto) -> None:
    actor = asking("ada")
    actor = replace(actor, site=replace(actor.site, deletion_blockers=(SUBSCRIPTION,)))
    with pytest.raises(Declined) as declined:
        actions.delete(actor)
    assert declined.value.code == "deletion.blocked"
    assert is_there(logto)


def test_a_suspended_account_is_not_deleted(asking: Asking, logto: Logto) -> None:
    actor = asking("ada")
    logto.state.person("ada").user["isSuspended"] = True
    with pytest.raises(Declined):
        actions.delete(actor)
    assert is_there(logto)


def test_the_operators_list_is_checked_when_it_is_read() -> None:
    whole = {"base_url": "https://a.example", "endpoint": "https://b.example", "app_id": "a", "app_secret": "b"}
    whole |= {"m2m_app_id": "c", "m2m_app_secret": "d"}
    for wrong, told in (
        ({"deletion_blockers": [{"text": "No."}]}, "needs one of custom_data"),
        ({"deletion_blockers": [{"text": "No.", "role": "a", "link": "There"}]}, "needs link and url"),
        ({"deletion_blockers": [{"role": "a"}]}, "does not set deletion_blockers.text"),
        ({"deletion_grace_days": "4000"}, "must be 365 days or fewer"),
    ):
        site, problems = read_site(whole | wrong, "It")
        assert site is None
        assert told in problems[0]
    site, _none = read_site(whole | {"deletion_blockers": [{"text": "No.", "role": "a"}]}, "It")
    assert site
    assert site.deletion_blockers[0].role == "a"


# --- the last confirmation


def test_what_stands_for_the_account_has_to_be_typed(verified_ada: Client, logto: Logto) -> None:
    for typed in ("", "ada", "yes", "ada@winterbourne.exampl"):
        assert f"Type {EMAIL} exactly to delete your account." in press(verified_ada, typed).content.decode()
    assert is_there(logto)


def test_each_person_types_something_they_know(asking: Asking) -> None:
    person = replace(asking("ada").person, profile=asking("ada").person.profile)
    assert Typed.of(person).is_met_by(" ADA@winterbourne.example ")
    by_phone = Typed.of(replace(person, email="", username="", phone="447700900123"))
    assert by_phone.is_met_by("+44 7700 900-123")
    assert not by_phone.is_met_by("+44 7700 900124")
    assert Typed.of(replace(person, email="")).is_met_by("ada")
    named = Typed.of(replace(person, email="", username="", phone="", name="Åsa  Öberg"))
    assert named.is_met_by("A\u030asa O\u0308berg")
    nobody = Typed.of(replace(person, email="", username="", phone="", name="", profile=type(person.profile)()))
    assert nobody.shown == person.id


def test_a_phone_number_to_be_typed_is_not_turned_round_from_right_to_left(asking: Asking) -> None:
    typed = Typed.of(replace(asking("ada").person, email="", username="", phone="447700900123"))
    with translation.override("ar"):
        form = DeleteForm(typed=typed)
    assert form.fields["confirmation"].help_text == "\u2066+44 7700 900123\u2069"
    assert "\u2066+44 7700 900123\u2069" in form.wanted


def test_deleting_takes_tokens_and_apps_then_the_account_then_every_trace(
    verified_ada: Client, logto: Logto, logto_mock: RequestsMock
) -> None:
    person = logto.state.person("ada")
    making.add_grant(logto.state, person, APP, "openid offline_access")
    other = client_of(logto, "ada", binding="another browser")
    other.get("/")
    assert KnownValue.objects.exists()
    Pending.objects.create(
        key="k", site="testserver", tenant=settings.SITES[0].tenant, subject=person.id, binding="b", purpose="p",
        kind="email", recipient="new@x.example", recipient_digest="d", sent_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1), most_attempts=5,
    )  # fmt: skip
    tokens = [token["name"] for token in person.tokens]
    assert tokens
    since = len(logto_mock.calls)
    answer = press(verified_ada)
    assert answer["Location"] == "/delete/done/"
    steps = written(logto_mock, since)
    kinds = [re.sub(r"/[A-Za-z0-9]{12,}", "", step.split("?")[0]) for step in steps]
    assert kinds.index("POST /api/users/personal-access-tokens/delete") < kinds.index("DELETE /api/users/grants")
    assert kinds[-1] == "DELETE /api/users"
    assert not is_there(logto)
    goodbye = verified_ada.get("/delete/done/")
    assert "Your account is deleted" in goodbye.content.decode()
    assert goodbye["Clear-Site-Data"] == '"cache", "storage"'
    assert source(verified_ada, "/delete/done/")  # a reload shows it again
    assert verified_ada.get("/")["Location"].startswith("/sign-in/")
    assert other.get("/")["Location"].startswith("/sign-in/")
    assert not Session.objects.filter(subject=person.id).exists()
    assert not KnownValue.objects.exists()
    assert not Pending.objects.exists()
    rows = dict(AuditEntry.objects.values_list("change", "outcome"))
    assert rows == dict.fromkeys(("account-deleted", "access-tokens-removed", "all-apps-removed"), "done")
    assert sent() == ["Your account was deleted"]
    assert mail.outbox[0].to == [EMAIL]
    body = str(mail.outbox[0].body)
    assert "nobody can bring it back" in body
    assert "/secure/" not in body


def test_everybody_can_go(logto: Logto, db: None) -> None:
    """Forty devices and 25 apps, nothing at all, no password, a company's account, odd apps, another script."""
    for handle in ("heavy", "empty", "social", "passkey", "enterprise", "curious", "rtl"):
        client = client_of(logto, handle, verified=True)
        assert client.get("/delete/").status_code == 200
        asked = source(client, "/delete/confirm/")
        shown = re.findall(r'<p class="hint"[^>]*>(.*?)</p>', asked, re.DOTALL)
        typed = html.unescape(re.sub(r"<[^>]+>", "", shown[0])).strip()
        assert press(client, typed)["Location"] == "/delete/done/", (handle, typed)
        assert not is_there(logto, handle)


def test_goodbye_is_said_to_nobody_else(client: Client, db: None, ada: Client) -> None:
    assert client.get("/delete/done/")["Location"] == "/sign-in/"
    assert ada.get("/delete/done/")["Location"] == "/sign-in/"


def test_pressing_twice_at_once_ends_well_for_both(asking: Asking, logto: Logto) -> None:
    first, second = asking("ada"), asking("ada", browser="second")
    actions.delete(first)
    actions.delete(second)  # it waited for the first, and finds nobody
    assert not is_there(logto)


def test_one_deletion_at_a_time(asking: Asking, monkeypatch: pytest.MonkeyPatch, logto: Logto) -> None:
    monkeypatch.setattr(leases, "PERSON_WAIT_SECONDS", 0)
    with leases.on_person(asking("ada")), pytest.raises(Declined):
        actions.delete(asking("ada", browser="second"))
    assert is_there(logto)


# --- faults and being killed at each call


def counted(logto: Logto, logto_mock: RequestsMock, then: Callable[[int], None]) -> list[str]:
    """Every call from here on; `then` is told its number once Logto has carried it out."""
    seen: list[str] = []

    def answer(sent_now: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        answered = carry(logto, sent_now)
        seen.append(f"{sent_now.method} {sent_now.path_url}")
        then(len(seen))
        return answered

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    for method in METHODS:
        logto_mock.replace(CallbackResponse(method, anywhere, answer))
    return seen


def calls_of_a_deletion(logto: Logto, logto_mock: RequestsMock) -> int:
    """How many there are, found out with somebody else."""
    making.add_grant(logto.state, logto.state.person("rtl"), APP, "openid offline_access")
    client = client_of(logto, "rtl", verified=True)
    client.get("/delete/confirm/")
    seen = counted(logto, logto_mock, lambda number: None)
    press(client, str(logto.state.person("rtl").user["primaryEmail"]))
    assert not is_there(logto, "rtl")
    return len(seen)


def test_killed_after_any_call_and_pressed_again_ends_in_one_of_two_true_states(
    logto: Logto, logto_mock: RequestsMock, db: None
) -> None:
    total = calls_of_a_deletion(logto, logto_mock)
    assert total >= 5
    ends: set[str] = set()
    for number in range(1, total + 3):
        counted(logto, logto_mock, lambda reached: None)
        person = making.add_person(logto.state, f"somebody{number}")
        making.add_grant(logto.state, person, APP, "openid offline_access")
        client = client_of(logto, person.handle, verified=True)
        client.get("/delete/confirm/")

        def kill(reached: int, number: int = number) -> None:
            if reached == number:
                raise Killed

        counted(logto, logto_mock, kill)
        email = str(person.user["primaryEmail"])
        try:
            press(client, email)
        except Killed:
            page = source(client)
            # Before the first write it is as if nothing had been pressed.
            found = next((words for words in TRUE_STATES if words in page), "untouched")
            assert (found == TRUE_STATES[0]) is not is_there(logto, person.handle)
            ends.add(found)
            counted(logto, logto_mock, lambda reached: None)
            with time_machine.travel(timezone.now() + timedelta(minutes=5)):
                client = client_of(logto, person.handle, verified=True) if is_there(logto, person.handle) else client
                press(client, email)
                due.settle()
        assert not is_there(logto, person.handle)
        assert not KnownValue.objects.filter(subject=person.id).exists()
        assert not Session.objects.filter(subject=person.id).exists()
    assert ends == {*TRUE_STATES, "untouched"}
    assert not AuditEntry.objects.filter(outcome="started", change="account-deleted").exists()


CALLS = (
    "*/personal-access-tokens",
    "*/personal-access-tokens/delete",
    "*/grants",
    "*/grants/*",
    "/api/users/????????????",
)


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(("kind", "after"), [("refused", False), ("timeout", True), ("500", False), ("429", False)])
def test_a_fault_at_any_call_says_whether_there_is_still_an_account(
    verified_ada: Client, logto: Logto, path: str, kind: str, after: bool
) -> None:
    making.add_grant(logto.state, logto.state.person("ada"), APP, "openid offline_access")
    method = "POST" if path.endswith("/delete") else "DELETE" if path.endswith(("*", "?")) else "GET"
    logto.faults.add(kind, path=path, after=after, method=method)
    answer = press(verified_ada)
    if is_there(logto):
        assert answer.status_code == 503
        assert "Your account was not deleted." in answer.content.decode()
        assert AuditEntry.objects.get(change="account-deleted").outcome == "unknown"
        logto.faults.clear()
        assert "Your account was not deleted when you tried" in source(verified_ada)
        assert sent() == ["Someone tried to delete your account"]
        answer = press(verified_ada)
    assert answer["Location"] == "/delete/done/"
    assert not is_there(logto)


def test_an_answer_that_is_lost_for_good_is_said_to_be_lost_and_settled_later(
    verified_ada: Client, logto: Logto, logto_mock: RequestsMock
) -> None:
    person = logto.state.person("ada")
    user = f"/api/users/{person.id}"

    def lose(_number: int) -> None:
        if seen[-1] == f"DELETE {user}":
            logto.faults.add("500", path=user, method="GET")
            raise requests.ReadTimeout

    seen = counted(logto, logto_mock, lose)
    answer = press(verified_ada)
    assert "don’t know yet whether your account was deleted" in answer.content.decode()
    assert AuditEntry.objects.get(change="account-deleted").outcome == "unknown"
    assert Session.objects.filter(subject=person.id).exists()
    logto.faults.clear()
    run()
    assert not Session.objects.filter(subject=person.id).exists()
    assert sent() == ["Someone tried to delete your account"]


def test_an_address_that_is_not_there_deletes_nobody(asking: Asking, logto: Logto, logto_mock: RequestsMock) -> None:
    """Such as that of a gateway before Logto: its bare 404 says nothing about a person."""
    actor = asking("ada")
    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    logto_mock.replace(CallbackResponse(responses.GET, anywhere, lambda _sent: (404, {}, "nothing here")))
    with pytest.raises(NotFound):
        actor.account.is_gone()
    with pytest.raises(NotFound):
        actions.delete(actor)
    assert actor.session is not None


# --- waiting for the day


def link_of(to: str = EMAIL) -> str:
    outbox.send_due()
    body = next(str(one.body) for one in mail.outbox if one.to == [to] and "/delete/keep/" in str(one.body))
    return str(re.findall(r"http://testserver(/delete/keep/\S+)", body)[0])


def test_with_days_of_grace_the_account_waits_and_every_page_says_so(
    waits: None, verified_ada: Client, logto: Logto
) -> None:
    assert press(verified_ada)["Location"] == "/delete/"
    assert is_there(logto)
    day = (timezone.now() + timedelta(days=GRACE)).strftime("%-d %B %Y")
    for address in ("/", "/profile/", "/sessions/", "/delete/"):
        assert f"Your account will be deleted on {day}." in re.sub(r"<[^>]+>", "", source(verified_ada, address))
    assert sent() == ["Your account will be deleted"]
    assert f"Will be deleted on: {day}" in str(mail.outbox[0].body)
    assert press(verified_ada)["Location"] == "/delete/"  # pressed again
    assert DeletionRequest.objects.count() == 1
    run()
    with later(GRACE - 0.1):
        run()
    assert is_there(logto)


def test_every_address_is_told_the_day_and_can_keep_the_account(
    waits: None, verified_ada: Client, asking: Asking, client: Client
) -> None:
    alert_address.put(asking("ada"), "second@mail.example", stands_already=True)
    press(verified_ada)
    outbox.send_due()
    assert {one.to[0] for one in mail.outbox} == {EMAIL, "second@mail.example"}
    assert "Keep your account?" in source(client, link_of("second@mail.example"))


def test_asking_in_two_tabs_at_once_waits_once_and_mails_one_link(waits: None, asking: Asking) -> None:
    perform(asking("ada"), Change.DELETION_ASKED, deletion.ask)
    with pytest.raises(Declined):
        perform(asking("ada", browser="second"), Change.DELETION_ASKED, deletion.ask)
    assert DeletionRequest.objects.count() == 1
    assert sent() == ["Your account will be deleted"]


def test_the_button_of_the_banner_keeps_the_account(waits: None, verified_ada: Client, logto: Logto) -> None:
    press(verified_ada)
    assert verified_ada.get("/delete/cancel/")["Location"] == "/delete/"
    assert DeletionRequest.objects.get().state == "waiting"
    assert "Your account stays." in verified_ada.post("/delete/cancel/", follow=True).content.decode()
    assert "will be deleted on" not in source(verified_ada, "/")
    with later(GRACE + 1):
        run()
    assert is_there(logto)
    assert sent() == ["Your account will be deleted", "Your account won’t be deleted"]
    told = verified_ada.post("/delete/cancel/", follow=True).content.decode()
    assert kinds_of_banners(told, "nothing to stop") == ["info"]


def test_the_link_in_the_mail_keeps_the_account_signed_out_and_only_when_pressed(
    waits: None, verified_ada: Client, client: Client, logto: Logto
) -> None:
    press(verified_ada)
    link = link_of()
    assert "Keep your account?" in source(client, link)
    assert DeletionRequest.objects.get().state == "waiting"
    token = link.partition("token=")[2].replace("%3A", ":")
    answer = client.post("/delete/keep/", {"token": token}, follow=True)
    assert "Your account stays" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert DeletionRequest.objects.get().state == "kept"
    press(verified_ada)
    assert "Your account stays" in source(client, link)  # of the first request; the second still waits
    client.post("/delete/keep/", {"token": token})
    assert DeletionRequest.objects.filter(state="waiting").count() == 1


def test_a_link_that_is_not_ours_leads_nowhere(waits: None, verified_ada: Client, client: Client) -> None:
    press(verified_ada)
    link = link_of()
    for wrong in (link[:-3], link.replace("token=", "token=x"), "/delete/keep/", f"{link[:-60]}x"):
        assert "This link no longer works" in source(client, wrong)
    other = Site("http://other.example", "http://localhost:3302", "a", "b", "c", "d")
    token = link.partition("token=")[2].replace("%3A", ":")
    assert deletion.read(settings.SITES[0], token) is not None
    assert deletion.read(other, token) is None
    assert deletion.read(settings.SITES[0], token.rpartition(":")[0] + ":x") is None


def test_using_links_is_limited(
    waits: None, verified_ada: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(verified_ada)
    token = link_of().partition("token=")[2].replace("%3A", ":")
    spent = tuple(replace(rule, count=0) for rule in TABLE[Limit.UNDO])
    monkeypatch.setitem(TABLE, Limit.UNDO, spent)
    assert client.post("/delete/keep/", {"token": token}).status_code == 429
    assert DeletionRequest.objects.get().state == "waiting"


def test_on_its_day_the_account_is_deleted_once(
    waits: None, verified_ada: Client, client: Client, logto: Logto
) -> None:
    press(verified_ada)
    link = link_of()
    with later(GRACE + 0.1):
        run()
        run()
        outbox.send_due()
    assert not is_there(logto)
    assert DeletionRequest.objects.get().state == "deleted"
    assert "This account was deleted" in source(client, link)
    assert sent() == ["Your account will be deleted", "Your account was deleted"]
    assert AuditEntry.objects.filter(change="account-deleted", outcome="done").count() == 1


def test_two_processes_never_take_the_same_request(waits: None, verified_ada: Client, logto: Logto) -> None:
    press(verified_ada)
    key = DeletionRequest.objects.get().key
    assert deletion.claim(key) is None  # its day has not come
    with later(GRACE + 0.1):
        assert deletion.claim(key)
        assert deletion.claim(key) is None
        assert deletion.due() == []
        # Nobody keeps what another process is deleting at this moment.
        again = client_of(logto, "ada", binding="another browser")
        told = again.post("/delete/cancel/", follow=True).content.decode()
        assert kinds_of_banners(told, "too late") == ["bad"]
    with later(GRACE + 0.2):
        assert deletion.claim(key)  # the process that had it was killed


def test_the_command_killed_after_any_call_and_run_again_deletes(
    waits: None, logto: Logto, logto_mock: RequestsMock, db: None
) -> None:
    for number in range(1, 30):
        counted(logto, logto_mock, lambda reached: None)
        person = making.add_person(logto.state, f"somebody{number}")
        making.add_grant(logto.state, person, APP, "openid offline_access")
        press(client_of(logto, person.handle, verified=True), str(person.user["primaryEmail"]))

        def kill(reached: int, number: int = number) -> None:
            if reached == number:
                raise Killed

        with later(GRACE + 0.1):
            counted(logto, logto_mock, kill)
            try:
                due.carry_out()
            except Killed:
                was_killed = True
            else:
                was_killed = False
        counted(logto, logto_mock, lambda reached: None)
        with later(GRACE + 0.2):
            due.carry_out()
        assert not is_there(logto, person.handle)
        assert not DeletionRequest.objects.filter(state="waiting").exists()
        if not was_killed:
            assert number > 5
            return
    pytest.fail("it never came to its end")


def test_whoever_watches_is_told_when_nobody_carries_deletions_out(
    waits: None, verified_ada: Client, client: Client, logto: Logto
) -> None:
    press(verified_ada)
    assert "ok   deletions: 0 are due" in source(client, "/statusz")
    with later(GRACE + 0.1):
        assert "bad  deletions: 1 are due" in source(client, "/statusz")
        logto.faults.add("500", path="/api/users/*")
        run()
        assert "ok   deletions: 0 are due" in source(client, "/statusz")


def test_the_loop_that_sends_mails_carries_deletions_out(waits: None, verified_ada: Client, logto: Logto) -> None:
    press(verified_ada)
    with later(GRACE + 0.1):
        send_notices.delete_what_is_due()
        assert not is_there(logto)
        send_notices.delete_what_is_due()  # within the same minute it does not even look
    DeletionRequest.objects.update(state="waiting", claimed_until=None)
    with on_site(base_url="https://elsewhere.example"), later(GRACE + 0.2):
        send_notices.delete_what_is_due()  # another site serves these people by now
    assert DeletionRequest.objects.get().state == "deleted"


def test_a_fault_on_its_day_is_tried_again_after_an_hour(waits: None, verified_ada: Client, logto: Logto) -> None:
    press(verified_ada)
    logto.faults.add("500", path="/api/users/*")
    with later(GRACE + 0.1):
        run()
        logto.faults.clear()
        run()
        assert is_there(logto)
    with later(GRACE + 0.2):
        run()
    assert not is_there(logto)


def test_a_suspended_person_is_left_alone_and_then_has_all_the_days_again(
    waits: None, verified_ada: Client, logto: Logto, client: Client
) -> None:
    press(verified_ada)
    logto.state.person("ada").user["isSuspended"] = True
    with later(GRACE + 0.1):
        run()
        assert is_there(logto)
        assert "Keep your account?" in source(client, link_of())
    logto.state.person("ada").user["isSuspended"] = False
    mail.outbox.clear()
    with later(GRACE + 0.2):
        run()
        assert is_there(logto)
        assert sent() == ["Your account will be deleted on a later day"]
        assert "Keep your account?" in source(client, link_of())
    with later(2 * GRACE):
        run()
        assert is_there(logto)
    with later(2 * GRACE + 0.3):
        run()
        assert not is_there(logto)


def test_what_stands_in_the_way_on_the_day_ends_the_request_and_is_told(
    waits: None, verified_ada: Client, logto: Logto
) -> None:
    press(verified_ada)
    sent()
    mail.outbox.clear()
    with on_site(deletion_grace_days=GRACE, deletion_blockers=(SUBSCRIPTION,)), later(GRACE + 0.1):
        run()
        outbox.send_due()
    assert is_there(logto)
    assert DeletionRequest.objects.get().state == "stopped"
    assert sent() == ["Your account was not deleted, because something has to be settled first"]
    assert "http://testserver/delete/\n" in str(mail.outbox[0].body)


def test_an_account_that_is_gone_by_then_leaves_no_traces(waits: None, verified_ada: Client, logto: Logto) -> None:
    press(verified_ada)
    verified_ada.get("/")
    person = logto.state.person("ada")
    del logto.state.people[person.id]
    assert KnownValue.objects.exists()
    with later(GRACE + 0.1):
        run()
    assert DeletionRequest.objects.get().state == "deleted"
    assert not KnownValue.objects.exists()


# --- somebody who took the account over


def changed_email(asking: Asking) -> None:
    actor = asking("ada")
    perform(
        actor,
        Change.EMAIL_CHANGED,
        lambda act: act.account.change_email(NEW),
        written=NEW,
    )


def test_while_a_change_can_be_undone_nothing_is_deleted_at_once(
    asking: Asking, verified_ada: Client, logto: Logto
) -> None:
    verified_ada.get("/")
    changed_email(asking)
    assert Restoration.objects.exists()
    assert press(verified_ada, NEW)["Location"] == "/delete/"
    assert is_there(logto)
    assert DeletionRequest.objects.get().due_at == Restoration.objects.get().expires_at
    outbox.send_due()
    told = {one.to[0] for one in mail.outbox if "/delete/keep/" in str(one.body)}
    assert told == {EMAIL, NEW}
    with later(3.1):
        run()
    assert not is_there(logto)


def test_a_change_in_another_tab_right_before_is_noticed(asking: Asking, verified_ada: Client, logto: Logto) -> None:
    verified_ada.get("/")
    late = asking("ada", browser="second")
    changed_email(asking)
    with pytest.raises(Declined) as declined:
        actions.delete_at_once(late)
    assert declined.value.code == "deletion.waits"
    assert is_there(logto)


def test_a_way_back_that_began_meanwhile_puts_the_day_off(waits: None, asking: Asking, verified_ada: Client) -> None:
    press(verified_ada)
    with later(GRACE - 1):
        changed_email(asking)
    with later(GRACE + 0.1):
        run()
        assert DeletionRequest.objects.get(state="waiting").due_at > timezone.now() + timedelta(days=1)


def test_taking_the_account_back_keeps_it(
    waits: None, asking: Asking, verified_ada: Client, client: Client, logto: Logto
) -> None:
    verified_ada.get("/")
    changed_email(asking)
    press(verified_ada, NEW)
    outbox.send_due()
    bodies = "\n".join(str(one.body) for one in mail.outbox if one.to == [EMAIL])
    token = re.findall(r"/undo/\?token=(\S+)", bodies)[0].replace("%3A", ":")
    assert client.post("/undo/", {"token": token}).status_code == 302
    assert DeletionRequest.objects.get().state == "kept"
    assert undo.standing(asking("ada")) is None
    with later(GRACE + 1):
        run()
    assert is_there(logto)


def test_this_was_not_me_keeps_it_too(waits: None, verified_ada: Client, client: Client, logto: Logto) -> None:
    press(verified_ada)
    outbox.send_due()
    token = re.findall(r"/not-me/\?token=(\S+)", str(mail.outbox[0].body))[0].replace("%3A", ":")
    client.post("/not-me/", {"token": token})
    assert DeletionRequest.objects.get().state == "kept"
    with later(GRACE + 1):
        run()
    assert is_there(logto)


def test_old_requests_are_forgotten(waits: None, verified_ada: Client) -> None:
    press(verified_ada)
    with later(60):
        assert deletion.delete_old() == 0
    verified_ada.post("/delete/cancel/")
    with later(31):
        assert deletion.delete_old() == 1


def test_what_is_apart_comes_last_in_the_navigation(ada: Client) -> None:
    addresses = re.findall(r'navigation__link" href="([^"]+)"', source(ada, "/"))
    assert addresses[addresses.index("/delete/") + 1 :][:1] in ([], ["/"], [addresses[0]])
