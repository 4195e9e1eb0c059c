"""Single tasks under the addresses of Logto's account center: they begin here, and end where the app wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from tests.people import client_of
from tests.taking_over import change_email

APP = "https://app.example.com/settings?tab=2"


@pytest.fixture(autouse=True)
def _listed(settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], return_to=("https://app.example.com",)),)


def begun(client: Client, page: str, **query: str) -> str:
    answer = client.get(f"/account/{page}", {"redirect": APP, **query})
    assert answer.status_code == 302
    return str(answer["Location"])


def named(client: Client, username: str) -> str:
    """Where one comes to once the username is changed."""
    answer = client.post("/username/change/", {"username": username})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_each_page_of_the_account_center_has_its_own_here(verified_ada: Client, logto: Logto) -> None:
    connector = next(one for one in logto.state.connectors.values() if one.get("target") == "github")["id"]
    for page, path in {
        "profile": "/profile/",
        "security": "/security/",
        "sessions": "/sessions/",
        "email": "/email/change/",
        "phone/": "/phone/change/",
        "username": "/username/change/",
        "password": "/password/change/",
        "authenticator-app": "/two-step/authenticator/add/",
        "authenticator-app/replace": "/two-step/authenticator/replace/",
        "backup-codes/generate": "/two-step/backup-codes/make/",
        "backup-codes/regenerate": "/two-step/backup-codes/make/",
        "backup-codes/manage": "/two-step/",
        "passkey/add": "/two-step/passkeys/add/",
        "passkey/manage": "/two-step/",
        f"social/{connector}": "/connections/github/connect/",
        f"social/{connector}/change": "/connections/github/connect/",
        f"social/{connector}/remove": "/connections/github/remove/",
        "email/success": "/email/change/",
    }.items():
        assert begun(verified_ada, page) == path, page
    for page in ("nothing", "social/nothing", "verified-action"):
        assert verified_ada.get(f"/account/{page}").status_code == 404, page


def test_a_task_that_is_done_leads_back_to_the_app(verified_ada: Client) -> None:
    begun(verified_ada, "username")
    assert "Back to app.example.com" in verified_ada.get("/username/change/").content.decode()
    assert named(verified_ada, "countess") == "/account/done/"
    answer = verified_ada.get("/account/done/")
    assert answer["Refresh"] == f"0; url={APP}"
    assert 'href="https://app.example.com/settings?tab=2"' in answer.content.decode()
    assert named(verified_ada, "lady") == "/security/"  # once
    assert "Username changed" in verified_ada.get("/security/").content.decode()


def test_with_script_too(verified_ada: Client) -> None:
    begun(verified_ada, "username")
    named(verified_ada, "countess")
    answer = verified_ada.get("/account/done/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == APP


def test_an_app_may_want_its_people_to_read_first_what_was_done(verified_ada: Client) -> None:
    begun(verified_ada, "username", show_success="true")
    named(verified_ada, "countess")
    answer = verified_ada.get("/account/done/")
    assert "Refresh" not in answer
    assert "Username changed" in answer.content.decode()


def test_a_task_of_many_steps_leads_back_after_the_last(verified_ada: Client, logto: Logto) -> None:
    begun(verified_ada, "email")
    assert verified_ada.post("/email/change/", {"email": "new@mail.example"})["Location"] == "/email/confirm/"
    verified_ada.post("/email/cancel/", {})
    change_email(verified_ada, logto, "b@mail.example")
    begun(verified_ada, "email")
    verified_ada.post("/email/change/", {"email": "c@mail.example"})
    message = logto.state.latest_message("c@mail.example")
    assert message is not None
    assert verified_ada.post("/email/confirm/", {"code": message.code})["Location"] == "/account/done/"


def test_only_the_task_itself_leads_back_and_not_for_long(verified_ada: Client) -> None:
    begun(verified_ada, "email")
    assert named(verified_ada, "countess") == "/security/"
    begun(verified_ada, "username")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert not named(client_later(verified_ada), "lady").startswith("/account/")


def client_later(client: Client) -> Client:
    """The same browser, which has confirmed it's them once more."""
    session = client.session
    session["verified"] = {"at": timezone.now().timestamp(), "how": "password"}
    session.save()
    return client


def test_nobody_is_led_to_an_address_that_is_not_listed(verified_ada: Client, settings: Settings) -> None:
    verified_ada.get("/account/username", {"redirect": "https://evil.example/"})
    assert named(verified_ada, "countess") == "/security/"
    assert verified_ada.get("/account/done/")["Location"] == "/"
    begun(verified_ada, "username")
    named(verified_ada, "lady")
    settings.SITES = (replace(settings.SITES[0], return_to=()),)
    assert verified_ada.get("/account/done/")["Location"] == "/"


def test_what_the_app_knows_is_filled_in(verified_ada: Client) -> None:
    for page, typed in (("email", "new@mail.example"), ("username", "countess"), ("phone", "+46701740605")):
        answer = verified_ada.get(begun(verified_ada, page, identifier=typed))
        assert f'value="{typed}"' in answer.content.decode()
    assert 'value="countess"' not in verified_ada.get("/username/change/").content.decode()


def test_who_is_not_signed_in_signs_in_first_and_goes_on(db: None, logto: Logto) -> None:
    answer = Client().get("/account/email", {"redirect": APP, "ui_locales": "de"})
    assert answer["Location"].startswith("/sign-in/?next=%2Faccount%2Femail%3Fredirect")
    ada = client_of(logto, "ada")
    assert ada.get(begun(ada, "email"))["Location"].startswith("/verify/?next=%2Femail%2Fchange%2F")
