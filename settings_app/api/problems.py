"""What went wrong, as problem details (RFC 9457): a code that stays the same, and the sentence that the pages say.

What is wrong with the request itself is for whoever writes the app, and in English.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app import tracing
from settings_app.logto.errors import LogtoError, TooManyRequests
from settings_app.safeguards.declined import Declined, Interrupted, TooManyAttempts
from settings_app.safeguards.perform import may_have_changed, was_lost
from settings_app.shell import outage
from settings_app.shell.logs import method_of, route_of

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 30
CHALLENGE = "Bearer"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wrong:
    """One value of the request that is not taken: where it stands (RFC 6901), and why."""

    pointer: str
    code: str
    detail: str


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818  # the word of the RFC
    """Raised by whatever serves the API, and answered as it is."""

    status: int
    code: str
    detail: str | Promise = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Wrong, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        response = HttpResponse(status=self.status, content_type=CONTENT_TYPE, headers=dict(self.headers))
        told: dict[str, Any] = {
            "type": "about:blank",
            "title": response.reason_phrase,
            "status": self.status,
            "code": self.code,
            "detail": str(self.detail),
            "request": tracing.request_id(),
        }
        told |= self.more
        if self.errors:
            told["errors"] = [vars(one) for one in self.errors]
        response.content = json.dumps(told, ensure_ascii=False)
        return response


def unauthorized(code: str, detail: str | Promise) -> Problem:
    """Without a token the challenge says no more (RFC 6750, 3.1)."""
    challenge = CHALLENGE if code == "token.missing" else f'{CHALLENGE} error="invalid_token"'
    return Problem(401, code, detail, {"WWW-Authenticate": challenge})


def insufficient_scope(scope: str) -> Problem:
    challenge = f'{CHALLENGE} error="insufficient_scope", scope="{scope}"'
    return Problem(403, "token.scope", f"The access token needs the scope {scope}.", {"WWW-Authenticate": challenge})


def not_found() -> Problem:
    return Problem(404, "not_found", "There is nothing at this address.")


def wrong_values(errors: Iterable[Wrong]) -> Problem:
    return Problem(
        422, "values.refused", _("That couldn’t be saved. Check what you typed and try again."), {}, tuple(errors)
    )


def of_declined(declined: Declined, pointer: str = "") -> Problem:
    """This site's own no, in the words of its page."""
    if isinstance(declined, TooManyAttempts):
        return Problem(429, declined.code, declined.text, {"Retry-After": str(declined.wait_seconds)})
    if isinstance(declined, Interrupted):
        return Problem(503, declined.code, declined.text, {"Retry-After": str(RETRY_SECONDS)})
    wrong = (Wrong(pointer, declined.code, str(declined.text)),) if pointer else ()
    return Problem(422, declined.code or "declined", declined.text, {}, wrong)


def unconfirmed(headers: Mapping[str, str]) -> Problem:
    """Something was changed, or nobody knows."""
    text = _("We lost the connection and couldn’t confirm the change. Reload the page to see what was saved.")
    return Problem(503, "unconfirmed", text, headers)


def of_logto(request: HttpRequest, error: LogtoError) -> Problem:
    """Where Logto failed; its own words are never shown."""
    log.warning("%s %s failed: %s", method_of(request), route_of(request), error)
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(error, TooManyRequests):
        text = _("Too many requests right now. Wait a moment, then try again. Nothing was saved.")
        return Problem(429, "too_many_requests", text, headers)
    if request.method in outage.CHANGES_NOTHING:
        text = _("The service that holds your account isn’t responding. Your account is safe; we just can’t show it.")
        return Problem(503, "unavailable", text, headers)
    actor = getattr(request, "actor", None)
    # guard: what-was-changed-is-not-said-to-be-unchanged
    if was_lost(error) or (actor is not None and may_have_changed(actor)):
        return unconfirmed(headers)
    return Problem(
        503, "unavailable", _("We can’t save right now. Nothing was changed. Try again in a moment."), headers
    )
