"""What a browser brings back late or twice: an old sign-in page, a used callback, the id of a renewed session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.models import OneTimeState, Session
from tests.people import values_kept
from tests.signin.ways import begin, sign_in, title_of, who

pytestmark = pytest.mark.django_db


def test_the_sign_in_page_leaves_no_session_behind(client: Client, logto: Logto) -> None:
    answer = client.get("/sign-in/", {"next": "/profile/"})
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert not Session.objects.exists()


def test_a_sign_in_page_left_open_for_hours_goes_on(logto: Logto) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/", {"next": "/profile/"})
    client.cookies.clear()
    answer = client.post("/sign-in/", {"next": "/profile/"}, headers={"Origin": "http://testserver"})
    assert answer["Location"].startswith("http")
    assert values_kept()["target"] == "/profile/"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "", "http://testserver.evil.example"])
def test_a_form_of_another_site_begins_no_sign_in(client: Client, logto: Logto, origin: str) -> None:
    answer = client.post("/sign-in/", {"next": "/profile/"}, headers={"Origin": origin})
    assert answer.status_code == 200
    assert title_of(answer) == "Your Fernhill account"
    assert 'value="/profile/"' in answer.content.decode()
    assert not OneTimeState.objects.exists()


def test_a_callback_opened_again_leads_to_the_account(client: Client, logto: Logto) -> None:
    address = logto.authorize("ada", begin(client))
    client.get(address)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_callback_opened_again_signs_nobody_in(client: Client, logto: Logto) -> None:
    address = logto.authorize("ada", begin(client))
    client.get(address)
    answer = Client().get(address)
    assert answer.status_code == 400
    assert title_of(answer) == "This sign-in no longer works"


def renewed_elsewhere(client: Client) -> None:
    """Another tab got a new id, and this browser never learned it."""
    Session.objects.update(rotated=True, last_seen=timezone.now(), expire_date=timezone.now() + timedelta(minutes=1))


def test_a_renewed_page_reloads_twice_and_then_leads_to_sign_in(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    renewed_elsewhere(client)
    first = client.get("/profile/?ui=1")
    assert (first.status_code, first["Refresh"]) == (409, "1; url=/profile/?ui=1&reloads=1")
    second = client.get("/profile/?ui=1&reloads=1")
    assert (second.status_code, second["Refresh"]) == (409, "1; url=/profile/?ui=1&reloads=2")
    third = client.get("/profile/?ui=1&reloads=2")
    assert third["Location"] == "/sign-in/?next=%2Fprofile%2F%3Fui%3D1&reason=renewed"
    assert "You carried on in another tab" in client.get(third["Location"]).content.decode()


def test_whoever_signs_in_with_the_id_of_a_renewed_session_gets_a_new_one(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    renewed_elsewhere(client)
    assert sign_in(client, logto, next_path="/profile/")["Location"] == "/profile/"
    assert who(client)


@pytest.mark.parametrize("path", ["/sign-in/again/", "/sign-out/backchannel/"])
def test_an_address_that_only_takes_a_form_has_a_page(ada: Client, path: str) -> None:
    answer = ada.get(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert title_of(answer) == "You can’t open this page directly"
