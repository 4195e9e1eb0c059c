"""Back-channel logout: when it is sent, and when not (docs/logto.md 15.2, 15.3).

A real server refuses to call loopback and private addresses unless it runs with
OIDC_PROVIDER_SSRF_PROTECTION_DISABLED=true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.contract.calls import Api
from tests.contract.person import Application, Browser, claims_of
from tests.contract.receiver import Receiver

pytestmark = pytest.mark.needs_receiver

User = dict[str, Any]
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def told(new_application: Callable[..., Application], receiver: Receiver) -> Application:
    """An application that wants to be told, with the session."""
    address = f"{receiver.address}/logout"
    return new_application(backchannelLogoutUri=address, backchannelLogoutSessionRequired=True)


@pytest.fixture
def other(new_user: Callable[..., User], unique: str) -> User:
    name = f"{unique}b"
    return new_user(username=name, password=f"Pass-{name}-word")


def logout_claims(receiver: Receiver) -> list[dict[str, Any]]:
    return [claims_of(parse_qs(letter.body.decode())["logout_token"][0]) for letter in receiver.wait_for(1)]


def test_signing_out_tells_the_application(api: Api, user: User, told: Application, receiver: Receiver) -> None:
    browser = Browser(api)
    sid = claims_of(browser.tokens(told, user)["id_token"])["sid"]
    browser.sign_out()
    (claims,) = logout_claims(receiver)
    assert (claims["sub"], claims["sid"], claims["aud"]) == (user["id"], sid, told.id)
    assert claims["events"] == {EVENT: {}}
    assert claims["exp"] - claims["iat"] == 120
    assert "nonce" not in claims


def test_somebody_elses_sign_in_tells_it_before_the_browser_comes_back(
    user: User, other: User, browser: Browser, told: Application, receiver: Receiver
) -> None:
    sid = claims_of(browser.tokens(told, user)["id_token"])["sid"]
    browser.sign_in(told, other, prompt="login")
    assert browser.handed_over
    assert len(receiver.letters) == 1
    (claims,) = logout_claims(receiver)
    assert (claims["sub"], claims["sid"]) == (user["id"], sid)


@pytest.mark.parametrize("ending", ["session", "grant", "suspension", "password", "deletion"])
def test_what_tells_nobody(
    api: Api, user: User, path: str, browser: Browser, told: Application, receiver: Receiver, ending: str,
    wait: Callable[[float], None],
) -> None:  # fmt: skip
    browser.tokens(told, user)
    (session,) = api.get(f"{path}/sessions").json()["sessions"]
    (grant,) = api.get(f"{path}/grants").json()["grants"]
    answers = {
        "session": lambda: api.delete(f"{path}/sessions/{session['payload']['uid']}?revokeGrantsTarget=all"),
        "grant": lambda: api.delete(f"{path}/grants/{grant['id']}"),
        "suspension": lambda: api.patch(f"{path}/is-suspended", {"isSuspended": True}),
        "password": lambda: api.patch(f"{path}/password", {"password": "Another-Pass-2026"}),
        "deletion": lambda: api.delete(path),
    }
    assert answers[ending]().ok
    wait(1)
    assert receiver.letters == []
