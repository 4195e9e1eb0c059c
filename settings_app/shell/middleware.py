"""What every request passes, in this order: its site, the policies of the answer, the session, the person."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound, UnreadablePostError
from django.urls import resolve
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from settings_app import metering, spans, tracing
from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.read_only import OnlyReads
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.safeguards import limits, undo
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit
from settings_app.session import BROWSER, SessionStore, signed_in
from settings_app.shell import administration, drafts, errors, frames, language, logto_session, many_fields, preview
from settings_app.shell.http import AccountRequest, actor_on
from settings_app.shell.logs import method_of, route_of
from settings_app.shell.places import Places
from settings_app.shell.reads import Reads
from settings_app.sites import site_for

ANY_HOST = ("/healthz", "/readyz", "/statusz", "/.well-known/site-check")
NOT_FOUND, METHOD_NOT_ALLOWED, SERVER_ERROR = 404, 405, 500
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")

if TYPE_CHECKING:
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)

Next = Callable[[AccountRequest], HttpResponse]


def as_ours(request: HttpRequest) -> AccountRequest:
    return cast("AccountRequest", request)


class SiteMiddleware:
    """Finds the site by the request's host. An unknown host gets a bare 404: no page, no cookie."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.places = Places(settings.WEB_THREADS, is_alone=not settings.SITES_FILE)

    def __call__(self, request: AccountRequest) -> HttpResponse:
        with tracing.of_request(request.headers.get(tracing.HEADER, "")) as request_id:
            response = self.answer(request)
            response[tracing.HEADER] = request_id
            return response

    def answer(self, request: AccountRequest) -> HttpResponse:
        if request.path_info in ANY_HOST:
            view: Next = resolve(request.path_info).func  # asked by whoever watches the process, by address or name
            return view(request)
        began = time.monotonic()
        site = site_for(request.META.get("HTTP_HOST", request.META.get("SERVER_NAME", "")), settings.SITES)
        # guard: unknown-host
        if site is None:
            return HttpResponseNotFound(content_type="text/plain")
        request.site = site
        # The scheme is the configured one: behind a proxy the connection itself says http.
        request.META["wsgi.url_scheme"] = site.scheme
        with tracing.of_site(site.host), self.places.one(site.host) as is_free, spans.of_request() as span:
            # guard: threads-left-to-other-sites
            if not is_free:
                return counted(request, busy(), began, span)
            return counted(request, self.get_response(request), began, span)


def counted(request: AccountRequest, response: HttpResponse, began: float, span: Span | None) -> HttpResponse:
    seconds = time.monotonic() - began
    if span is not None:
        spans.request_answered(span, route_of(request), method_of(request), response.status_code)
    metering.request_answered(page_of(request), method_of(request), response.status_code, seconds)
    return response


def page_of(request: AccountRequest) -> str:
    """The url name of the page; empty for a file, and for an address that is none."""
    found = request.resolver_match
    return found.view_name if found else ""


def busy() -> HttpResponse:
    """Without session or page: whoever made the site busy gets as little of it as can be."""
    log.warning("too many requests of this site are under way")
    words = "This site is busy. Try again in a moment."
    return HttpResponse(words, status=503, content_type="text/plain", headers={"Retry-After": "2"})


class PolicyMiddleware(MiddlewareMixin):
    """Content security policy of the site, no caching of any page, and `Vary` on what htmx asks."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        site = as_ours(request).site
        if site.frame_ancestors:
            response.xframe_options_exempt = True  # type: ignore[attr-defined]  # the policy below says who may frame it
        if not response.has_header("Cache-Control"):
            # guard: no-store
            response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ("HX-Request",))
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        is_djangos_own = settings.DEBUG and response.status_code in (NOT_FOUND, SERVER_ERROR)
        if not is_djangos_own and not response.has_header(POLICY):
            response[POLICY] = policy_of(site.logto_origin, site.frame_ancestors)
        return response


@lru_cache(maxsize=256)
def policy_of(logto_origin: str, frame_ancestors: tuple[str, ...]) -> str:
    # Chromium checks form-action on the redirect after a POST too, and signing in and out redirect to Logto.
    more = {"form-action": [logto_origin]}
    if logto_origin.startswith(("http://localhost", "http://127.0.0.1")):
        more["img-src"] = [logto_origin]  # the sandbox keeps its pictures there
    return build_policy(update=more, replace={"frame-ancestors": list(frame_ancestors)} if frame_ancestors else None)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, with a store that knows its site; a session that another tab renewed gives a reload, never an error."""

    def process_request(self, request: HttpRequest) -> None:
        request.session = SessionStore(session_id_in(request), site=as_ours(request).site.host)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = as_ours(request).session
        try:
            response = super().process_response(request, response)
        except SessionInterrupted:
            # The view has run: what it wrote to Logto stands.
            return errors.reload_page(as_ours(request), may_have_written=request.method not in SAFE_METHODS)
        # The browser has the new id by now; this late answer to the old one must not take it away.
        # Somebody who is signing in again is not late.
        # guard: late-answer-keeps-new-cookie
        if session.was_rotated and "subject" not in session and BROWSER not in session:
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        frames.partition_cookie(request, response)
        return response


def session_id_in(request: HttpRequest) -> str | None:
    """What the browser holds under exactly the name of our cookie.

    Django takes every kind of space off a name. Browsers do not, so to them a `__Host-` name behind such a space is an
    ordinary one, which a sibling host may set for the whole domain: people would go on in a session of somebody else.
    """
    name = settings.SESSION_COOKIE_NAME
    pairs = [pair.partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";")]
    # guard: cookie-of-exactly-this-name
    pairs = [pair for pair in pairs if pair[0].strip(" \t") == name]
    return pairs[-1][2].strip(" \t") if pairs else None


class AccountMiddleware:
    """Allows only people who are signed in, and puts `account`, `person` and `actor` on the request.

    A view is for signed-in people unless it says `@public`. The person is read while the view begins; a write waits.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: AccountRequest) -> HttpResponse:
        response = self.get_response(request)
        # The person is looked at also where the page itself never did.
        gone = self.told_if_gone(request) or self.told_if_over(request)
        response = gone or response
        is_noted = gone is None and request.__dict__.get("person") is not None
        # Whoever has just deleted the account has left nothing to note.
        # guard: signed-out-person-is-noted-no-more
        is_noted = is_noted and signed_in(request) is not None
        if is_noted:
            note_what_is_held(request)
        return errors.wrong_method(request, response) if response.status_code == METHOD_NOT_ALLOWED else response

    def process_view(
        self, request: AccountRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        look = request.__dict__.get("preview")
        if look is None and getattr(view, "is_public", False):
            if getattr(view, "greets", False):
                greet(request)
            return None
        # Before anything is read, so that nothing tells it from an address that does not exist.
        # guard: admin-area-is-not-there-for-others
        if administration.is_for_admins(view) and not administration.may_ask(request):
            return errors.not_found(request)
        if signed_in(request) is not None and request.method not in SAFE_METHODS:
            try:
                # guard: session-of-when-the-form-has-come
                read_session_after_form(request, view)
            except UnreadablePostError:
                return errors.bad_request(request)
        who = signed_in(request)
        # guard: signed-in
        if who is None:
            return self.sign_in_first(request)
        request.signed_in = who
        drafts.drop_stale(request)
        tenant = Tenant.of(request.site)
        request.account = tenant.account(who.subject)
        person = tenant.start(request.account.person)
        request.looking = logto_session.look(request)
        if look is not None or administration.is_for_admins(view):
            request.roles = tenant.start(request.account.roles)
        if look is None and request.method != "POST":  # what a form decides on is read afresh
            request.begun = Reads(request.account, getattr(view, "begins", ()))
        tenant.warm()
        request.person = cast("Person", SimpleLazyObject(lambda: still_there(person.required)))
        follow_account(request)
        request.actor = actor_on(request, request.account, request.person)
        if look is not None:
            return self.let_look(request, look)
        if request.method not in SAFE_METHODS:
            # guard: person-read-before-write
            if gone := self.told_if_gone(request):
                return gone
            # guard: ended-at-logto-writes-nothing
            if logto_session.is_over(request, request.looking):
                return self.sign_in_first(request)
            # guard: posts-limited
            return self.told_to_wait(request)
        return None

    def let_look(self, request: AccountRequest, look: preview.Look) -> HttpResponse | None:
        """An administrator looks at somebody's account, unless they are gone or signed out themselves."""
        if gone := self.told_if_gone(request):
            return gone
        if logto_session.is_over(request, request.looking):
            return self.sign_in_first(request)
        try:
            return preview.enter(request, look)
        except (LogtoError, TooManyAttempts) as exception:
            return self.process_exception(request, exception)

    def told_if_over(self, request: AccountRequest) -> HttpResponse | None:
        """For a page that was opened; a form was looked at before it was taken."""
        looking = request.__dict__.get("looking")
        if request.method not in SAFE_METHODS or not logto_session.is_over(request, looking):
            return None
        return errors.sign_in_first(request)

    def told_to_wait(self, request: AccountRequest) -> HttpResponse | None:
        """Each thing that can be repeated counts; what costs more has tighter limits of its own."""
        try:
            limits.spend(request.actor, Limit.POST)
        except TooManyAttempts as exception:
            return errors.wait_first(request, exception)
        return None

    def sign_in_first(self, request: AccountRequest) -> HttpResponse:
        if request.session.was_rotated:
            return errors.reload_page(request)
        drafts.keep_for_ended_session(request)
        return errors.sign_in_first(request)

    def process_exception(self, request: AccountRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PersonGone):
            return errors.person_gone(request, suspended=exception.suspended)
        if isinstance(exception, LogtoError):
            return errors.logto_failed(request, exception)
        if isinstance(exception, TooManyAttempts):
            return errors.wait_first(request, exception)
        if isinstance(exception, OnlyReads) and (look := request.__dict__.get("preview")):
            return preview.refused(request, request.admin, look)
        if isinstance(exception, UnreadablePostError):
            return errors.bad_request(request)  # the connection dropped half-way: nobody waits for the answer
        return None

    def told_if_gone(self, request: AccountRequest) -> HttpResponse | None:
        """Waits for the person that is being read; a page when there is nobody, or Logto does not say."""
        person = request.__dict__.get("person")
        if person is None:
            return None
        try:
            bool(person)
        except (PersonGone, LogtoError) as exception:
            return self.process_exception(request, exception)
        return None


def greet(request: AccountRequest) -> None:
    """Puts the person on a page for everybody; whoever cannot be read, or is gone, sees it as everybody does."""
    who = signed_in(request)
    if who is None:
        return
    request.signed_in, request.account = who, Tenant.of(request.site).account(who.subject)
    looking = logto_session.look(request)
    try:
        person = still_there(request.account.person)
    except (PersonGone, LogtoError):
        return
    # guard: greets-nobody-who-is-signed-out
    if logto_session.is_over(request, looking):
        return
    request.person = person
    follow_account(request)
    request.actor = actor_on(request, request.account, person)


def note_what_is_held(request: AccountRequest) -> None:
    """The page is made by now: when Logto cannot be asked again, the next one notes it."""
    try:
        # guard: what-the-account-holds-is-noted
        undo.note(request.actor)
    except LogtoError as error:
        log.info("what the account holds was not noted: %s", error)


def follow_account(request: AccountRequest) -> None:
    """The first page after signing in learns the language of the account; where Logto is down, a later one does."""
    if language.CHOSEN not in request.session:
        with contextlib.suppress(PersonGone, LogtoError):
            language.follow_account(request, request.person.profile.locale)


def read_session_after_form(request: AccountRequest, view: Callable[..., Any]) -> None:
    """A form may come in as slowly as its sender likes; whoever was signed out meanwhile writes nothing with it."""
    many_fields.read_form(request, view)
    request.session = SessionStore(request.session.session_key, site=request.site.host)


class PersonGone(Exception):  # noqa: N818  # it says what is so, as Django's own Http404 does
    """The person of this session was suspended or deleted in Logto."""

    def __init__(self, *, suspended: bool) -> None:
        super().__init__("suspended" if suspended else "deleted")
        self.suspended = suspended


def still_there(read: Callable[[], Person]) -> Person:
    try:
        person = read()
    except NotFound as error:
        raise PersonGone(suspended=False) from error
    # guard: suspended-person
    if person.is_suspended:
        raise PersonGone(suspended=True)
    return person
