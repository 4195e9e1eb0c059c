"""The machine token: asked for once, renewed ahead of time and after a refusal, kept in memory only."""

from __future__ import annotations

import base64
import dataclasses
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import responses
from responses import matchers

from settings_app.logto.account import Account
from settings_app.logto.errors import Misconfigured, Refused, TooManyRequests, Unavailable
from settings_app.logto.tenant import Tenant
from settings_app.sites import Site

LOGTO = "https://logto.test"
TOKEN = f"{LOGTO}/oidc/token"
ADA = f"{LOGTO}/api/users/ada"

Sent = requests.PreparedRequest
Reply = tuple[int, dict[str, str], str]


class Tokens:
    """A token endpoint that numbers its tokens."""

    def __init__(self, life: int = 3600, seconds: float = 0.0) -> None:
        self.life = life
        self.seconds = seconds
        self.count = 0
        self.lock = threading.Lock()

    def __call__(self, request: Sent) -> Reply:
        with self.lock:
            self.count += 1
            number = self.count
        time.sleep(self.seconds)
        granted = {"access_token": f"token-{number}", "expires_in": self.life, "scope": "all", "token_type": "Bearer"}
        return 200, {}, json.dumps(granted)


def mounted(wire: responses.RequestsMock, tokens: Tokens) -> None:
    wire.remove("POST", TOKEN)
    wire.add_callback("POST", TOKEN, tokens, content_type="application/json")


def accepting(*accepted: str) -> object:
    def answer(request: Sent) -> Reply:
        if request.headers["Authorization"].removeprefix("Bearer ") in accepted:
            return 200, {}, json.dumps({"id": "ada", "isSuspended": False})
        return 401, {}, json.dumps({"code": "auth.unauthorized"})

    return answer


def test_the_token_is_asked_for_as_logto_wants(account: Account, wire: responses.RequestsMock) -> None:
    wire.remove("POST", TOKEN)
    wanted = {"grant_type": "client_credentials", "resource": "https://default.logto.app/api", "scope": "all"}
    basic = "Basic " + base64.b64encode(b"machine:machine-secret").decode()
    wire.post(
        TOKEN,
        json={"access_token": "machine-token", "expires_in": 3600, "scope": "all"},
        match=[matchers.urlencoded_params_matcher(wanted), matchers.header_matcher({"Authorization": basic})],
    )
    wire.get(
        ADA,
        json={"id": "ada", "isSuspended": False},
        match=[matchers.header_matcher({"Authorization": "Bearer machine-token"})],
    )
    assert account.person().id == "ada"


def test_one_token_serves_many_calls(account: Account, wire: responses.RequestsMock) -> None:
    tokens = Tokens()
    mounted(wire, tokens)
    wire.get(ADA, json={"id": "ada", "isSuspended": False})
    for _ in range(3):
        account.person()
    assert tokens.count == 1


def test_many_threads_ask_for_one_token(account: Account, wire: responses.RequestsMock) -> None:
    tokens = Tokens(seconds=0.05)
    mounted(wire, tokens)
    wire.get(ADA, json={"id": "ada", "isSuspended": False})
    with ThreadPoolExecutor(20) as threads:
        assert {person.id for person in threads.map(lambda _: account.person(), range(40))} == {"ada"}
    assert tokens.count == 1


def test_a_token_near_its_end_is_renewed(account: Account, wire: responses.RequestsMock) -> None:
    tokens = Tokens(life=61)  # a minute before its end it is no longer used
    mounted(wire, tokens)
    wire.get(ADA, json={"id": "ada", "isSuspended": False})
    account.person()
    time.sleep(1.05)
    account.person()
    assert tokens.count == 2


def test_a_refused_token_is_replaced_once_and_the_call_repeated(account: Account, wire: responses.RequestsMock) -> None:
    tokens = Tokens()
    mounted(wire, tokens)
    wire.add_callback("PATCH", ADA, accepting("token-2"), content_type="application/json")  # type: ignore[arg-type]
    assert account.change_name("Ada").id == "ada"
    assert tokens.count == 2


def test_a_token_refused_to_many_threads_is_replaced_once(account: Account, wire: responses.RequestsMock) -> None:
    tokens = Tokens()
    mounted(wire, tokens)
    wire.add_callback("GET", ADA, accepting("token-1"), content_type="application/json")  # type: ignore[arg-type]
    account.person()
    wire.remove("GET", ADA)
    wire.add_callback("GET", ADA, accepting("token-2"), content_type="application/json")  # type: ignore[arg-type]
    with ThreadPoolExecutor(20) as threads:
        assert {person.id for person in threads.map(lambda _: account.person(), range(40))} == {"ada"}
    assert tokens.count == 2


def test_a_token_refused_twice_is_the_operators_matter(account: Account, wire: responses.RequestsMock) -> None:
    refused = wire.get(ADA, status=401, json={"code": "auth.unauthorized"})
    with pytest.raises(Misconfigured, match=r"auth\.unauthorized"):
        account.person()
    assert refused.call_count == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "connector.social_auth_code_invalid"),
        (401, "connector.authorization_failed"),
        (422, "auth.odd"),
        (403, "auth.forbidden"),
    ],
)
def test_no_other_refusal_renews_the_token_or_repeats_the_call(
    account: Account, wire: responses.RequestsMock, status: int, code: str
) -> None:
    tokens = Tokens()
    mounted(wire, tokens)
    refused = wire.post(f"{ADA}/identities", status=status, json={"code": code})
    with pytest.raises((Refused, Misconfigured), match=code):
        account.connect("google", {"code": "once"}, redirect_uri="https://account.test/cb")
    assert (refused.call_count, tokens.count) == (1, 1)


@pytest.mark.parametrize("scope", [None, "", "read write", "allow", 5])
def test_a_token_without_the_permission_is_the_operators_matter(
    account: Account, wire: responses.RequestsMock, scope: object
) -> None:
    granted = {"access_token": "machine-token", "expires_in": 3600} | ({} if scope is None else {"scope": scope})
    wire.replace("POST", TOKEN, json=granted)
    with pytest.raises(Misconfigured, match=r"token\.scope_missing"):
        account.person()


@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        (400, {"error": "invalid_client", "code": "oidc.invalid_client"}, Misconfigured, "oidc.invalid_client"),
        (401, {"error": "invalid_client", "code": "oidc.invalid_client"}, Misconfigured, "oidc.invalid_client"),
        (400, {"error": "invalid_target", "code": "oidc.invalid_target"}, Misconfigured, "oidc.invalid_target"),
        (400, {"error": "invalid_request"}, Misconfigured, "token.refused"),
        (404, {}, Misconfigured, "token.refused"),
        (302, {}, Misconfigured, "token.refused"),
        (429, {"code": "auth.exceed_token_limit"}, TooManyRequests, "auth.exceed_token_limit"),
        (500, {"message": "Internal server error."}, Unavailable, ""),
        (503, {}, Unavailable, ""),
        (200, {"access_token": "two\nlines", "expires_in": 3600, "scope": "all"}, Unavailable, "token.unreadable"),
        (200, {"access_token": 5, "expires_in": 3600, "scope": "all"}, Unavailable, "token.unreadable"),
        (200, {"access_token": "a", "scope": "all"}, Unavailable, "token.unreadable"),
        (200, {"access_token": "a", "expires_in": 10**400, "scope": "all"}, Unavailable, "token.unreadable"),
        (200, {"access_token": "a", "expires_in": float("nan"), "scope": "all"}, Unavailable, "token.unreadable"),
        (200, [], Unavailable, "token.unreadable"),
    ],
)
def test_a_token_that_is_not_given_says_why(
    account: Account, wire: responses.RequestsMock, status: int, body: object, expected: type[Exception], code: str
) -> None:
    wire.replace("POST", TOKEN, status=status, json=body)
    with pytest.raises(expected) as caught:
        account.change_name("Ada")
    assert getattr(caught.value, "code") == code  # noqa: B009  # of the one class the table names
    assert not getattr(caught.value, "may_have_happened", False)


def test_a_write_without_a_token_was_never_sent(account: Account, wire: responses.RequestsMock) -> None:
    wire.replace("POST", TOKEN, body=requests.ReadTimeout())
    with pytest.raises(Unavailable) as caught:
        account.change_name("Ada")
    assert (caught.value.method, caught.value.path) == ("PATCH", "/api/users/{id}")
    assert not caught.value.may_have_happened


def test_those_who_wait_for_a_token_share_its_failure(account: Account, wire: responses.RequestsMock) -> None:
    asked = []

    def refuse(request: Sent) -> Reply:
        asked.append(request)
        time.sleep(0.2)
        return 401, {}, json.dumps({"code": "oidc.invalid_client"})

    wire.remove("POST", TOKEN)
    wire.add_callback("POST", TOKEN, refuse, content_type="application/json")

    def attempt(_: int) -> str:
        with pytest.raises(Misconfigured) as caught:
            account.person()
        return caught.value.code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(attempt, range(8))) == {"oidc.invalid_client"}
    assert len(asked) < 4


def test_two_sites_share_nothing(site: Site, wire: responses.RequestsMock) -> None:
    other = dataclasses.replace(site, base_url="https://other.test", endpoint="https://other-logto.test")
    wire.post(
        "https://other-logto.test/oidc/token", json={"access_token": "other-token", "expires_in": 60, "scope": "all"}
    )
    wire.get(
        ADA,
        json={"id": "ada", "name": "Here", "isSuspended": False},
        match=[matchers.header_matcher({"Authorization": "Bearer machine-token"})],
    )
    wire.get(
        "https://other-logto.test/api/users/ada",
        json={"id": "ada", "name": "There", "isSuspended": False},
        match=[matchers.header_matcher({"Authorization": "Bearer other-token"})],
    )
    names = [Tenant.of(each).account("ada").person().name for each in (site, other, site)]
    assert names == ["Here", "There", "Here"]
    assert Tenant.of(site) is Tenant.of(dataclasses.replace(site))
    assert Tenant.of(site).transport is not Tenant.of(other).transport


def test_changed_settings_of_a_site_make_a_new_tenant(site: Site) -> None:
    assert Tenant.of(site) is not Tenant.of(dataclasses.replace(site, m2m_app_secret="rotated"))
