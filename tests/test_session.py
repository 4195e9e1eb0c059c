"""Sessions: what the browser holds, how long it is good, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.management import call_command
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import PASSWORD
from accountsite.sandbox.web import Answer, Request
from settings_app import session
from settings_app.logto.account import Account
from settings_app.logto.tenant import Tenant
from settings_app.models import Pending, Session
from settings_app.session import SessionStore
from settings_app.shell.http import AccountRequest
from settings_app.shell.verification import mark_verified
from tests.people import client_of

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def is_signed_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_the_database_holds_no_id_that_opens_a_session(ada: Client) -> None:
    keys = set(Session.objects.values_list("session_key", flat=True))
    assert cookie(ada) not in keys
    assert len(cookie(ada)) == 32  # of 36 letters and digits: over 160 bits


def test_a_stolen_row_key_opens_nothing(ada: Client) -> None:
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert not is_signed_in(thief)


class SlowForm(BytesIO):
    """What a browser sends; before its last byte comes, something happens."""

    def __init__(self, content: bytes, happens: Callable[[], object]) -> None:
        super().__init__(content)
        self.happens = happens

    def read(self, size: int | None = -1, /) -> bytes:
        self.happens()
        return super().read(size)


def test_a_form_that_is_still_coming_in_when_its_session_ends_writes_nothing(ada: Client, logto: Logto) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ada.cookies
    path, person = "/profile/nickname/change/", logto.state.person("ada")
    token = get_token(strict.get(path).wsgi_request)
    content = urlencode({"csrfmiddlewaretoken": token, "nickname": "Somebody else"}).encode()
    form = SlowForm(content, lambda: session.end_sessions(tenant=settings.SITES[0].tenant, subject=person.id))
    kind = "application/x-www-form-urlencoded"
    environment: dict[str, Any] = {"wsgi.input": form}
    answer = strict.generic("POST", path, content, kind, **environment)
    assert person.user["profile"].get("nickname") != "Somebody else"
    assert answer["Location"].startswith("/sign-in/")


def test_a_session_ends_after_an_idle_hour(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS - 1))
        assert is_signed_in(ada)
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS - 1))
        assert is_signed_in(ada)
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS + 61))
        assert not is_signed_in(ada)


def test_a_session_ends_after_a_day_however_busy(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        for _ in range(47):
            clock.shift(timedelta(minutes=30))
            assert is_signed_in(ada)
        clock.shift(timedelta(minutes=31))
        assert not is_signed_in(ada)


def test_an_ended_session_says_so_on_the_way_to_sign_in(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        assert ada.get("/profile/")["Location"] == "/sign-in/?next=%2Fprofile%2F&reason=ended"


def test_last_seen_is_written_at_most_once_a_minute(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(seconds=30))
        ada.get("/profile/")
        assert Session.objects.get().last_seen == START
        clock.shift(timedelta(seconds=31))
        ada.get("/profile/")
        assert Session.objects.get().last_seen == START + timedelta(seconds=61)


def test_an_id_that_was_exchanged_opens_nothing_and_asks_for_a_reload(ada: Client) -> None:
    old = cookie(ada)
    store = SessionStore(old, site="testserver")
    store.cycle_key()
    answer = ada.get("/profile/")
    assert answer.status_code == 409
    assert answer["Refresh"] == "1; url=/profile/?reloads=1"
    fresh = Client()
    fresh.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    assert is_signed_in(fresh)


def test_an_exchanged_id_is_forgotten_after_a_minute(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        SessionStore(cookie(ada), site="testserver").cycle_key()
        clock.shift(timedelta(seconds=61))
        assert ada.get("/profile/").status_code == 302


def account_of(logto: Logto) -> Account:
    return Tenant.of(settings.SITES[0]).account(logto.state.person("ada").id)


def test_an_older_request_does_not_bring_back_what_a_newer_one_ended(verified_ada: Client) -> None:
    older = SessionStore(cookie(verified_ada), site="testserver")
    assert "verified" in older
    verified_ada.post("/verify/end/")
    older["zone"] = "Europe/Oslo"
    older.save()
    stored = dict(SessionStore(cookie(verified_ada), site="testserver").items())
    assert (stored["zone"], "verified" in stored) == ("Europe/Oslo", False)


def test_nor_by_a_change_of_the_confirmation_itself(verified_ada: Client) -> None:
    """As when an authenticator is added while the person presses "Confirm again next time" in another tab."""
    older = SessionStore(cookie(verified_ada), site="testserver")
    older["verified"] = {**older["verified"], "factors": ["new"]}
    verified_ada.post("/verify/end/")
    older.save()
    assert "verified" not in SessionStore(cookie(verified_ada), site="testserver")


def test_two_requests_at_once_both_keep_what_they_wrote(ada: Client) -> None:
    first, second = SessionStore(cookie(ada), site="testserver"), SessionStore(cookie(ada), site="testserver")
    first["language"], second["zone"] = "sv", "Europe/Oslo"
    first.save()
    second.cycle_key()
    stored = SessionStore(second.session_key, site="testserver")
    assert (stored["language"], stored["zone"]) == ("sv", "Europe/Oslo")


def test_a_session_that_ended_meanwhile_does_not_come_back_by_a_confirmation(ada: Client, logto: Logto) -> None:
    on_its_way = request_with(SessionStore(cookie(ada), site="testserver"))
    on_its_way.session.items()
    session.end_sessions(tenant=settings.SITES[0].tenant, subject=logto.state.person("ada").id)
    with pytest.raises(SessionInterrupted):
        mark_verified(cast(AccountRequest, on_its_way), account_of(logto), method="password")
    assert not Session.objects.exists()


def test_a_late_answer_to_the_old_id_leaves_the_new_one_in_the_browser(ada: Client) -> None:
    SessionStore(cookie(ada), site="testserver").cycle_key()
    answer = ada.get("/profile/")
    assert answer.status_code == 409
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_of_two_confirmations_at_once_one_session_remains(ada: Client) -> None:
    first, second = SessionStore(cookie(ada), site="testserver"), SessionStore(cookie(ada), site="testserver")
    first.items(), second.items()
    first.cycle_key()
    with pytest.raises(SessionInterrupted):
        second.cycle_key()
    assert Session.objects.filter(rotated=False).count() == 1


def test_a_confirmation_in_an_ended_session_gives_a_reload(ada: Client, logto: Logto) -> None:
    answer_before, mine = logto.answer, cookie(ada)

    def answer(request: Request) -> Answer:
        if request.path.endswith("/password/verify"):
            SessionStore(mine, site="testserver").delete()
        return answer_before(request)

    logto.answer = answer  # type: ignore[method-assign]
    answered = ada.post("/verify/", {"password": PASSWORD})
    assert answered.status_code == 409
    assert not Session.objects.exists()
    assert not is_signed_in(ada)


def test_a_write_whose_session_was_renewed_meanwhile_does_not_say_that_nothing_changed(
    ada: Client, logto: Logto
) -> None:
    answer_before, mine = logto.answer, cookie(ada)

    def answer(request: Request) -> Answer:
        if request.method == "PATCH":
            SessionStore(mine, site="testserver").cycle_key()
        return answer_before(request)

    logto.answer = answer  # type: ignore[method-assign]
    answered = ada.post("/profile/nickname/change/", {"nickname": "Countess"})
    assert answered.status_code == 409
    assert "Nothing was changed" not in answered.content.decode()
    assert "Reload it to see what was saved." in answered.content.decode()
    assert logto.state.person("ada").user["profile"]["nickname"] == "Countess"


def test_signing_in_ends_the_session_that_was_there_before(ada: Client) -> None:
    store = SessionStore(cookie(ada), site="testserver")
    session.sign_in(request_with(store), subject="somebody-else", sid="another")
    assert Session.objects.get(rotated=False).subject == "somebody-else"
    assert not is_signed_in(ada)


def test_new_sessions_sweep_ended_ones_away(db: None, logto: Logto) -> None:
    """Whoever begins a sign-in gets a session; nobody need clean up after those who do not come back."""
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(30):
            Client().post("/sign-in/")
        assert Session.objects.count() == 30
        clock.shift(timedelta(hours=3))
        Client().post("/sign-in/")
        Client().post("/sign-in/")
        assert Session.objects.count() == 2


def test_a_session_that_has_just_ended_is_not_swept_away(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(days=1, minutes=30))
        Client().post("/sign-in/")
        assert ada.get("/profile/")["Location"].endswith("&reason=ended")


def test_htmx_reloads_the_page_when_another_tab_renewed_the_session(ada: Client) -> None:
    SessionStore(cookie(ada), site="testserver").cycle_key()
    assert ada.get("/profile/", headers={"hx-request": "true"})["HX-Refresh"] == "true"


def test_a_renewed_session_keeps_its_end(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(minutes=50))
        SessionStore(cookie(ada), site="testserver").cycle_key()
        assert Session.objects.get(rotated=False).expire_date == START + timedelta(days=1)


def request_with(store: SessionStore) -> HttpRequest:
    request = HttpRequest()
    request.session = store
    return request


def test_signing_in_gives_a_new_id_and_keeps_nothing_of_the_person_before(ada: Client) -> None:
    store = SessionStore(cookie(ada), site="testserver")
    store["verified"] = {"at": timezone.now().timestamp(), "how": "password"}
    request = request_with(store)
    session.sign_in(request, subject="somebody-else", sid="another")
    assert store.session_key != cookie(ada)
    assert store["subject"] == "somebody-else"
    assert "verified" not in store
    assert set(store.keys()) <= {"subject", "sid", "signed_in_at", "ends_at", "binding"}


def test_all_sessions_of_a_person_end_in_one_statement(db: None, logto: Logto) -> None:
    phone, laptop, other = client_of(logto, "ada"), client_of(logto, "ada"), client_of(logto, "empty")
    assert session.end_sessions(tenant=settings.SITES[0].tenant, subject=logto.state.person("ada").id) == 2
    assert not is_signed_in(phone)
    assert not is_signed_in(laptop)
    assert is_signed_in(other)


def test_all_other_sessions_end_and_this_one_stays(db: None, logto: Logto) -> None:
    phone, laptop = client_of(logto, "ada"), client_of(logto, "ada")
    here = SessionStore(cookie(laptop), site="testserver")
    session.end_sessions(tenant=settings.SITES[0].tenant, subject=logto.state.person("ada").id, except_for=here)
    assert not is_signed_in(phone)
    assert is_signed_in(laptop)


def test_sessions_of_another_tenant_stay(db: None, logto: Logto) -> None:
    ada = client_of(logto, "ada")
    session.end_sessions(tenant="https://auth.second.example", subject=logto.state.person("ada").id)
    assert is_signed_in(ada)


def test_old_sessions_are_swept_away(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client_of(logto, "ada")
        clock.shift(timedelta(days=2))
        call_command("delete_old")
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [("suspended", "Your account is suspended")],
)
def test_a_suspended_person_is_signed_out_with_a_page_that_says_so(
    db: None, logto: Logto, handle: str, sentence: str
) -> None:
    somebody = client_of(logto, handle)
    answer = somebody.get("/profile/")
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert somebody.get("/profile/").status_code == 302


def test_a_person_deleted_meanwhile_is_signed_out_with_a_page_that_says_so(ada: Client, logto: Logto) -> None:
    ada.get("/profile/")
    logto.state.people.pop(logto.state.person("ada").id)
    answer = ada.get("/profile/")
    assert answer.status_code == 403
    assert "This account no longer exists" in answer.content.decode()
    assert ada.get("/profile/").status_code == 302


def test_a_person_suspended_meanwhile_cannot_write(ada: Client, logto: Logto) -> None:
    person = logto.state.person("ada")
    person.user["isSuspended"] = True
    nickname = person.user["profile"].get("nickname")
    answer = ada.post("/profile/nickname/change/", {"nickname": "Changed"})
    assert answer.status_code == 403
    assert person.user["profile"].get("nickname") == nickname


def test_a_write_that_never_looks_at_the_person_waits_for_them_too(verified_ada: Client, logto: Logto) -> None:
    verified_ada.post("/email/change/", {"email": "ada@new.example"})
    logto.state.person("ada").user["isSuspended"] = True
    assert verified_ada.post("/email/cancel/").status_code == 403
    assert Pending.objects.get().state == Pending.State.WAITING


def test_logto_down_shows_an_honest_page_and_keeps_the_session(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", times=1)
    answer = ada.get("/profile/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "We can’t load your account right now" in answer.content.decode()
    assert is_signed_in(ada)


def test_the_cookie_is_for_this_host_over_tls_and_not_for_scripts() -> None:
    """The production settings, read as production reads them (tests/test_deployment.py runs them whole)."""
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_no_cookie_but_the_session_is_ever_set(db: None, logto: Logto) -> None:
    ada = client_of(logto, "ada")
    ada.get("/profile/nickname/change/")
    ada.post("/profile/nickname/change/", {"nickname": "Lovelace"})
    assert set(ada.cookies) == {settings.SESSION_COOKIE_NAME}


def test_after_a_restored_backup_everybody_can_be_signed_out(ada: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert ada.get("/profile/").status_code == 200
    call_command("end_sessions")
    assert capsys.readouterr().out == "1 sessions ended\n"
    assert ada.get("/profile/").status_code == 302
