"""The Management API of the embedded Logto: one module per area, put together here."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from accountsite.sandbox.access_tokens import check_access_token
from accountsite.sandbox.api import (
    account_center,
    application_looks,
    application_secrets,
    applications,
    assets,
    connectors,
    consent_organizations,
    consent_scopes,
    experience,
    experience_reset,
    hooks,
    identities,
    invitations,
    logs,
    mfa,
    organization_roles,
    organizations,
    passwords,
    personal_access_tokens,
    profile,
    profile_fields,
    resources,
    role_assignments,
    roles,
    sessions,
    sign_in_experience,
    tenant,
    users,
    verification_codes,
)
from accountsite.sandbox.api.errors import ApiError, BareError, TextError
from accountsite.sandbox.api.events import announce_answer
from accountsite.sandbox.api.json_body import read_json
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.web import Answer, Request

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto

PUBLIC = ("/api/.well-known/", "/api/status", "/api/experience", "/api/interaction/")
BODY_LIMIT_BYTES = 1024 * 1024
WITH_BODY = ("POST", "PUT", "PATCH")

AREAS = (
    users, profile, passwords, verification_codes, sign_in_experience, account_center, connectors, identities, mfa,
    sessions, roles, role_assignments, organizations, organization_roles, invitations, personal_access_tokens,
    applications, application_secrets, application_looks, consent_scopes, consent_organizations, resources, assets,
    profile_fields, hooks, logs, tenant, experience, experience_reset,
)  # fmt: skip
routes = Router().include(area.routes for area in AREAS)


def answer(logto: Logto, request: Request) -> Answer:
    """The answer to any request below `/api`."""
    try:
        answer = _dispatch(logto, request)
    except (ApiError, BareError, TextError) as error:
        answer = error.answer()
    return _with_etag(request, answer)


def _dispatch(logto: Logto, request: Request) -> Answer:
    found = routes.match(request.method, request.path)
    if found is None:
        raise TextError(405, "Method Not Allowed") if routes.knows(request.path) else TextError(404, "Not Found")
    route, names = found
    if not request.path.startswith(PUBLIC):
        names["token_subject"] = check_access_token(logto.state, request.headers.get("authorization"))
    call = Call(logto, request, names, _body(request), route.pattern)
    answer = route.handler(call)
    announce_answer(call, answer)
    return answer


def _body(request: Request) -> Any:
    """The JSON body; {} when there is none. Another content type arrives as text, which every guard refuses."""
    if request.method not in WITH_BODY or not request.body:
        return {}
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/"):
        return {}
    if len(request.body) > BODY_LIMIT_BYTES:
        raise TextError(404, "Not Found")
    if not content_type.startswith("application/json"):
        return request.body.decode("utf-8", "replace")
    return read_json(request.body)


def _with_etag(request: Request, answer: Answer) -> Answer:
    if request.method != "GET" or answer.status != 200:
        return answer
    digest = base64.b64encode(hashlib.sha1(answer.body, usedforsecurity=False).digest()).decode()[:27]
    etag = f'"{len(answer.body):x}-{digest}"'
    if request.headers.get("if-none-match") == etag:
        return Answer(304, (("etag", etag),))
    return Answer(answer.status, (*answer.headers, ("etag", etag)), answer.body)
