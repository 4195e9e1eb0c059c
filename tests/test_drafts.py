"""What was typed survives the end of a session for ten minutes, without secrets, and for nobody else."""

from __future__ import annotations

import importlib
import pkgutil
import time
from datetime import UTC, datetime, timedelta

import time_machine
from django import forms
from django.conf import settings
from django.test import Client, RequestFactory

import settings_app.sections
from accountsite.sandbox.logto import Logto
from settings_app.models import Session
from settings_app.session import SessionStore
from settings_app.shell.drafts import SECRET_FIELDS, Draft, restored
from settings_app.shell.forms import Form
from tests.people import client_of

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGE = "/profile/nickname/change/"


def become(client: Client, logto: Logto, handle: str) -> None:
    """What a sign-in does to the session of this browser."""
    store = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value, site="testserver")
    now = datetime.now(UTC)
    store["subject"] = logto.state.person(handle).id
    store["signed_in_at"] = now.isoformat()
    store["ends_at"] = (now + timedelta(days=1)).isoformat()
    store.cycle_key()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""


def stored(client: Client) -> SessionStore:
    return SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value, site="testserver")


def test_what_was_typed_when_the_session_had_ended_is_there_after_signing_in(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        assert ada.post(PAGE, {"nickname": "Countess"})["Location"].startswith("/sign-in/?next=%2Fprofile%2Fnickname")
        become(ada, logto, "ada")
        assert 'value="Countess"' in ada.get(PAGE).content.decode()
        assert logto.state.person("ada").user["profile"].get("nickname") != "Countess"


def test_a_draft_is_gone_once_it_was_posted(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess"})
        become(ada, logto, "ada")
        ada.post(PAGE, {"nickname": "Lady"})
        assert "Countess" not in ada.get(PAGE).content.decode()


def test_a_draft_is_gone_after_ten_minutes(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess"})
        clock.shift(timedelta(minutes=11))
        become(ada, logto, "ada")
        assert "Countess" not in ada.get(PAGE).content.decode()


def test_nobody_else_sees_what_was_typed(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess"})
        become(ada, logto, "rtl")
        assert "Countess" not in ada.get(PAGE).content.decode()


def test_a_post_without_any_session_leaves_nothing(db: None, logto: Logto) -> None:
    """That is how a form on a foreign page arrives: the cookie is SameSite=Lax."""
    Client().post(PAGE, {"nickname": "Planted"})
    assert Session.objects.count() == 0


def test_a_form_on_a_neighbouring_site_leaves_nothing(db: None, logto: Logto) -> None:
    """Another host of the same registrable domain is the same site for cookies, so its form posts with them."""
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Planted"}, headers={"origin": "http://evil.testserver"})
        assert "draft" not in stored(ada)


def test_a_form_of_this_site_that_says_so_is_kept(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess"}, headers={"origin": "http://testserver"})
        assert stored(ada)["draft"]["values"] == {"nickname": ["Countess"]}


def test_a_draft_does_not_stay_in_the_database_past_its_time(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess"})
        become(ada, logto, "ada")
        ada.get("/")
        assert "draft" in stored(ada)
        clock.shift(timedelta(minutes=11))
        ada.get("/")
        assert "draft" not in stored(ada)


def test_what_somebody_else_typed_does_not_stay_in_the_session(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess"})
        become(ada, logto, "rtl")
        ada.get("/")
        assert "draft" not in stored(ada)


def test_secrets_are_not_kept(db: None, logto: Logto) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ada = client_of(logto, "ada")
        clock.shift(timedelta(hours=2))
        ada.post(PAGE, {"nickname": "Countess", "password": "Larch-1", "code": "123456"})
        store = SessionStore(ada.cookies[settings.SESSION_COOKIE_NAME].value, site="testserver")
        assert store["draft"]["values"] == {"nickname": ["Countess"]}


def every_form() -> list[type[Form]]:
    for module in pkgutil.walk_packages(settings_app.sections.__path__, "settings_app.sections."):
        importlib.import_module(module.name)
    found, waiting = [], [Form]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.append(kind)
            waiting.append(kind)
    return found


def is_secret(field: forms.Field) -> bool:
    hint = str(field.widget.attrs.get("autocomplete", ""))
    return isinstance(field.widget, forms.PasswordInput) or "password" in hint or hint == "one-time-code"


def test_every_secret_field_of_the_site_is_named_as_one() -> None:
    secret = {name for form in every_form() for name, field in form.base_fields.items() if is_secret(field)}
    assert secret <= SECRET_FIELDS


def test_a_form_shows_no_draft_of_somebody_else_wherever_it_comes_from() -> None:
    request = RequestFactory().get(PAGE)
    request.session = SessionStore(site="testserver")
    request.session["subject"] = "somebodyelse"
    request.session["draft"] = Draft(path=PAGE, subject="ada", values={"nickname": ["Addy"]}, until=time.time() + 60)
    assert restored(request) == {}
    assert "draft" not in request.session


def test_what_was_typed_while_logto_was_down_is_there_at_the_next_try(db: None, logto: Logto) -> None:
    ada = client_of(logto, "ada")
    logto.faults.add("500", path="/api/*")
    answer = ada.post(PAGE, {"nickname": "Countess"})
    assert answer.status_code == 503
    for words in (
        "We can’t save right now",
        "Nothing was changed. Try again in a moment.",
        "We’ve kept what you typed.",
    ):
        assert words in answer.content.decode()
    logto.faults.clear()
    assert 'value="Countess"' in ada.get(PAGE).content.decode()


def test_what_was_typed_is_kept_while_logto_asks_to_wait(db: None, logto: Logto) -> None:
    ada = client_of(logto, "ada")
    logto.faults.add("429", path="/api/users/*")
    answer = ada.post(PAGE, {"nickname": "Countess"})
    assert answer.status_code == 429
    assert "We’ve kept what you typed." in answer.content.decode()
    logto.faults.clear()
    assert 'value="Countess"' in ada.get(PAGE).content.decode()


def test_a_neighbouring_site_leaves_nothing_while_logto_is_down(db: None, logto: Logto) -> None:
    ada = client_of(logto, "ada")
    logto.faults.add("500", path="/api/*")
    answer = ada.post(PAGE, {"nickname": "Countess"}, headers={"Origin": "http://evil.testserver"})
    assert "We’ve kept" not in answer.content.decode()
    logto.faults.clear()
    assert "Countess" not in ada.get(PAGE).content.decode()


def test_a_password_is_not_kept_while_logto_is_down(db: None, logto: Logto) -> None:
    ada = client_of(logto, "ada")
    logto.faults.add("500", path="/api/*")
    answer = ada.post("/verify/", {"password": "correct horse"})
    assert "We’ve kept" not in answer.content.decode()
    assert "draft" not in stored(ada)
