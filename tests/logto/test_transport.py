"""How a call travels: tries, limits, and what is never followed, kept or told."""

from __future__ import annotations

import dataclasses
import json
import logging
import re
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import responses

from settings_app.logto import breaker, deadline, response
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError, Misconfigured, NotFound, Refused, Unavailable
from settings_app.logto.paths import path, template_of
from settings_app.logto.tenant import Tenant
from settings_app.sites import Site

LOGTO = "https://logto.test"
STATUS = f"{LOGTO}/api/status"


def test_a_read_is_tried_again_when_the_connection_failed(tenant: Tenant, wire: responses.RequestsMock) -> None:
    broken = wire.get(f"{LOGTO}/api/account-center", body=requests.ConnectionError("reset"))
    wire.get(f"{LOGTO}/api/account-center", json={"enabled": True})
    assert tenant.transport.call("GET", "/api/account-center") == {"enabled": True}
    assert broken.call_count == 1


def test_a_read_is_tried_again_only_once(tenant: Tenant, wire: responses.RequestsMock) -> None:
    broken = wire.get(f"{LOGTO}/api/account-center", body=requests.ConnectionError("reset"))
    with pytest.raises(Unavailable, match=r"connection\.failed"):
        tenant.transport.call("GET", "/api/account-center")
    assert broken.call_count == 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_write_is_never_sent_twice(tenant: Tenant, wire: responses.RequestsMock, method: str) -> None:
    broken = wire.add(method, f"{LOGTO}/api/thing", body=requests.ConnectionError("reset"))
    with pytest.raises(Unavailable) as caught:
        tenant.transport.call(method, "/api/thing", json={"a": 1})
    assert broken.call_count == 1
    assert caught.value.may_have_happened


def test_a_read_that_is_late_is_not_tried_again(tenant: Tenant, wire: responses.RequestsMock) -> None:
    late = wire.get(f"{LOGTO}/api/account-center", body=requests.ReadTimeout())
    with pytest.raises(Unavailable, match=r"answer\.late"):
        tenant.transport.call("GET", "/api/account-center")
    assert late.call_count == 1


@pytest.mark.parametrize(
    ("failure", "code", "may_have_happened"),
    [
        (requests.ConnectTimeout(), "connection.late", False),
        (requests.exceptions.SSLError(), "connection.not_trusted", False),
        (requests.ReadTimeout(), "answer.late", True),
        (requests.ConnectionError("reset"), "connection.failed", True),
        (requests.ConnectionError(), "connection.failed", True),
        (requests.exceptions.ChunkedEncodingError(), "answer.broken", True),
        (requests.exceptions.ContentDecodingError(), "answer.broken", True),
    ],
)
def test_no_answer_tells_whether_a_write_may_have_happened(
    account: Account, wire: responses.RequestsMock, failure: Exception, code: str, may_have_happened: bool
) -> None:
    wire.patch(f"{LOGTO}/api/users/ada", body=failure)
    with pytest.raises(Unavailable) as caught:
        account.change_name("Ada")
    assert (caught.value.code, caught.value.may_have_happened) == (code, may_have_happened)
    assert caught.value.__cause__ is failure


def test_a_refused_connection_cannot_have_done_anything(site: Site) -> None:
    lost = Tenant(dataclasses.replace(site, endpoint="http://127.0.0.1:9"))
    with pytest.raises(Unavailable) as caught:
        lost.transport.call("POST", "/api/thing", public=True)
    assert (caught.value.code, caught.value.may_have_happened) == ("connection.failed", False)


def test_redirects_are_never_followed(tenant: Tenant, wire: responses.RequestsMock) -> None:
    elsewhere = wire.get("https://elsewhere.test/", json={"enabled": True})
    wire.get(f"{LOGTO}/api/account-center", status=302, headers={"Location": "https://elsewhere.test/"})
    with pytest.raises(Misconfigured, match=r"answer\.redirected"):
        tenant.transport.call("GET", "/api/account-center")
    assert elsewhere.call_count == 0


def test_no_cookie_is_kept(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(STATUS, status=204, headers={"Set-Cookie": "_session=abc; Path=/"})
    tenant.transport.call("GET", "/api/status", public=True)
    tenant.transport.call("GET", "/api/status", public=True)
    assert "Cookie" not in wire.calls[-1].request.headers


def test_the_environment_adds_nothing(
    tenant: Tenant, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine logto.test login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    wire.get(STATUS, status=204)
    tenant.transport.call("GET", "/api/status", public=True)
    sent = wire.calls[-1].request
    assert "Authorization" not in sent.headers
    assert not sent.req_kwargs.get("proxies")  # type: ignore[attr-defined]  # responses notes it there


def test_a_public_address_is_called_without_the_token(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(STATUS, status=204)
    tenant.transport.call("GET", "/api/status", public=True)
    assert [call.request.url for call in wire.calls] == [STATUS]


@pytest.mark.parametrize("content_type", ["text/html", "application/json", ""])
def test_a_success_that_is_not_json_is_no_answer(
    tenant: Tenant, wire: responses.RequestsMock, content_type: str
) -> None:
    wire.get(f"{LOGTO}/api/account-center", body="<html>Welcome</html>", content_type=content_type)
    with pytest.raises(Unavailable, match=r"answer\.not_json"):
        tenant.transport.call("GET", "/api/account-center")


def test_a_success_of_the_wrong_shape_is_no_answer(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/users/ada/sessions", json={"message": "moved"})
    wire.get(f"{LOGTO}/api/users/ada/logto-configs", json=[])
    with pytest.raises(Unavailable, match=r"answer\.unexpected"):
        account.sessions()
    with pytest.raises(Unavailable, match=r"answer\.unexpected"):
        account.configuration()


def test_json_too_deep_to_read_is_no_answer(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/account-center", body="[" * 100_000, content_type="application/json")
    with pytest.raises(Unavailable, match=r"answer\.not_json"):
        tenant.transport.call("GET", "/api/account-center")


@pytest.mark.parametrize(
    ("body", "read"),
    [
        pytest.param(b'{"a": "\xff"}', {"a": "\ufffd"}, id="bytes that are no UTF-8"),
        pytest.param(b"[" * 300 + b"]" * 300, json.loads("[" * 300 + "]" * 300), id="deep nesting"),
        pytest.param(b'["\\ud83d\\ude00", 1e400]', ["\U0001f600", float("inf")], id="a whole pair, a large number"),
    ],
)
def test_whatever_javascript_may_write_is_read(
    tenant: Tenant, wire: responses.RequestsMock, body: bytes, read: object
) -> None:
    wire.get(f"{LOGTO}/api/account-center", body=body, content_type="application/json")
    assert tenant.transport.call("GET", "/api/account-center") == read


def test_half_a_character_is_replaced(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(
        f"{LOGTO}/api/users/ada",
        body=rb'{"id": "ada", "isSuspended": false, "customData": {"\ud800": ["\udc00"]}}',
        content_type="application/json",
    )
    assert account.person().custom_data == {"\ufffd": ["\ufffd"]}


def test_a_whole_character_spelt_in_two_halves_is_kept(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(
        f"{LOGTO}/api/users/ada",
        body=rb'{"id": "ada", "isSuspended": false, "name": "\ud83d\ude00"}',
        content_type="application/json",
    )
    assert account.person().name == "\U0001f600"


def test_an_answer_may_not_grow_without_end(
    tenant: Tenant, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response, "LARGEST_ANSWER_BYTES", 1000)
    wire.get(f"{LOGTO}/api/account-center", json={"customCss": "x" * 2000})
    with pytest.raises(Unavailable, match=r"answer\.too_large"):
        tenant.transport.call("GET", "/api/account-center")


def test_nothing_is_sent_after_the_deadline(tenant: Tenant, wire: responses.RequestsMock) -> None:
    with deadline.until(time.monotonic() - 1), pytest.raises(Unavailable) as caught:
        tenant.transport.call("GET", "/api/account-center")
    assert (caught.value.code, caught.value.sent) == ("deadline.passed", False)
    assert len(wire.calls) == 0


def test_the_deadline_shortens_the_wait(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(STATUS, status=204)
    with deadline.until(time.monotonic() + 1):
        tenant.transport.call("GET", "/api/status", public=True)
    tenant.transport.call("GET", "/api/status", public=True)
    limits = [call.request.req_kwargs["timeout"][1] for call in wire.calls]  # type: ignore[attr-defined]
    assert limits[0] <= 1 < limits[1] == 8


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_a_part_that_names_nothing_reaches_no_other_address(
    account: Account, part: str, wire: responses.RequestsMock
) -> None:
    with pytest.raises(NotFound):
        account.authorization_address(part, state="s", redirect_uri="https://account.test/cb")
    assert len(wire.calls) == 0


@pytest.mark.parametrize(
    ("part", "encoded"), [("a/../b", "a%2F..%2Fb"), ("a?b#c", "a%3Fb%23c"), ("ä{x}", "%C3%A4%7Bx%7D"), ("%2e", "%252e")]
)
def test_a_part_is_encoded_whole(part: str, encoded: str) -> None:
    made = path("/api/users/{id}/identities/{target}", "ada", part)
    assert made == f"/api/users/ada/identities/{encoded}"
    assert template_of(made) == "/api/users/{id}/identities/{target}"


def test_a_dead_logto_costs_no_more_calls_until_a_probe_succeeds(
    tenant: Tenant, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "PAUSE_SECONDS", 0.2)
    dead = wire.post(f"{LOGTO}/api/thing", body=requests.ConnectionError("refused"))
    for _ in range(breaker.FAILURES_IN_A_ROW + 3):
        with pytest.raises(Unavailable):
            tenant.transport.call("POST", "/api/thing", public=True)
    assert dead.call_count == breaker.FAILURES_IN_A_ROW
    time.sleep(0.25)
    with pytest.raises(Unavailable, match=r"connection\.failed"):
        tenant.transport.call("POST", "/api/thing", public=True)
    with pytest.raises(Unavailable, match=r"breaker\.open") as caught:
        tenant.transport.call("POST", "/api/thing", public=True)
    assert not caught.value.may_have_happened
    time.sleep(0.25)
    wire.replace("POST", f"{LOGTO}/api/thing", json={})
    assert tenant.transport.call("POST", "/api/thing", public=True) == {}
    assert tenant.transport.call("POST", "/api/thing", public=True) == {}


@pytest.mark.parametrize(
    ("status", "opens"), [(500, False), (422, False), (404, False), (502, True), (503, True), (504, True)]
)
def test_only_gateways_and_silence_open_the_breaker(
    tenant: Tenant, wire: responses.RequestsMock, status: int, opens: bool
) -> None:
    ill = wire.get(STATUS, status=status)
    for _ in range(breaker.FAILURES_IN_A_ROW + 1):
        with pytest.raises(LogtoError):
            tenant.transport.call("GET", "/api/status", public=True)
    assert ill.call_count == breaker.FAILURES_IN_A_ROW + (0 if opens else 1)


def test_a_call_with_a_limit_of_its_own_does_not_open_the_breaker(
    account: Account, wire: responses.RequestsMock
) -> None:
    slow = wire.post(f"{LOGTO}/api/sign-in-exp/default/check-password", body=requests.ReadTimeout())
    verdicts = [account.check_password("secret-password") for _ in range(breaker.FAILURES_IN_A_ROW + 1)]
    assert {verdict.judged for verdict in verdicts} == {False}
    assert slow.call_count == breaker.FAILURES_IN_A_ROW + 1


def test_the_probe_is_one_even_when_it_never_reports() -> None:
    now = [0.0]
    closed = breaker.Breaker(clock=lambda: now[0])
    for _ in range(breaker.FAILURES_IN_A_ROW):
        closed.failed()
    now[0] = breaker.PAUSE_SECONDS + 1
    assert [closed.admits(), closed.admits()] == [True, False]
    now[0] += breaker.PAUSE_SECONDS + 1
    assert closed.admits()


def test_success_begins_the_count_anew() -> None:
    healthy = breaker.Breaker()
    for _ in range(3):
        for _ in range(breaker.FAILURES_IN_A_ROW - 1):
            healthy.failed()
        healthy.succeeded()
    assert healthy.admits()


SECRETS = (
    "machine-token",
    "machine-secret",
    "typed-password",
    "987654",
    "provider-code",
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "ada@example.test",
    "49151",
    "ada-lovelace",
)
CALLS: list[Callable[[Account], object]] = [
    lambda account: account.verify_password("typed-password"),
    lambda account: account.set_password("typed-password"),
    lambda account: account.check_password("typed-password"),
    lambda account: account.send_code("ada@example.test"),
    lambda account: account.check_code("+49 151", "987654"),
    lambda account: account.change_email("ada@example.test"),
    lambda account: account.add_authenticator("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    lambda account: account.connect("google", {"code": "provider-code"}, redirect_uri="https://account.test/cb"),
    lambda account: account.person(),
    lambda account: account.end_session("uid"),
]
FAILURES: list[dict[str, object]] = [
    {
        "status": 400,
        "json": {"code": "x.y", "message": " ".join(SECRETS), "data": {"message": SECRETS}, "details": SECRETS[0]},
    },
    {"status": 401, "json": {"code": "auth.unauthorized", "message": " ".join(SECRETS)}},
    {"status": 422, "json": {"code": " ".join(SECRETS)}},
    {"status": 500, "body": " ".join(SECRETS)},
    {"status": 200, "body": " ".join(SECRETS), "content_type": "text/html"},
    {"body": requests.ConnectionError("reset")},
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("failure", FAILURES)
def test_no_secret_is_logged_or_shown(
    tenant: Tenant,
    wire: responses.RequestsMock,
    caplog: pytest.LogCaptureFixture,
    call: Callable[[Account], object],
    failure: dict[str, object],
) -> None:
    caplog.set_level(logging.DEBUG)
    for method in ("GET", "POST", "PATCH", "DELETE"):
        wire.add(method, re.compile(".*/api/.*"), headers={"Logto-Core-Request-Id": "request\nforged"}, **failure)  # type: ignore[arg-type]
    with pytest.raises(LogtoError) as caught:
        call(tenant.account("ada-lovelace"))
    shown = (
        repr(caught.value) + str(caught.value) + repr(tenant.account("x")) + repr(tenant.transport) + repr(tenant.site)
    )
    assert [secret for secret in SECRETS if secret in caplog.text + shown] == []
    assert "forged" not in caplog.text + shown
    trace = "".join(traceback.format_exception(caught.value.with_traceback(None)))
    assert [secret for secret in SECRETS if secret in trace] == []


def test_each_exchange_is_one_line(
    account: Account, wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="settings_app.logto")
    wire.patch(
        f"{LOGTO}/api/users/ada",
        status=422,
        json={"code": "user.username_already_in_use"},
        headers={"Logto-Core-Request-Id": "request-7"},
    )
    with pytest.raises(Refused):
        account.change_username("ada")
    asked_for_token, changed = [record.getMessage() for record in caplog.records]
    assert asked_for_token.startswith("POST /oidc/token 200 - ")
    assert changed.startswith("PATCH /api/users/{id} 422 user.username_already_in_use ")
    assert changed.endswith(" ms request-7")


@pytest.mark.parametrize(
    ("told", "total"), [("12", 12), ("9" * 5000, None), ("-1", None), ("\u0663", None), ("", None)]
)
def test_how_many_there_are_in_all_is_a_number_or_unknown(told: str, total: int | None) -> None:
    headers = {"Content-Type": "application/json", "Total-Number": told}
    assert response.read("GET", "/api/users", 200, headers, [b"[]"], until=time.monotonic() + 5).total == total
