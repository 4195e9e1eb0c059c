"""The landing page, and the request for a sign-in that its form makes."""

from __future__ import annotations

import re

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.models import OneTimeState
from tests.people import all_values_kept, values_kept
from tests.signin.ways import begin, query_of, session_of, sign_in, site, title_of

pytestmark = pytest.mark.django_db


def test_the_landing_page_offers_to_sign_in(client: Client, logto: Logto) -> None:
    answer = client.get("/sign-in/", {"next": "/profile/"})
    assert answer.status_code == 200
    assert title_of(answer) == "Your Fernhill account"
    assert 'action="/sign-in/" hx-boost="false"' in answer.content.decode()
    assert 'name="next" value="/profile/"' in answer.content.decode()
    assert "You’ve been signed out" not in answer.content.decode()


def test_the_landing_page_promises_only_pages_that_are_there(client: Client, ada: Client) -> None:
    promised = re.findall(r'choice__title">([^<]+)<', client.get("/sign-in/").content.decode())
    linked = re.findall(r"navigation__link.*?([^<>]+)</a>", ada.get("/").content.decode(), re.DOTALL)
    assert promised
    assert set(promised) - {title.strip() for title in linked} == set()


def test_it_says_when_a_session_has_ended(client: Client, logto: Logto) -> None:
    answer = client.get("/sign-in/", {"next": "/profile/", "reason": "ended"})
    assert "You’ve been signed out. Sign in to carry on where you left off." in answer.content.decode()


def test_signing_in_asks_logto_for_a_code_with_pkce_and_for_nothing_but_openid(client: Client, logto: Logto) -> None:
    address = begin(client, "/profile/")
    asked = query_of(address)
    kept = values_kept()
    assert address.startswith(f"{site().issuer}/auth?")
    assert asked == {
        "response_type": "code",
        "client_id": site().app_id,
        "redirect_uri": "http://testserver/sign-in/callback/",
        "scope": "openid roles",
        "state": asked["state"],
        "nonce": kept["nonce"],
        "code_challenge": create_s256_code_challenge(kept["code_verifier"]),
        "code_challenge_method": "S256",
        "ui_locales": "en",
        "max_age": "31536000",  # forces nothing, and brings the time of the sign-in
    }
    assert kept["target"] == "/profile/"
    assert asked["state"] not in str(OneTimeState.objects.values())


def test_every_sign_in_has_values_of_its_own(client: Client, logto: Logto) -> None:
    first, second = query_of(begin(client)), query_of(begin(client))
    assert first["state"] != second["state"]
    assert first["nonce"] != second["nonce"]
    assert first["code_challenge"] != second["code_challenge"]


def test_a_browser_has_at_most_eight_sign_ins_under_way(client: Client, logto: Logto) -> None:
    first = query_of(begin(client))["nonce"]
    others = [query_of(begin(client))["nonce"] for _ in range(8)]
    assert {values["nonce"] for values in all_values_kept()} == set(others)
    assert first not in others


def test_a_foreign_next_leads_to_the_overview(client: Client, logto: Logto) -> None:
    begin(client, "//evil.example/")
    assert values_kept()["target"] == "/"


def test_whoever_is_signed_in_goes_straight_on(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    assert client.get("/sign-in/", {"next": "/profile/"})["Location"] == "/profile/"
    assert client.post("/sign-in/", {"next": "/profile/"})["Location"] == "/profile/"


@pytest.mark.parametrize("kind", ["refused", "timeout", "500", "html", "truncated", "429"])
def test_logto_out_of_reach_has_its_own_page(client: Client, logto: Logto, kind: str) -> None:
    logto.faults.add(kind)
    answer = client.post("/sign-in/", {"next": "/profile/"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert title_of(answer) == "We can’t reach the sign-in service right now"
    assert 'href="/sign-in/?next=%2Fprofile%2F"' in answer.content.decode()


def test_looking_at_the_landing_page_asks_logto_nothing(client: Client, logto: Logto) -> None:
    logto.faults.add("refused")
    assert client.get("/sign-in/").status_code == 200
    assert session_of(client).get("subject") is None
