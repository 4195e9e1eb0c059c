"""Recently verified: how long it lasts, and what happens without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from accountsite.sandbox.logto import Logto
from settings_app.logto.account import Account
from settings_app.logto.tenant import Tenant
from settings_app.session import SessionStore, signed_in
from settings_app.shell import verification
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_verification")]


@verified_recently
def sensitive(request: AccountRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [path("verify/", sensitive, name="verify")]


def request_of(client: Client, method: str = "get", values: dict[str, str] | None = None) -> AccountRequest:
    request: Any = getattr(RequestFactory(), method)("/email/change/?a=b", values or {})
    request.session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value, site="testserver")
    request.signed_in = signed_in(request)
    request.account = account_of(request)
    request.htmx = False
    return request  # type: ignore[no-any-return]


def account_of(request: AccountRequest) -> Account:
    return Tenant.of(settings.SITES[0]).account(request.signed_in.subject)


def test_whoever_confirmed_a_moment_ago_passes(verified_ada: Client) -> None:
    assert sensitive(request_of(verified_ada)).content == b"done"


def test_others_are_sent_to_confirm_and_back(ada: Client) -> None:
    answer = sensitive(request_of(ada))
    assert answer.status_code == 302
    assert answer["Location"] == "/verify/?next=%2Femail%2Fchange%2F%3Fa%3Db"


def test_what_they_typed_is_kept_without_secrets(ada: Client) -> None:
    request = request_of(ada, "post", {"email": "new@example.org", "password": "hidden"})
    answer = sensitive(request)
    assert answer["Location"] == "/verify/?next=%2Femail%2Fchange%2F"
    assert request.session["draft"]["values"] == {"email": ["new@example.org"]}


def test_it_lasts_ten_minutes(verified_ada: Client) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=9, seconds=50)):
        assert sensitive(request_of(verified_ada)).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=1)):
        assert sensitive(request_of(verified_ada)).status_code == 302


def test_the_time_left_can_be_shown(verified_ada: Client) -> None:
    until = verification.verified_until(request_of(verified_ada))
    assert until is not None
    assert timedelta(minutes=9) < until - datetime.now(UTC) <= timedelta(minutes=10)


def test_confirming_gives_the_session_a_new_id(ada: Client) -> None:
    request = request_of(ada)
    before = request.session.session_key
    verification.mark_verified(request, account_of(request), method="password")
    assert request.session.session_key != before
    assert verification.verified_until(request) is not None
    assert request.session["verified"]["how"] == "password"


def test_it_can_be_ended(verified_ada: Client) -> None:
    request = request_of(verified_ada)
    verification.end_verification(request)
    assert verification.verified_until(request) is None


def test_a_time_in_the_future_confirms_nothing(ada: Client, logto: Logto) -> None:
    request = request_of(ada)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        verification.mark_verified(request, account_of(request), method="password")
    assert verification.verified_until(request) is None
