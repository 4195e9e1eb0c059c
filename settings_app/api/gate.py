"""Where the API stands apart from the pages: no cookie, exact origins, and an answer in JSON whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from settings_app import languages
from settings_app.api import repeats
from settings_app.api.problems import CONTENT_TYPE, Problem, not_found
from settings_app.shell import language, outage
from settings_app.shell.logs import method_of, route_of
from settings_app.shell.middleware import note_what_is_held

if TYPE_CHECKING:
    from settings_app.api.request import ApiRequest

PREFIX = "/api/"
METHODS = "GET, POST, PUT, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, Accept-Language, If-Match, Idempotency-Key, Confirmation"
EXPOSED = "ETag, Location, Retry-After, WWW-Authenticate, Idempotency-Replayed, X-Request-ID"
PREFLIGHT_SECONDS = 600
# Its addresses, and the libraries behind them, are loaded where a site has it on: they take a sixth of a start.
ROUTES = "settings_app.api.routes"

log = logging.getLogger(__name__)

Next = Callable[["ApiRequest"], HttpResponseBase]


class ApiMiddleware:
    """Answers everything below /api/ itself: what follows reads the session and its cookie."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        if any(site.api_enabled for site in settings.SITES):
            import_module(ROUTES)

    def __call__(self, request: ApiRequest) -> HttpResponseBase:
        # guard: api-reads-no-cookie
        if request.path_info.startswith(PREFIX):
            return self.answer(request)
        return self.get_response(request)

    def answer(self, request: ApiRequest) -> HttpResponse:
        code = language.wanted_without_session(request)
        with translation.override(code):
            response = answered(request)
            repeats.end(request, response)
        response["Content-Language"] = languages.tag_of(code)
        patch_vary_headers(response, ("Accept-Language", "Authorization", "Origin"))
        return with_origin(request, response)


def answered(request: ApiRequest) -> HttpResponse:
    # guard: api-is-off-by-default
    if not request.site.api_enabled:
        return not_found().response()
    try:
        found = resolve(request.path_info, ROUTES)
    except Resolver404:
        return not_found().response()
    request.resolver_match, request.is_noted = found, False
    if is_preflight(request):
        return HttpResponse(status=204)
    try:
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        if response.status_code == 405:
            return not_allowed(response)
        if request.is_noted:
            note_what_is_held(request)
    except outage.AWAY as failure:
        return ApiOutage(request, failure)
    except RequestDataTooBig:
        return Problem(413, "body.too_large", "The request is too large.").response()
    except UnreadablePostError:
        return Problem(400, "body.unreadable", "The request did not arrive whole.").response()
    except (SuspiciousOperation, BadRequest, MultiPartParserError):
        # Too many fields or files, or a form that is none: nobody's fault here, so nobody is woken up by it.
        return Problem(400, "request.unreadable", "The request cannot be read.").response()
    except Exception:
        log.exception("%s %s failed", method_of(request), route_of(request))
        got_request_exception.send(sender=ApiMiddleware, request=request)
        return Problem(
            500, "failed", translation.gettext("This is our problem, not yours. Try again in a moment.")
        ).response()
    return response


def not_allowed(refused: HttpResponse) -> HttpResponse:
    return Problem(405, "method.refused", "This address takes other methods.", {"Allow": refused["Allow"]}).response()


class ApiOutage(outage.OutageResponse):
    """The database is away: reading is tried once more by the middleware above, as for a page."""

    def __init__(self, request: ApiRequest, failure: BaseException) -> None:
        super().__init__(request, failure)
        told = Problem(503, "unavailable", translation.gettext("We can’t reach our database. Try again in a moment."))
        self.content = told.response().content
        self["Content-Type"] = CONTENT_TYPE


def is_preflight(request: ApiRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def with_origin(request: ApiRequest, response: HttpResponse) -> HttpResponse:
    """What a page of another origin may read; without credentials, of which there are none (Fetch, CORS protocol)."""
    origin = request.headers.get("Origin", "")
    # guard: api-origins-are-exact
    if not request.site.api_enabled or origin not in request.site.api_origins:
        return response
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Expose-Headers"] = EXPOSED
    if is_preflight(request):
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = HEADERS
        response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response
