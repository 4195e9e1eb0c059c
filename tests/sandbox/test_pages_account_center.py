"""The account center's pages for passkeys: whose they are, what the tenant allows, and the way back."""

import pytest

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.person import Browser, authorize
from tests.sandbox.application import authorization_url, header, post

BACK = "http://testserver/two-step/passkeys/return/"
ADD = "/account/passkey/add"
MANAGE = "/account/passkey/manage"


@pytest.fixture
def browser(logto: Logto) -> Browser:
    """Amara is signed in."""
    browser = Browser(logto)
    authorize(logto, "amara", authorization_url(logto), browser=browser)
    return browser


def names(logto: Logto) -> list[str]:
    return [one["name"] for one in logto.state.person("amara").factors if one["type"] == "WebAuthn"]


def test_a_passkey_is_added_and_the_way_back_is_left_as_it_is(logto: Logto, browser: Browser) -> None:
    assert BACK.encode() in browser.get(f"{ADD}?redirect={BACK}").body

    answer = post(logto, ADD, {"redirect": BACK, "do": "add", "name": "Work laptop"}, **browser.headers)

    assert header(answer, "location") == BACK
    assert names(logto)[-1] == "Work laptop"


def test_a_passkey_is_renamed_and_removed(logto: Logto, browser: Browser) -> None:
    first = {"redirect": BACK, "id": "factoramarapasskey001"}
    listed = post(logto, MANAGE, first | {"do": "rename", "name": "Old phone"}, **browser.headers)
    assert (listed.status, header(listed, "location")) == (200, "")
    assert names(logto) == ["Old phone", "YubiKey 5C"]

    post(logto, MANAGE, first | {"do": "remove"}, **browser.headers)
    assert names(logto) == ["YubiKey 5C"]


def test_going_back_without_one_adds_none(logto: Logto, browser: Browser) -> None:
    answer = post(logto, ADD, {"redirect": BACK, "do": "nothing"}, **browser.headers)
    assert header(answer, "location") == BACK
    assert len(names(logto)) == 2


@pytest.mark.parametrize("field", ["ReadOnly", "Off"])
def test_what_the_tenant_keeps_closed_is_closed(logto: Logto, browser: Browser, field: str) -> None:
    logto.state.account_center["fields"]["passkey"] = field
    assert browser.get(ADD).status == 404
    assert post(logto, ADD, {"redirect": BACK, "do": "add"}, **browser.headers).status == 404
    assert len(names(logto)) == 2


def test_nobody_signed_in_has_no_passkeys(logto: Logto) -> None:
    answer = Browser(logto).get(ADD)
    assert answer.status == 404
    assert b"Nobody is signed in" in answer.body


def test_a_connected_account_is_told_before_the_way_back(logto: Logto, browser: Browser) -> None:
    """Whatever the address says; the other tasks lead back at once."""
    form = {"redirect": BACK, "do": "connect"}
    answer = post(logto, "/account/social/connectorline00000001", form, **browser.headers)
    assert (answer.status, b"Update successful" in answer.body) == (200, True)
    assert f'href="{BACK}"'.encode() in answer.body
    assert "line" in logto.state.person("amara").user["identities"]
