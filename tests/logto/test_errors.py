"""Every kind of answer becomes the one exception that says what it means."""

from __future__ import annotations

import pytest
import responses

from settings_app.logto.errors import (
    LogtoError,
    Misconfigured,
    NotFound,
    Refused,
    TooManyRequests,
    Unavailable,
    error_for,
)
from settings_app.logto.tenant import Tenant

STATUSES = [
    (400, {"code": "guard.invalid_input"}, Refused),
    (400, {"message": "Unexpected token"}, Refused),
    (401, {"code": "auth.unauthorized"}, Misconfigured),
    (401, None, Misconfigured),
    (401, {"code": "connector.social_auth_code_invalid"}, Refused),
    (401, {"code": "connector.social_invalid_id_token"}, Refused),
    (403, {"code": "auth.forbidden"}, Misconfigured),
    (403, {"code": "role.internal_role_violation"}, Refused),
    (404, {"code": "entity.not_found"}, NotFound),
    (404, {"code": "user.identity_not_exist"}, NotFound),
    (404, None, NotFound),
    (405, None, Refused),
    (409, {"code": "entity.conflict"}, Refused),
    (422, {"code": "user.email_already_in_use"}, Refused),
    (429, {"code": "request.message_rate_limited"}, TooManyRequests),
    (500, {"message": "Internal server error."}, Unavailable),
    (500, {"code": "oidc.failed_to_revoke_grant"}, Unavailable),
    (501, {"code": "connector.not_implemented"}, Refused),
    (501, None, Unavailable),
    (502, None, Unavailable),
    (503, None, Unavailable),
    (504, None, Unavailable),
    (302, None, Misconfigured),
]


@pytest.mark.parametrize(("status", "body", "expected"), STATUSES)
def test_each_status_has_its_class(status: int, body: object, expected: type[LogtoError]) -> None:
    error = error_for("PATCH", "/api/users/{id}", status, body)
    assert type(error) is expected
    assert error.status == status
    assert error.code == (body.get("code", "") if isinstance(body, dict) and status != 302 else error.code)


def test_a_refusal_names_the_fields_that_logto_could_not_take() -> None:
    body = {
        "code": "guard.invalid_input",
        "data": {"issues": [{"path": ["profile", "address", "region"]}, {"path": []}, 5]},
    }
    error = error_for("PATCH", "/api/users/{id}", 400, body)
    assert isinstance(error, Refused)
    assert error.fields == ("profile.address.region",)


def test_a_refusal_with_odd_content_is_still_a_refusal() -> None:
    bodies: list[object] = [
        [],
        "text",
        5,
        {"data": []},
        {"data": {"issues": {}}},
        {"code": {"a": 1}},
        {"code": "line\nbreak"},
    ]
    errors = [error_for("GET", "/api/users/{id}", 400, body) for body in bodies]
    assert {(type(error), error.code) for error in errors} == {(Refused, "")}


def test_a_text_that_is_no_code_is_not_taken_for_one() -> None:
    error = error_for("POST", "/api/users/{id}/identities", 400, {"code": "connector.general\nWARNING forged log line"})
    assert "forged" not in str(error)


def test_how_long_to_wait_is_told_when_logto_says_so() -> None:
    told = error_for("POST", "/api/verification-codes", 429, None, retry_after="30")
    silent = error_for("POST", "/api/verification-codes", 429, None, retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    assert isinstance(told, TooManyRequests)
    assert isinstance(silent, TooManyRequests)
    assert (told.retry_after, silent.retry_after) == (30, 0)


@pytest.mark.parametrize(("status", "may_have_happened"), [(500, False), (502, True), (503, True), (504, True)])
def test_only_a_gateway_leaves_open_whether_a_write_happened(status: int, may_have_happened: bool) -> None:
    error = error_for("PATCH", "/api/users/{id}", status, None)
    assert isinstance(error, Unavailable)
    assert error.may_have_happened is may_have_happened


def test_an_error_shows_where_and_why_and_no_content(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.post(
        "https://logto.test/api/users/ada/identities",
        status=400,
        json={"code": "connector.general", "message": "provider-code", "data": {"message": "provider-code"}},
        headers={"Logto-Core-Request-Id": "request-7"},
    )
    with pytest.raises(Refused) as caught:
        tenant.account("ada").connect("google", {"code": "provider-code"}, redirect_uri="https://account.test/cb")
    assert str(caught.value) == "POST /api/users/{id}/identities 400 connector.general request-7"
    assert repr(caught.value) == "<Refused: POST /api/users/{id}/identities 400 connector.general request-7>"
    assert "provider-code" not in repr(vars(caught.value)) + repr(caught.value.args)
