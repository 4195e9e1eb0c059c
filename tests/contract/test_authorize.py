"""The authorize and end-session endpoints before anybody has signed in (docs/logto.md 15.3)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.contract.calls import Api
from tests.contract.person import Application

pytestmark = pytest.mark.needs_tenant_to_change

CHALLENGE = "jzFy0s4B5EXi7G8Igdxw_9N_O3skk3OsevV1VkswDEM"


def authorize(api: Api, application: Application, **changes: str) -> requests.Response:
    """GET /oidc/auth as an application asks; "" leaves a parameter out."""
    asked = {
        "client_id": application.id,
        "redirect_uri": application.callback,
        "response_type": "code",
        "scope": "openid",
        "state": "st",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    query = urlencode({name: value for name, value in asked.items() if value})
    return api.get(f"/oidc/auth?{query}", token=None)


def came_back(answer: requests.Response) -> dict[str, str]:
    """The parameters at the redirect address; a fragment counts as well."""
    assert answer.status_code == 303
    location = urlsplit(answer.headers["Location"])
    return {name: values[0] for name, values in parse_qs(location.query or location.fragment).items()}


def test_nobody_signed_in_leads_to_the_sign_in_page(api: Api, application: Application) -> None:
    answer = authorize(api, application)
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/sign-in"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("changes", [{"scope": "openid nope"}, {"first_screen": "nope"}])
def test_what_a_first_party_app_may_get_wrong(api: Api, application: Application, changes: dict[str, str]) -> None:
    answer = authorize(api, application, **changes)
    assert urlsplit(answer.headers["Location"]).path == "/sign-in"


def test_first_screen(api: Api, application: Application) -> None:
    for screen, page in (("register", "/register"), ("reset_password", "/reset-password")):
        answer = authorize(api, application, first_screen=screen)
        assert urlsplit(answer.headers["Location"]).path == page


def test_address_that_is_not_registered(api: Api, application: Application) -> None:
    answer = authorize(api, application, redirect_uri="https://evil.test/cb")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert answer.json()["code"] == "oidc.invalid_redirect_uri"
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "nope"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"resource": "https://nope.test"}, "invalid_target"),
        ({"max_age": "x"}, "invalid_request"),
    ],
)
def test_refused_at_the_redirect_address(
    api: Api, application: Application, changes: dict[str, str], error: str
) -> None:
    answer = authorize(api, application, **changes)
    parameters = came_back(answer)
    assert answer.headers["Location"].startswith(application.callback)
    assert (parameters["error"], parameters["state"]) == (error, "st")
    assert parameters["iss"] == f"{api.endpoint}/oidc"


def test_unsupported_response_type_comes_in_the_fragment(api: Api, application: Application) -> None:
    answer = authorize(api, application, response_type="token")
    assert "error=unsupported_response_type" in urlsplit(answer.headers["Location"]).fragment


def test_third_party_app_asks_for_too_much(api: Api, third_party: Application) -> None:
    answer = authorize(api, third_party, scope="openid phone")
    assert (came_back(answer)["error"], came_back(answer)["scope"]) == ("invalid_scope", "phone")


@pytest.mark.parametrize(
    ("named", "address", "status"),
    [(True, "https://evil.test/", 400), (False, "https://evil.test/", 200), (True, "", 200), (False, "", 200)],
)
def test_signing_out(api: Api, application: Application, named: bool, address: str, status: int) -> None:
    query = {"client_id": application.id} if named else {}
    query |= {"post_logout_redirect_uri": address} if address else {}
    answer = api.get(f"/oidc/session/end?{urlencode(query)}", token=None)
    assert answer.status_code == status
    if status == 400:
        assert (answer.json()["code"], answer.json()["error"]) == ("oidc.invalid_request", "invalid_request")
