"""The API's description (OpenAPI 3.1): what ninja reads from the views, and what is the same for every address."""

from __future__ import annotations

from typing import Any

from settings_app.api.problems import CONTENT_TYPE
from settings_app.api.request import SCOPES

Document = dict[str, Any]

PROBLEM: Document = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). `code` stays the same; `detail` is in the language that was asked for.",
    "required": ["type", "title", "status", "code", "detail", "request"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request": {"type": "string", "description": "Finds the call in the log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "The value that is meant (RFC 6901)."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "confirmation": {
            "type": "object",
            "description": "With the code confirmation.required: how the person can confirm.",
            "required": ["for", "methods", "page"],
            "properties": {
                "for": {"type": "string"},
                "methods": {"type": "array", "items": {"enum": ["password", "email", "phone", "sign-in"]}},
                "page": {"type": "string", "description": "Where they can do it themselves."},
            },
        },
    },
}
ALWAYS = {
    400: "The request cannot be read.",
    401: "No access token, one that is not good, or one of somebody who is shut out.",
    403: "The scope, the application, the tenant’s policy or a missing confirmation.",
    422: "A value is not taken, or the action said no.",
    429: "A limit is spent; Retry-After says when it opens again.",
    503: "Something that is needed does not answer; Retry-After says when to try again.",
}
OF_WRITES = {
    409: "It does not fit what is so, or the first request with this Idempotency-Key has no answer yet.",
    413: "The body is too large.",
}
NOT_FOUND = {404: "There is no such thing, or the API is turned off."}
OF_VERSIONS = {412: "The account was changed since it was read.", 428: "If-Match is missing."}
RETRY_HEADER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
CHALLENGE_HEADER = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "RFC 6750."}}
CONFIRMATION: Document = {
    "in": "header",
    "name": "Confirmation",
    "required": True,
    "schema": {"type": "string"},
    "description": "The id of a confirmation for this purpose.",
}
LANGUAGE: Document = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "schema": {"type": "string"},
    "description": "The language of texts for the person.",
}
REPEATS: Document = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "Sent again within 24 hours, the same request gets the same answer.",
}
VERSION: Document = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag of the account that was read.",
}


def completed(document: Document, scopes: dict[tuple[str, str], str]) -> Document:
    """`scopes` has the one that each method and path needs."""
    document["components"]["schemas"]["Problem"] = PROBLEM
    every = ALWAYS | NOT_FOUND | OF_WRITES | OF_VERSIONS
    document["components"]["responses"] = {name_of(status): problem(status, every[status]) for status in sorted(every)}
    document["components"]["parameters"] = {one["name"]: one for one in (CONFIRMATION, LANGUAGE, REPEATS, VERSION)}
    document["components"]["securitySchemes"] = {
        "AccessToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token of the person for this API, from Logto. Scopes: "
            + ", ".join(f"`{name}` ({meaning.lower()})" for name, meaning in SCOPES.items()),
        }
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            complete(operation, method, path, scopes[method, path])
    return document


def complete(operation: Document, method: str, path: str, scope: str) -> None:
    writes = method != "get"
    has_version = (method, path) == ("patch", "/api/account")
    statuses = sorted({*ALWAYS, *NOT_FOUND, *(OF_WRITES if writes else ()), *(OF_VERSIONS if has_version else ())})
    operation["responses"] |= {str(status): reference("responses", name_of(status)) for status in statuses}
    headers = [LANGUAGE, *([REPEATS] if writes else []), *([VERSION] if has_version else [])]
    headers += [CONFIRMATION] if operation.pop("x-confirmed", False) else []
    operation["parameters"] = [
        *operation.get("parameters", []),
        *(reference("parameters", one["name"]) for one in headers),
    ]
    if path == "/api/account":
        operation["responses"]["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    operation["security"] = [{"AccessToken": []}]
    operation["x-required-scope"] = scope
    operation["operationId"] = operation["operationId"].removeprefix("settings_app_api_")


def reference(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def name_of(status: int) -> str:
    return f"Problem{status}"


def problem(status: int, words: str) -> Document:
    found: Document = {
        "description": words,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    headers = (CHALLENGE_HEADER if status in (401, 403) else {}) | (RETRY_HEADER if status in (429, 503) else {})
    return found | ({"headers": headers} if headers else {})
