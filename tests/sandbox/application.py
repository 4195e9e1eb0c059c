"""An application of the tenant, as it talks to the OIDC endpoints."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import SITE_APP_ID, SITE_APP_SECRET
from accountsite.sandbox.web import Answer, Request

VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-it-has-to-be"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CALLBACK = "http://testserver/sign-in/callback/"
SITE = (SITE_APP_ID, SITE_APP_SECRET)
FORM = "application/x-www-form-urlencoded"


def authorization_url(logto: Logto, **changes: str | None) -> str:
    """The site's authorization address; a change of None leaves the parameter out."""
    parameters: dict[str, str | None] = {
        "client_id": SITE_APP_ID,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": "st",
        "nonce": "n-123",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{logto.endpoint}/oidc/auth?{query}"


def get(logto: Logto, url: str, **headers: str) -> Answer:
    parts = urlsplit(url)
    return logto.answer(Request("GET", parts.path, parts.query, headers))


def post(logto: Logto, path: str, form: dict[str, str], **headers: str) -> Answer:
    sent = {"content-type": FORM, **headers}
    return logto.answer(Request("POST", path, "", sent, urlencode(form).encode()))


def ask_token(logto: Logto, application: tuple[str, str] = SITE, /, **form: str) -> Answer:
    return post(logto, "/oidc/token", form, authorization=basic(*application))


def exchange(logto: Logto, callback: str, application: tuple[str, str] = SITE, /, **changes: str) -> Answer:
    """The token request for the code in a callback address."""
    form = {
        "grant_type": "authorization_code",
        "code": parameters_of(callback).get("code", ""),
        "redirect_uri": callback.partition("?")[0],
        "code_verifier": VERIFIER,
        **changes,
    }
    return ask_token(logto, application, **form)


def sign_in(logto: Logto, handle: str = "ada", /, **changes: str | None) -> dict[str, Any]:
    """The token answer after this person signed in."""
    return body(exchange(logto, logto.authorize(handle, authorization_url(logto, **changes))))


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def body(answer: Answer) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(answer.body)
    return parsed


def header(answer: Answer, name: str) -> str:
    return dict(answer.headers).get(name, "")


def parameters_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def jwt_parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, unverified."""
    head, claims, _ = token.split(".")
    return _decoded(head), _decoded(claims)


def _decoded(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return value
