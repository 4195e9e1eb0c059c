"""Every address of the API, and what its views raise as an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from settings_app.api import (
    account,
    activity,
    alerts,
    apps,
    authenticators,
    confirmations,
    identifiers,
    identities,
    invitations,
    leaving,
    organizations,
    personal_access_tokens,
    photo,
    second_steps,
    sessions,
    sign_in_details,
)
from settings_app.api.bodies import StrictParser
from settings_app.api.description import completed
from settings_app.api.docs import view_of
from settings_app.api.fields import written
from settings_app.api.problems import Problem, Wrong, not_found, of_declined, of_logto
from settings_app.api.repeats import Repeated
from settings_app.logto.errors import LogtoError
from settings_app.safeguards.declined import Declined

RESOURCES = (
    account,
    photo,
    identifiers,
    sign_in_details,
    confirmations,
    authenticators,
    second_steps,
    identities,
    sessions,
    apps,
    personal_access_tokens,
    organizations,
    invitations,
    alerts,
    activity,
    leaving,
)


class AccountSettingsApi(NinjaAPI):
    """ninja's, without its pages of documentation and its answer at the root."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found: list[URLResolver | URLPattern] = []
        for bound in self._get_bound_routers():
            found.extend(bound.urls_paths(bound.prefix))
        return [*found, path("docs", view_of(self.described), name="docs")]

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        return "/api/"

    def get_operation_url_name(self, operation: Any, router: Any) -> str:
        return str(operation.url_name)

    def described(self) -> dict[str, Any]:
        """The whole description, as docs/openapi.json has it."""
        scopes = {
            (method.lower(), f"/api{bound.prefix}{place}"): operation.auth_callbacks[0].scope  # type: ignore[attr-defined]  # ours
            for bound in self._get_bound_routers()
            for place, view in bound.path_operations.items()
            for operation in view.operations
            for method in operation.methods
        }
        return completed(json.loads(json.dumps(self.get_openapi_schema())), scopes)

    def set_default_exception_handlers(self) -> None:
        """Those of this API; what is a fault of this site goes on to the gate."""
        for kind, answer in ANSWERS.items():
            self.add_exception_handler(kind, answer)


def of_wrong_body(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = tuple(Wrong(pointer_to(one["loc"]), f"field.{one['type']}", str(one["msg"])) for one in error.errors)
    return Problem(422, "values.refused", "The request is not as described.", {}, wrong).response()


def pointer_to(place: Sequence[str | int]) -> str:
    """A body has the name of its argument before its own names; what comes in addresses and forms has none."""
    names = place[2:] if place[0] == "body" else place[1:]
    return written(tuple(str(name) for name in names))


def of_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja's own: a body that is no JSON."""
    if error.status_code == 404:
        return not_found().response()
    return Problem(error.status_code, "body.unreadable", "The body must be JSON.").response()


ANSWERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    Problem: lambda request, problem: problem.response(),
    Repeated: lambda request, repeated: repeated.response(),
    Declined: lambda request, declined: of_declined(declined).response(),
    LogtoError: lambda request, error: of_logto(request, error).response(),
    ValidationError: of_wrong_body,
    HttpError: of_http_error,
}

api = AccountSettingsApi(
    title="Account settings API",
    version="1",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=StrictParser(),
)
for each in RESOURCES:
    api.add_router("", each.router)

urlpatterns = [path("api/", api.urls)]  # known to the gate alone
