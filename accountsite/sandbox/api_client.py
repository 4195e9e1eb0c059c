"""A small client of the account settings API: signs somebody in at the sandbox as a mobile app does, and calls it.

Everything goes over HTTP, and what is sent is told as the curl that sends the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import shlex
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests

from accountsite.sandbox.making import PASSWORD
from accountsite.sandbox.seed_api import MOBILE_APP_ID, MOBILE_REDIRECT, SCOPES

SECONDS = 15
STEPS = 10
TOLD_LETTERS = 420  # of one answer


class ApiClient:
    """`site` and `sandbox` are their addresses; `tell` gets every line of the story."""

    def __init__(self, site: str, sandbox: str, tell: Callable[[str], object]) -> None:
        self.site, self.sandbox, self._tell = site, sandbox, tell
        self._token = ""

    def sign_in(self, username: str) -> None:
        """An access token for the API: authorization code with PKCE, `resource` named at both endpoints."""
        verifier, browser = secrets.token_urlsafe(48), requests.Session()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "client_id": MOBILE_APP_ID,
            "redirect_uri": MOBILE_REDIRECT,
            "response_type": "code",
            "scope": " ".join(["openid", *(name for _id, name, _description in SCOPES)]),
            "resource": f"{self.site}/api",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        code = self._went_through(browser, f"{self.sandbox}/oidc/auth?{urlencode(asked)}", username)
        form = {
            "grant_type": "authorization_code",
            "client_id": MOBILE_APP_ID,
            "redirect_uri": MOBILE_REDIRECT,
            "resource": f"{self.site}/api",
            "code": code,
            "code_verifier": verifier,
        }
        answer = browser.post(f"{self.sandbox}/oidc/token", data=form, timeout=SECONDS)
        answer.raise_for_status()
        self._token = answer.json()["access_token"]
        shown = {"code": "$CODE", "code_verifier": "$VERIFIER"}
        fields = " ".join(f"-d {name}={shlex.quote(shown.get(name, value))}" for name, value in form.items())
        self._tell(f"$ curl {self.sandbox}/oidc/token {fields}")
        self._tell(f'{{"access_token": "{self._token[:24]}…", "scope": "{answer.json()["scope"]}", …}}\n')

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One call, told with its answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self._token}"} | named
        answer = requests.request(method, f"{self.site}/api{path}", json=body, headers=sent, timeout=SECONDS)
        told = ["$ curl", *(["-X", method] if method != "GET" else []), f"{self.site}/api{path}"]
        told += ['-H "Authorization: Bearer $TOKEN"', *(f"-H {shlex.quote(f'{one}: {named[one]}')}" for one in named)]
        told += ["-H 'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body))] if body is not None else []
        self._tell(" ".join(told))
        self._tell(f"{answer.status_code} {answer.reason}" + "".join(self._headers(answer)))
        self._tell(shortened(answer.text) + "\n")
        return answer

    def code_at(self, address: str) -> str:
        """The newest code in the sandbox's inbox for this address."""
        found = requests.get(f"{self.sandbox}/inbox.json", params={"address": address}, timeout=SECONDS).json()
        return str(found[0]["code"])

    def _headers(self, answer: requests.Response) -> list[str]:
        return [f"\n{name}: {answer.headers[name]}" for name in ("ETag", "WWW-Authenticate") if name in answer.headers]

    def _went_through(self, browser: requests.Session, address: str, username: str) -> str:
        """Through sign-in and consent to the app's own address, and the code there."""
        for _step in range(STEPS):
            if address.startswith(MOBILE_REDIRECT):
                return parse_qs(urlsplit(address).query)["code"][0]
            answer = browser.get(address, timeout=SECONDS, allow_redirects=False)
            page = urlsplit(address).path
            if answer.is_redirect:
                address = urljoin(address, answer.headers["Location"])
            elif page == "/consent":
                address = self._posted(browser, "/api/interaction/consent", {})["redirectTo"]
            else:
                address = self._identified(browser, username)
        raise RuntimeError("the sandbox does not come to an end")

    def _identified(self, browser: requests.Session, username: str) -> str:
        begun = {"interactionEvent": "SignIn"}
        browser.put(f"{self.sandbox}/api/experience", json=begun, timeout=SECONDS).raise_for_status()
        identifier = {"type": "username", "value": username}
        typed = {"identifier": identifier, "password": PASSWORD}
        proof = self._posted(browser, "/api/experience/verification/password", typed)
        self._posted(browser, "/api/experience/identification", proof)
        # The tenant suggests a passkey and a second factor (docs/logto.md 7.6).
        self._posted(browser, "/api/experience/profile/mfa/passkey-skipped", {})
        self._posted(browser, "/api/experience/profile/mfa/mfa-skipped", {})
        return str(self._posted(browser, "/api/experience/submit", {})["redirectTo"])

    def _posted(self, browser: requests.Session, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = browser.post(self.sandbox + path, json=body, timeout=SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


def shortened(text: str) -> str:
    return text if len(text) <= TOLD_LETTERS else f"{text[:TOLD_LETTERS]}…"


def tour(client: ApiClient) -> None:
    """What somebody's app may do: read, change a name, see invitations, change the email by a code, see the devices."""
    client.sign_in("ada")
    version = client.call("GET", "/account").headers["ETag"]
    client.call("PATCH", "/account", {"name": "Ada King"}, If_Match=version, Idempotency_Key=secrets.token_hex(8))
    client.call("POST", "/organization-invitations/email")
    proof = {"code": client.code_at("ada@winterbourne.example")}
    client.call("POST", "/organization-invitations/email/code", proof)
    client.call("GET", "/organization-invitations")
    wanted = {"email": "ada@new.example"}
    client.call("POST", "/account/email", wanted)
    confirmed = client.call("POST", "/confirmations", {"for": "email", "password": PASSWORD})
    confirmation = str(confirmed.json()["id"])
    client.call("POST", "/account/email", wanted, Confirmation=confirmation)
    typed = {"code": client.code_at("ada@new.example")}
    client.call("POST", "/account/email/code", typed, Confirmation=confirmation)
    client.call("GET", "/sessions")
