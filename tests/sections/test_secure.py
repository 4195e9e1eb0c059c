"""Secure my account: what changed, and signing out everywhere else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import responses
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox import making, seed_people
from accountsite.sandbox.api.personal_access_tokens import add_token
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import hash_password
from settings_app.mails import outbox
from settings_app.models import AuditEntry, DeletionRequest, KnownDevice, Session
from settings_app.safeguards.sign_ins import devices
from settings_app.safeguards.sign_ins.sighting import Reached, Sighting
from tests.conftest import carry
from tests.people import client_of

OLD = "loveletter-1843"
LEDGERLY, BILLING = "ledgerly0000000000001", "fernhillbilling000001"


def test_show_names_the_steps_and_says_when_nothing_changed(ada: Client) -> None:
    page = ada.get("/secure/").content.decode()
    assert "Let’s secure your account" in page
    assert "Nothing has changed." in page


def test_show_offers_a_new_password_to_who_has_one(ada: Client, logto: Logto) -> None:
    of_ada, of_sol = (one.get("/secure/").content.decode() for one in (ada, client_of(logto, "social")))
    assert ("Choose a new password" in of_ada, "stops your password" in of_ada) == (True, True)
    assert ("Choose a new password" in of_sol, "your password" in of_sol) == (False, False)


def test_sign_out_others_ends_other_sessions_here_and_at_logto(verified_ada: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=1)
    other = client_of(logto, "ada")
    answer = verified_ada.post("/secure/sign-out-others/")
    assert answer["Location"] == "/secure/"
    assert other.get("/")["Location"].startswith("/sign-in/")
    assert verified_ada.get("/").status_code == 200
    assert not [one for one in logto.state.sessions.values() if one.account_id == ada.id]
    assert Session.objects.filter(subject=ada.id, rotated=False).count() == 1


def test_sign_out_others_says_when_some_are_left(verified_ada: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=1)
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE", times=5)
    page = verified_ada.post("/secure/sign-out-others/").content.decode()
    assert "sign out all your devices" in page
    assert AuditEntry.objects.get().outcome == "unknown"  # and mailed: what was signed in to here has ended


def test_sign_out_others_goes_on_past_one_that_fails(verified_ada: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    for hours in (1, 2, 3):
        seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=hours)
    before = len([one for one in logto.state.sessions.values() if one.account_id == ada.id])
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE", times=1)
    verified_ada.post("/secure/sign-out-others/")
    assert before > 1
    assert len([one for one in logto.state.sessions.values() if one.account_id == ada.id]) == 1


def test_show_lists_what_was_changed(verified_ada: Client) -> None:
    verified_ada.post("/secure/sign-out-others/")
    assert "Your other devices were signed out" in verified_ada.get("/secure/").content.decode()


def test_show_names_the_field_and_tells_no_confirmation(ada: Client) -> None:
    ada.post("/verify/", {"password": "loveletter-1843"})
    ada.post("/profile/nickname/change/", {"nickname": "Countess"})
    ada.post("/profile/website/change/", {"website": "https://ada.example"})
    page = ada.get("/secure/").content.decode()
    assert re.findall(r"Your profile was changed: (\w+)</span>", page) == ["Website", "Nickname"]
    assert "confirmed" not in page


def test_what_repeats_on_a_day_is_one_line(ada: Client) -> None:
    for number in range(9):
        field = ("nickname", "website")[number % 2]
        ada.post(f"/profile/{field}/change/", {field: f"https://ada.example/{number}"})
    page = ada.get("/secure/").content.decode()
    assert re.findall(r"changed: (\w+)</span>.*?(\d+) times", page, re.DOTALL) == [
        ("Nickname", "5"),
        ("Website", "4"),
    ]


def test_a_long_list_has_pages(ada: Client, logto: Logto) -> None:
    of = {"site": "testserver", "tenant": settings.SITES[0].tenant, "subject": logto.state.person("ada").id}
    for number in range(45):
        at = timezone.now() - timedelta(minutes=number)
        what = {"change": "username-changed", "outcome": "done", "device": f"Browser {number}"}
        AuditEntry.objects.create(started_at=at, **of, **what)
    pages = [ada.get(f"/secure/?page={number}").content.decode() for number in (1, 2, 3)]
    assert [page.count("Your username was changed") for page in pages] == [20, 20, 5]
    assert ["Older</a>" in page for page in pages] == [True, True, False]
    assert ["Newer</a>" in page for page in pages] == [False, True, True]
    assert ada.get("/secure/?page=<script>").status_code == 200


def signed_in_everywhere(logto: Logto) -> Client:
    """Ada's browser, and what else opens her account: a phone, apps with and without a session, a token."""
    ada, state = logto.state.person("ada"), logto.state
    making.add_session(state, ada, sid="sid-here")
    phone = making.add_session(state, ada, sid="sid-there", user_agent=making.SAFARI)
    making.add_grant(state, ada, LEDGERLY, "openid offline_access", session=phone)
    making.add_grant(state, ada, LEDGERLY, "openid email offline_access", days_ago=9)
    making.add_grant(state, ada, BILLING, "openid offline_access")
    state.memberships["okaforstudio"][ada.id] = []
    state.consent_organizations[LEDGERLY, ada.id] = ["okaforstudio"]
    add_token(state, ada, "backup")
    ada.password_hash = hash_password(OLD)
    return client_of(logto, "ada", sid="sid-here", verified=True)


def left(logto: Logto) -> dict[str, int]:
    """What still opens Ada's account, here and at Logto."""
    ada, state = logto.state.person("ada"), logto.state
    return {
        "sessions": sum(one.account_id == ada.id for one in state.sessions.values()),
        "grants": sum(one.payload["accountId"] == ada.id for one in state.grants.values()),
        "organizations": len(state.consent_organizations.get((LEDGERLY, ada.id), ())),
        "tokens": len(ada.tokens),
        "password": int(ada.password_hash == hash_password(OLD)),
        "here": Session.objects.filter(subject=ada.id, rotated=False).count(),
    }


NOTHING = dict.fromkeys(("sessions", "grants", "organizations", "tokens", "password", "here"), 0)


def press(client: Client) -> HttpResponse:
    return client.post("/secure/lock/")  # type: ignore[return-value]  # the test client's own kind


def test_lock_says_what_it_ends_and_ends_nothing(logto: Logto, db: None) -> None:
    ada = signed_in_everywhere(logto)
    before, source = left(logto), ada.get("/secure/lock/").content.decode()
    for part in ("Devices", "Your password", "Apps", "Access tokens", "It stops working at once."):
        assert part in source
    assert str(logto.state.person("ada").user["primaryEmail"]) in source
    assert '"timeout":60000' in source  # there may be forty devices and as many apps
    assert left(logto) == before


def test_lock_leaves_nothing_that_opens_the_account_and_leads_back_in(logto: Logto, db: None) -> None:
    ada = signed_in_everywhere(logto)
    answer = press(ada)
    assert answer["Location"] == "/secure/locked/"
    assert left(logto) == NOTHING
    after = ada.get("/secure/locked/").content.decode()
    assert "Everyone is locked out" in after
    assert 'name="first_screen" value="reset_password"' in after
    assert 'name="next" value="/secure/"' in after
    assert ada.get("/secure/")["Location"].startswith("/sign-in/")


def test_lock_takes_organisations_from_apps_whose_grants_went_with_other_sessions(logto: Logto, db: None) -> None:
    ada = signed_in_everywhere(logto)
    ada.post("/secure/sign-out-others/")
    assert (left(logto)["grants"], left(logto)["organizations"]) == (2, 1)  # what was allowed without those sessions
    logto.state.grants.clear()
    press(ada)
    assert left(logto) == NOTHING


def test_lock_is_recorded_step_by_step_and_told_in_one_mail(logto: Logto, db: None) -> None:
    press(signed_in_everywhere(logto))
    outbox.send_due()
    assert [str(one.subject) for one in mail.outbox] == ["Fernhill: Everyone was locked out of your account"]
    assert set(AuditEntry.objects.values_list("change", "outcome")) == {
        ("account-locked", "done"),
        ("other-sessions-ended", "done"),
        ("password-changed", "done"),
        ("access-tokens-removed", "done"),
        ("all-apps-removed", "done"),
        ("all-sessions-ended", "done"),
    }
    back = client_of(logto, "ada").get("/secure/").content.decode()
    assert "Everyone was locked out" in back


def test_locked_is_a_page_of_nobody_else(client: Client, db: None, logto: Logto) -> None:
    assert client.get("/secure/locked/")["Location"] == "/secure/"


def test_a_password_that_could_not_be_chosen_anew_stays_and_is_told(logto: Logto, db: None) -> None:
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    ada = signed_in_everywhere(logto)
    assert "It stays as it is" in ada.get("/secure/lock/").content.decode()
    press(ada)
    assert left(logto) == NOTHING | {"password": 1}
    after = ada.get("/secure/locked/").content.decode()
    assert "Your password still works." in after
    assert "reset_password" not in after


def test_who_comes_in_meanwhile_is_locked_out_too(logto: Logto, logto_mock: RequestsMock, db: None) -> None:
    """With the old password, between the end of the other sessions and the new password."""
    ada, state = signed_in_everywhere(logto), logto.state

    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        if str(sent.url).endswith("/password") and not came_in:
            came_in.append(making.add_session(state, state.person("ada"), sid="sid-of-an-intruder"))
        return carry(logto, sent)

    came_in: list[object] = []
    logto_mock.replace(CallbackResponse(responses.PATCH, re.compile(re.escape(logto.endpoint) + "/.*"), answer))
    assert press(ada)["Location"] == "/secure/locked/"
    assert (len(came_in), left(logto)) == (1, NOTHING)
    assert AuditEntry.objects.filter(change="other-sessions-ended").count() == 2


def test_lock_calls_a_deletion_off_and_takes_no_device_for_known(logto: Logto, db: None) -> None:
    ada, now = signed_in_everywhere(logto), timezone.now()
    tenant, subject = settings.SITES[0].tenant, logto.state.person("ada").id
    when = {"asked_at": now, "due_at": now + timedelta(days=7), "try_at": now}
    DeletionRequest.objects.create(key="k", site="testserver", tenant=tenant, subject=subject, language="en", **when)
    devices.know(tenant, [Sighting(subject, now, Reached.SIGNED_IN, making.CHROME, "192.0.2.66")])
    press(ada)
    assert DeletionRequest.objects.get().state == "kept"
    assert KnownDevice.objects.get().told == Reached.NOTHING


METHODS = (responses.PATCH, responses.DELETE, responses.POST, responses.PUT)


def test_killed_at_any_call_and_pressed_again_it_ends_right(
    logto: Logto, logto_mock: RequestsMock, db: None, subtests: pytest.Subtests
) -> None:
    """The process is killed right after each of the calls that write, in turn."""
    calls: list[str] = []
    killed_at = 0

    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        answered = carry(logto, sent)
        if "/api/" in str(sent.url):
            calls.append(str(sent.url))
            if len(calls) == killed_at:
                raise KeyboardInterrupt
        return answered

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    for method in METHODS:
        logto_mock.replace(CallbackResponse(method, anywhere, answer))
    for _time in range(2):  # the first one also ends what Ada has from the beginning
        calls.clear()
        press(signed_in_everywhere(logto))
    every = len(calls)
    assert every >= 6
    for killed_at in range(1, every + 1):
        with subtests.test(str(killed_at)):
            ada = signed_in_everywhere(logto)
            calls.clear()
            with pytest.raises(KeyboardInterrupt):
                press(ada)
            assert left(logto)["here"] == 1  # and can press again
            calls[:] = [""] * every  # killed no more
            assert press(ada)["Location"] == "/secure/locked/"
            assert left(logto) == NOTHING


FAILURES = (
    ("500", "DELETE", "/api/users/*/sessions/*"),
    ("429", "DELETE", "/api/users/*/sessions/*"),
    ("refused", "PATCH", "/api/users/*/password"),
    ("500", "POST", "/api/users/*/personal-access-tokens/delete"),
    ("500", "DELETE", "/api/users/*/grants/*"),
    ("500", "GET", "/api/users/*/grants"),
    ("500", "GET", "/api/users/*/sessions"),
    ("500", "GET", "/api/users/*/organizations"),
    ("429", "GET", "/api/applications/*/users/*/consent-organizations"),
    ("500", "PUT", "/api/applications/*/users/*/consent-organizations"),
)


@pytest.mark.parametrize(("kind", "method", "path"), FAILURES)
def test_a_step_that_fails_holds_up_no_other_and_is_told(
    logto: Logto, db: None, kind: str, method: str, path: str
) -> None:
    ada = signed_in_everywhere(logto)
    logto.faults.add(kind, path=path, method=method, times=99)
    answer = press(ada)
    assert answer.status_code == 503
    assert "someone may still be in your account" in answer.content.decode()
    after = left(logto)
    assert after["here"] == 1
    assert [name for name in ("password", "tokens") if after[name]] == [
        name for name in ("password", "tokens") if name in path
    ]
    assert AuditEntry.objects.get(change="account-locked").outcome == "unknown"
    logto.faults.clear()
    assert press(ada)["Location"] == "/secure/locked/"
    assert left(logto) == NOTHING


WRITES = sorted({(method, path) for _kind, method, path in FAILURES if method != "GET"})


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_an_answer_that_is_lost_once_holds_up_nothing(logto: Logto, db: None, method: str, path: str) -> None:
    """What was done and not heard of is looked at again at once."""
    ada = signed_in_everywhere(logto)
    logto.faults.add("timeout", path=path, method=method, after=True, times=1)
    assert press(ada)["Location"] == "/secure/locked/"
    assert left(logto) == NOTHING


def test_what_is_left_to_check_is_listed_with_what_is_so(logto: Logto, db: None) -> None:
    source = client_of(logto, "amara").get("/secure/").content.decode()
    for text in ("Sign-in and security", "Devices", "Organisations", "3 devices"):
        assert text in source
    logto.faults.add("500", path="/api/users/*/sessions", times=9)
    assert "Open it to try again." in client_of(logto, "amara").get("/secure/").content.decode()
