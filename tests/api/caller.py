"""An app that calls the API for a person, with tokens as the sandbox signs them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.seed_api import MOBILE_APP_ID

ALL = "account:read account:write account:security"
AUDIENCE = "http://testserver/api"


def named_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", content, "image/png")


@dataclass
class App:
    """`told` are claims that differ, None for one that is left out; `header` the same of the token's header."""

    logto: Logto
    handle: str
    scope: str = ALL
    told: dict[str, Any] = field(default_factory=dict)
    typ: str | None = "at+jwt"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> Client:
        return Client()

    def token(self) -> str:
        state = self.logto.state
        now = int(state.now())
        claims: dict[str, Any] = {
            "jti": state.new_secret(21),
            "sub": state.person(self.handle).id,
            "iat": now,
            "exp": now + 3600,
            "scope": self.scope,
            "client_id": MOBILE_APP_ID,
            "iss": state.issuer,
            "aud": AUDIENCE,
        }
        claims = {name: value for name, value in (claims | self.told).items() if value is not None}
        return Keys(state.signing_keys).sign(claims, typ=self.typ)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token()}"} | self.headers
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api{path}", content, "application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("DELETE", path, body, **headers)

    def upload(self, path: str, picture: bytes, **form: Any) -> Any:
        sent = {"Authorization": f"Bearer {self.token()}"} | {
            name: form.pop(name) for name in [*form] if name[0].isupper()
        }
        headers = {name.replace("_", "-"): value for name, value in sent.items()}
        return self.client.post(f"/api{path}", form | {"picture": named_file(picture)}, headers=headers)

    def version(self) -> str:
        return str(self.get("/account")["ETag"])

    def id_token(self, nonce: str, told: dict[str, Any] | None = None) -> str:
        """Of a fresh sign-in in this app."""
        state, now = self.logto.state, int(self.logto.state.now())
        claims: dict[str, Any] = {
            "sub": state.person(self.handle).id,
            "aud": MOBILE_APP_ID,
            "iss": state.issuer,
            "iat": now,
            "exp": now + 3600,
            "auth_time": now,
            "nonce": nonce,
        }
        claims = {name: value for name, value in (claims | (told or {})).items() if value is not None}
        return Keys(state.signing_keys).sign(claims)

    def confirmed(self, purpose: str) -> str:
        """The id of a confirmation by a fresh sign-in, which is there for everybody."""
        nonce = self.post("/confirmations/sign-ins").json()["nonce"]
        answer = self.post("/confirmations", {"for": purpose, "idToken": self.id_token(nonce)})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])
