"""A person with a browser at Logto's own pages, driven through the API that those pages use."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests

from tests.contract.calls import TIMEOUT_SECONDS, Api

VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-it-has-to-be"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
STEPS = 20
# What Logto suggests at sign-in -> the call that skips it for good.
SKIPPED_BY = {
    "user.passkey_preferred": "passkey-skipped",
    "user.suggest_mfa": "mfa-skipped",
    "user.missing_mfa": "mfa-skipped",
}


class RefusedAtLogtoError(Exception):
    """Logto did not let the person go on."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"{answer.status_code} {answer.text[:500]}")
        self.answer = answer


@dataclass
class Application:
    """One that the test made: its object, and a secret that proves it."""

    shown: dict[str, Any]
    secret: str

    @property
    def id(self) -> str:
        return str(self.shown["id"])

    @property
    def callback(self) -> str:
        return str(self.shown["oidcClientMetadata"]["redirectUris"][0])


class Browser:
    """It keeps cookies. `sign_in` answers whatever Logto asks and ends at the application's callback address."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = FIREFOX
        self.handed_over = False  # whether a page ended the session of somebody else

    def sign_in(
        self,
        application: Application,
        user: dict[str, Any],
        *,
        scope: str = "openid",
        organization_ids: tuple[str, ...] = (),
        code: str = "",
        **parameters: str,
    ) -> dict[str, str]:
        """The parameters at the callback. RefusedAtLogtoError when a page says no."""
        location = self._authorization_address(application, scope, parameters)
        return self.goes_on(location, application, user, organization_ids=organization_ids, code=code)

    def reset_password(
        self, application: Application, address: str, password: str, read_code: Callable[[str], str]
    ) -> None:
        """At Logto's page for a forgotten password, with the code mailed to `address`. It signs nobody in."""
        self._get(self._authorization_address(application, "openid", {"first_screen": "reset_password"}))
        self._put("/api/experience", {"interactionEvent": "ForgotPassword"})
        identifier, codes = {"type": "email", "value": address}, "/api/experience/verification/verification-code"
        asked = self._post(codes, {"identifier": identifier, "interactionEvent": "ForgotPassword"})
        answer = {"identifier": identifier, "code": read_code(address), **asked}
        self._post("/api/experience/identification", self._post(f"{codes}/verify", answer))
        self._put("/api/experience/profile/password", {"password": password})
        self._post("/api/experience/submit", {})

    def begin(self, application: Application) -> None:
        """Goes as far as the sign-in page."""
        self._get(self._authorization_address(application, "openid", {}))

    def finish(self, user: dict[str, Any]) -> str:
        """Signs in to whatever this browser began last; where Logto then sends it."""
        return self._sign_in(user, "")

    def identify(self, user: dict[str, Any]) -> None:
        """Name and password, typed at the sign-in page."""
        self._put("/api/experience", {"interactionEvent": "SignIn"})
        identifier = {"type": "username", "value": user["username"]}
        password = {"identifier": identifier, "password": f"Pass-{user['username']}-word"}
        proof = self._post("/api/experience/verification/password", password)
        self._post("/api/experience/identification", proof)

    def post(self, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        """What a page of the sign-in sends, and whatever comes back."""
        return self.session.post(self.api.endpoint + path, json=body or {}, timeout=TIMEOUT_SECONDS)

    def open(self, path: str) -> requests.Response:
        return self._get(self.api.endpoint + path)

    def goes_on(
        self,
        location: str,
        application: Application,
        user: dict[str, Any] | None = None,
        *,
        organization_ids: tuple[str, ...] = (),
        code: str = "",
    ) -> dict[str, str]:
        """From an address of Logto to the application's callback, through whatever stands between."""
        for _ in range(STEPS):
            if location.startswith(application.callback):
                return dict(parse_qsl(urlsplit(location).query))
            answer = self._get(location)
            page = urlsplit(location).path
            if answer.is_redirect:
                location = urljoin(location, answer.headers["Location"])
            elif 'name="xsrf"' in answer.text:  # somebody else's session is ended first
                self.handed_over = True
                location = urljoin(location, self._confirm(answer.text).headers["Location"])
            elif page == "/consent":
                chosen = {"organizationIds": list(organization_ids)} if organization_ids else {}
                location = self._post("/api/interaction/consent", chosen)["redirectTo"]
            elif answer.ok and user is not None:
                location = self._sign_in(user, code)
            else:
                raise RefusedAtLogtoError(answer)
        raise AssertionError("too many steps")

    def tokens(self, application: Application, user: dict[str, Any], **asked: Any) -> dict[str, Any]:
        """The answer of the token endpoint after `sign_in`."""
        back = self.sign_in(application, user, **asked)
        form = {
            "grant_type": "authorization_code",
            "code": back["code"],
            "redirect_uri": application.callback,
            "code_verifier": VERIFIER,
        }
        answer = exchange(self.api, application, form)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def sign_out(self) -> None:
        """Ends the session at the end-session endpoint, as its page does by itself."""
        self._confirm(self._get(f"{self.api.endpoint}/oidc/session/end").text)

    def _confirm(self, page: str) -> requests.Response:
        """What a page that ends a session submits by itself."""
        found = [part.partition('"')[0] for part in page.split('name="xsrf" value="')[1:]]
        return self.session.post(
            f"{self.api.endpoint}/oidc/session/end/confirm",
            data=({"xsrf": found[0]} if found else {}) | {"logout": "yes"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )

    def _authorization_address(self, application: Application, scope: str, parameters: dict[str, str]) -> str:
        asked = {
            "client_id": application.id,
            "redirect_uri": application.callback,
            "response_type": "code",
            "scope": scope,
            "state": "st",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | parameters
        return f"{self.api.endpoint}/oidc/auth?{urlencode(asked)}"

    def _sign_in(self, user: dict[str, Any], code: str) -> str:
        self.identify(user)
        if code:
            self._post("/api/experience/verification/totp/verify", {"code": code})
        return self._submit()

    def _submit(self) -> str:
        """The last call of a sign-in, once more for each thing that Logto suggests and this person skips."""
        answer = self.post("/api/experience/submit")
        if answer.status_code == 422 and answer.json()["code"] in SKIPPED_BY:
            self._post(f"/api/experience/profile/mfa/{SKIPPED_BY[answer.json()['code']]}", {})
            return self._submit()
        if not answer.ok:
            raise RefusedAtLogtoError(answer)
        return str(answer.json()["redirectTo"])

    def _get(self, address: str) -> requests.Response:
        return self.session.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)

    def _put(self, path: str, body: dict[str, Any]) -> None:
        self._send("PUT", path, body)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, body)

    def _send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.session.request(method, self.api.endpoint + path, json=body, timeout=TIMEOUT_SECONDS)
        if not answer.ok:
            raise RefusedAtLogtoError(answer)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


def exchange(api: Api, application: Application, form: dict[str, str]) -> requests.Response:
    """POST /oidc/token for an application of the test."""
    return api.call("POST", "/oidc/token", token=None, data=form, auth=(application.id, application.secret))


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
