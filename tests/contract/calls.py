"""How the contract tests call a tenant, and how they read its refusals."""

from __future__ import annotations

from typing import Any

import requests

from tests.contract import witness

TIMEOUT_SECONDS = 30


class Api:
    """Requests below one tenant's endpoint, with a machine token unless told otherwise."""

    def __init__(self, endpoint: str, resource: str, app_id: str, app_secret: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.resource = resource
        self.app_id = app_id
        self.app_secret = app_secret
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = ""

    def ask_token(self, auth: tuple[str, str] | None = None, **form: str) -> requests.Response:
        """POST /oidc/token for a machine; `form` replaces or adds fields, "" leaves one out."""
        fields = {"grant_type": "client_credentials", "resource": self.resource, "scope": "all"} | form
        fields = {name: value for name, value in fields.items() if value}
        return self.call("POST", "/oidc/token", token=None, data=fields, auth=auth)

    def sign_in(self) -> None:
        self.token = self.ask_token((self.app_id, self.app_secret)).json()["access_token"]

    def call(self, method: str, path: str, *, token: str | None = "ours", **request: Any) -> requests.Response:
        headers = dict(request.pop("headers", None) or {})
        if token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token if token == 'ours' else token}")
        answer = self.session.request(
            method, self.endpoint + path, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **request
        )
        witness.note(method, path, answer)
        return answer

    def get(self, path: str, **request: Any) -> requests.Response:
        return self.call("GET", path, **request)

    def post(self, path: str, json: Any = None, **request: Any) -> requests.Response:
        return self.call("POST", path, json=json, **request)

    def patch(self, path: str, json: Any = None, **request: Any) -> requests.Response:
        return self.call("PATCH", path, json=json, **request)

    def put(self, path: str, json: Any = None, **request: Any) -> requests.Response:
        return self.call("PUT", path, json=json, **request)

    def delete(self, path: str, **request: Any) -> requests.Response:
        return self.call("DELETE", path, **request)


def refusal(answer: requests.Response) -> tuple[int, str | None]:
    """Status and code; None for a body without a code. The message is never compared."""
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return answer.status_code, None
    return answer.status_code, answer.json().get("code")


def plain_text(answer: requests.Response) -> tuple[int, str, str]:
    """Status, media type and body of an answer that is no JSON."""
    return answer.status_code, answer.headers["content-type"].split(";")[0], answer.text


def guard_issues(answer: requests.Response) -> list[tuple[str, str]]:
    """The issues of a `guard.invalid_input` refusal as (issue code, path with dots)."""
    assert refusal(answer) == (400, "guard.invalid_input")
    body = answer.json()
    assert set(body) == {"code", "message", "data", "details"}
    assert body["data"]["name"] == "ZodError"
    return [(issue["code"], ".".join(str(part) for part in issue["path"])) for issue in body["data"]["issues"]]
