"""After a change of the email, the phone or the username too, the other devices can be signed out (ASVS 7.4.3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from tests.people import client_of

Wanted = dict[str, str]


def confirms(kind: str, value: str) -> Callable[[Client, Logto, Wanted], None]:
    def go(client: Client, logto: Logto, wanted: Wanted) -> None:
        client.post(f"/{kind}/change/", {kind: value})
        message = logto.state.latest_message(value.removeprefix("+"))
        assert message is not None
        assert "Sign out of my other devices" in client.get(f"/{kind}/confirm/").content.decode()
        client.post(f"/{kind}/confirm/", {"code": message.code, **wanted})

    return go


def posts(path: str, **values: str) -> Callable[[Client, Logto, Wanted], None]:
    def go(client: Client, logto: Logto, wanted: Wanted) -> None:
        assert "Sign out of my other devices" in client.get(path).content.decode()
        client.post(path, values | wanted)

    return go


WAYS = {
    "email changed": confirms("email", "new@winterbourne.example"),
    "phone changed": confirms("phone", "+447700900777"),
    "username changed": posts("/username/change/", username="ada_w"),
    "username kept": posts("/username/change/", username="ada"),
    "email removed": posts("/email/remove/"),
    "phone removed": posts("/phone/remove/"),
    "username removed": posts("/username/remove/"),
}


@pytest.mark.parametrize("is_wanted", [True, False], ids=["wanted", "not wanted"])
@pytest.mark.parametrize("way", WAYS)
def test_other_devices_are_signed_out_where_that_is_wanted(
    verified_ada: Client, logto: Logto, way: str, is_wanted: bool
) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    other = client_of(logto, "ada", binding="on another device")
    WAYS[way](verified_ada, logto, {"sign_out_others": "on"} if is_wanted else {})
    assert other.get("/security/").status_code == (302 if is_wanted else 200)
    assert verified_ada.get("/security/").status_code == 200
