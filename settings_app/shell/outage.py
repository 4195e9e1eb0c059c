"""A database that cannot be reached: 503, a reference and one log line; what changes nothing is tried once more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from settings_app import tracing
from settings_app.formats import closed_up
from settings_app.shell.logs import method_of, route_of

AWAY = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = 5
TRIED_AGAIN_WITHIN_SECONDS = 3.0  # whoever has waited for longer is told
CHANGES_NOTHING = ("GET", "HEAD")

log = logging.getLogger(__name__)

Next = Callable[[HttpRequest], HttpResponse]


class OutageMiddleware:
    """A database that was restarted has closed its connections: a page is made once more over a new one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        if not isinstance(response, OutageResponse):
            return response
        may_try_again = time.monotonic() - began < TRIED_AGAIN_WITHIN_SECONDS
        # guard: only-what-changes-nothing-is-tried-again
        if request.method not in CHANGES_NOTHING:
            may_try_again = False
        if may_try_again:
            connection.close_if_unusable_or_obsolete()
            response = self.get_response(request)
        if isinstance(response, OutageResponse):
            log.error(
                "%s %s failed, the database cannot be reached: %s", method_of(request), route_of(request), response.why
            )
        return response


class OutageResponse(HttpResponse):
    """The page that says so, made without session and database."""

    _has_been_logged = True  # Django's own line would bring a traceback for each request

    def __init__(self, request: HttpRequest, failure: BaseException) -> None:
        text = [_("We can’t reach our database. Try again in a moment.")]
        if request.method not in CHANGES_NOTHING:
            text.append(_("If you were changing something, check whether it was changed before you try again."))
        context = {"title": _("Something went wrong"), "text": text, "reference": tracing.request_id()}
        super().__init__(closed_up(render_to_string("500.html", context)), status=503)
        self["Retry-After"] = str(RETRY_AFTER_SECONDS)
        self.why = f"{type(failure).__name__}: {str(failure).partition(chr(10))[0]}"
