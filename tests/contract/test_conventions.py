"""Tokens, paths, bodies, pages and caching (docs/logto.md 0)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, plain_text, refusal


@pytest.mark.parametrize("path", ["/api/logs", "/api/organization-roles", "/api/roles"])
def test_pages_of_every_list_are_counted_from_one(api: Api, path: str) -> None:
    for query in ("page=0", "page_size=101"):
        assert refusal(api.get(f"{path}?{query}")) == (400, "guard.invalid_pagination")


def test_health_check_needs_no_token(api: Api) -> None:
    answer = api.get("/api/status", token=None)
    assert (answer.status_code, answer.content) == (204, b"")


def test_no_token(api: Api) -> None:
    assert refusal(api.get("/api/users", token=None)) == (401, "auth.authorization_header_missing")


@pytest.mark.parametrize("scheme", ["Basic", "bearer"])
def test_another_scheme(api: Api, scheme: str) -> None:
    answer = api.get("/api/users", headers={"Authorization": f"{scheme} {api.token}"})
    assert refusal(answer) == (401, "auth.authorization_token_type_not_supported")
    assert answer.json()["data"] == {"supportedTypes": ["Bearer"]}


def test_text_that_is_no_token(api: Api) -> None:
    answer = api.get("/api/users", token="abc")
    assert refusal(answer) == (401, "auth.unauthorized")
    assert answer.json()["data"]["code"] == "ERR_JWS_INVALID"


def test_token_with_another_signature(api: Api) -> None:
    head, body, signature = api.token.split(".")
    other = "A" if signature[0] != "A" else "B"
    answer = api.get("/api/users", token=f"{head}.{body}.{other}{signature[1:]}")
    assert refusal(answer) == (401, "auth.unauthorized")
    assert answer.json()["data"]["code"] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"


@pytest.mark.needs_tenant_to_change
def test_token_for_another_resource(api: Api, resource: dict[str, Any]) -> None:
    token = api.ask_token((api.app_id, api.app_secret), resource=resource["indicator"], scope="")
    answer = api.get("/api/users", token=token.json()["access_token"])
    assert refusal(answer) == (401, "auth.unauthorized")
    assert answer.json()["data"]["code"] == "ERR_JWT_CLAIM_VALIDATION_FAILED"
    assert answer.json()["data"]["claim"] == "aud"


def test_token_without_the_scope_all(api: Api) -> None:
    token = api.ask_token((api.app_id, api.app_secret), scope="").json()["access_token"]
    assert refusal(api.get("/api/users", token=token)) == (403, "auth.forbidden")


@pytest.mark.parametrize("token", ["ours", None])
def test_unknown_path(api: Api, token: str | None) -> None:
    assert plain_text(api.get("/api/nope", token=token)) == (404, "text/plain", "Not Found")


def test_known_path_with_another_method(api: Api) -> None:
    assert plain_text(api.put("/api/users", {})) == (405, "text/plain", "Method Not Allowed")


def test_path_that_only_the_docs_know(api: Api) -> None:
    answer = api.post("/api/verification/verification-codes", {"email": "x@example.test"})
    assert plain_text(answer) == (404, "text/plain", "Not Found")


def test_api_for_a_persons_own_token_refuses_the_machine(api: Api) -> None:
    assert refusal(api.post("/api/verifications/password", {"password": "x"})) == (401, "auth.unauthorized")


@pytest.mark.parametrize("body", ["{", '"x"'])
def test_body_that_is_no_json_object(api: Api, body: str) -> None:
    answer = api.call("POST", "/api/users", data=body, headers={"Content-Type": "application/json"})
    assert refusal(answer) == (400, None)
    assert set(answer.json()) == {"message"}


def test_list_instead_of_an_object(api: Api) -> None:
    assert guard_issues(api.post("/api/users", [])) == [("invalid_type", "")]


def test_another_content_type_arrives_as_text(api: Api, path: str) -> None:
    answer = api.call("PATCH", path, data='{"name":"X"}', headers={"Content-Type": "text/plain"})
    assert guard_issues(answer) == [("invalid_type", "")]
    assert answer.json()["data"]["issues"][0]["received"] == "string"


def test_body_over_a_megabyte(api: Api, path: str) -> None:
    answer = api.patch(f"{path}/custom-data", {"customData": {"a": "x" * 1_100_000}})
    assert plain_text(answer) == (404, "text/plain", "Not Found")


def test_body_of_a_delete_is_ignored(api: Api) -> None:
    assert refusal(api.delete("/api/users/nope", json={"x": 1})) == (404, "entity.not_found")


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=101", "page_size=0"])
def test_page_out_of_range(api: Api, query: str) -> None:
    assert refusal(api.get(f"/api/users?{query}")) == (400, "guard.invalid_pagination")


def test_pages_are_counted(api: Api, path: str) -> None:
    answer = api.get("/api/users?page=1&page_size=1")
    assert answer.status_code == 200
    assert len(answer.json()) == 1
    assert int(answer.headers["Total-Number"]) >= 1
    assert 'rel="first"' in answer.headers["Link"]
    assert "/api/" not in answer.headers["Link"]


def test_page_past_the_end(api: Api) -> None:
    answer = api.get("/api/users?page=99999&page_size=100")
    assert (answer.status_code, answer.json()) == (200, [])


def test_unchanged_answer_is_not_sent_again(api: Api, path: str) -> None:
    first = api.get(path)
    again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Cache-Control" not in first.headers
