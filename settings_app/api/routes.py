"""Every address of the API, and what its views raise as an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from settings_app.api import account
from settings_app.api.problems import Problem, Wrong, not_found, of_declined, of_logto
from settings_app.api.repeats import Repeated
from settings_app.logto.errors import LogtoError
from settings_app.safeguards.declined import Declined

ROUTERS = (account.router,)


class AccountSettingsApi(NinjaAPI):
    """ninja's, without its pages of documentation and its answer at the root."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found: list[URLResolver | URLPattern] = []
        for bound in self._get_bound_routers():
            found.extend(bound.urls_paths(bound.prefix))
        return found

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        return "/api/"

    def get_operation_url_name(self, operation: Any, router: Any) -> str:
        return str(operation.url_name)

    def set_default_exception_handlers(self) -> None:
        """Those of this API; what is a fault of this site goes on to the gate."""
        for kind, answer in ANSWERS.items():
            self.add_exception_handler(kind, answer)


def of_wrong_body(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = tuple(
        Wrong("".join(f"/{part}" for part in one["loc"][2:]), f"field.{one['type']}", str(one["msg"]))
        for one in error.errors
    )
    return Problem(422, "values.refused", "The request is not as described.", {}, wrong).response()


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
    title="Account settings API", version="1", docs_url=None, openapi_url=None, urls_namespace="api"
)
for each in ROUTERS:
    api.add_router("", each)
