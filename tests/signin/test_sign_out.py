"""Signing out, here and at Logto."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.models import Session
from settings_app.signin import provider
from settings_app.signin.provider import provider_of
from tests.signin.ways import query_of, sign_in, site, title_of, who

pytestmark = pytest.mark.django_db


def test_signing_out_ends_the_session_here_and_goes_on_to_logto(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    answer = client.post("/sign-out/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{site().issuer}/session/end?")
    assert query_of(answer["Location"]) == {
        "client_id": site().app_id,
        "post_logout_redirect_uri": "http://testserver/sign-out/",
    }
    assert not Session.objects.filter(subject__gt="").exists()
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_the_address_to_come_back_to_is_one_logto_knows(client: Client, logto: Logto) -> None:
    application = logto.state.applications[site().app_id]
    assert "http://testserver/sign-out/" in application["oidcClientMetadata"]["postLogoutRedirectUris"]


def test_opening_the_address_only_asks(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    answer = client.get("/sign-out/")
    assert title_of(answer) == "Sign out?"
    assert 'action="/sign-out/" hx-boost="false"' in answer.content.decode()
    assert "Clear-Site-Data" not in answer
    assert who(client)


def test_it_is_told_in_the_log(client: Client, logto: Logto, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    sign_in(client, logto)
    client.post("/sign-out/")
    assert "sign-out on testserver by ada0000000ab" in caplog.messages


def test_another_page_cannot_sign_anybody_out(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/sign-out/").status_code == 403
    assert who(client)


def test_the_page_afterwards_clears_what_the_browser_keeps_but_never_cookies_of_others(
    client: Client, logto: Logto
) -> None:
    answer = client.get("/sign-out/")
    assert title_of(answer) == "You’re signed out"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert 'href="/sign-in/"' in answer.content.decode()


@pytest.mark.parametrize("is_known", [True, False])
def test_logto_out_of_reach_is_told_and_the_session_here_is_over_all_the_same(
    client: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    """Also where its addresses are known: the browser would end on a page of its own."""
    monkeypatch.setattr(provider, "ANSWERED_SECONDS", 0)
    sign_in(client, logto)
    if not is_known:
        provider_of.cache_clear()
    logto.faults.add("refused")
    answer = client.post("/sign-out/")
    assert answer.status_code == 503
    assert title_of(answer) == "You’re only signed out here"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert who(client) == ""
    assert not Session.objects.filter(subject__gt="").exists()
