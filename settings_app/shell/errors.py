"""Pages for what went wrong, each with an honest status and a way on. None of them asks Logto for anything."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from settings_app import tracing
from settings_app.formats import closed_up
from settings_app.logto.errors import LogtoError, TooManyRequests, Unavailable
from settings_app.logto.looks import dressed
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.perform import may_have_changed
from settings_app.session import sign_out, signed_in
from settings_app.shell import drafts, language, outage
from settings_app.shell.http import AccountRequest
from settings_app.shell.logs import method_of, route_of

RETRY_SECONDS = 30
RELOADS = "reloads"  # the parameter that counts how often the page of `reload_page` has loaded itself again
MOST_RELOADS = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Action:
    """A way on. `external` addresses leave this site: a plain link, never swapped in."""

    url: str
    label: str
    primary: bool = True
    external: bool = False


def page(
    request: AccountRequest,
    status: int,
    title: str,
    text: list[str],
    actions: list[Action],
    *,
    reference: str = "",
    icon: str = "",
) -> HttpResponse:
    """An error page in the site's own look, without anything read from Logto."""
    request.person = None  # type: ignore[assignment]  # whatever was being read is not wanted here
    context = {"title": title, "text": text, "actions": actions, "reference": reference, "icon": icon}
    return HttpResponse(closed_up(render_to_string("error.html", context, request)), status=status)


def here(request: AccountRequest) -> str:
    """The address to come back to: the page itself, or for a form the page that shows it."""
    # guard: no-provider-code-in-addresses
    if is_marked(request, "keeps_query_to_itself"):
        return request.path
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path


def is_marked(request: AccountRequest, mark: str) -> bool:
    """Whether the view of this address carries the mark, one of `shell/http.py`."""
    return bool(request.resolver_match and getattr(request.resolver_match.func, mark, False))


def sign_in_first(request: AccountRequest, *, reason: str = "") -> HttpResponse:
    """To the landing page. `reason` is one of its words for why: "ended" or "renewed"."""
    query = {"next": without_reloads(here(request))}
    if reason := reason or ("ended" if request.session.ended_subject else ""):
        query["reason"] = reason
    address = f"{reverse('sign_in')}?{urlencode(query | language.as_query(request))}"
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def reload_page(request: AccountRequest, *, may_have_written: bool = False) -> HttpResponse:
    """Another tab renewed the session while this request was on its way: the browser has the new cookie by now.

    A browser that never got it would reload for ever: after two reloads it signs in again.
    """
    if request.htmx:
        return HttpResponseClientRefresh()
    reloads = request.GET.get(RELOADS, "")
    if request.method in ("GET", "HEAD") and reloads == str(MOST_RELOADS):
        return sign_in_first(request, reason="renewed")
    response = page(
        request,
        409,
        _("This page was updated in another tab"),
        [
            _("Reload it to see what was saved.")
            if may_have_written
            else _("Reload it to carry on. Nothing was changed.")
        ],
        [Action(without_reloads(here(request)), _("Reload"))],
    )
    if request.method in ("GET", "HEAD"):
        response["Refresh"] = f"1; url={with_reloads(here(request), 2 if reloads == '1' else 1)}"
    return response


def without_reloads(address: str) -> str:
    path, _mark, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != RELOADS]
    return f"{path}?{urlencode(kept)}" if kept else path


def with_reloads(address: str, count: int) -> str:
    plain = without_reloads(address)
    return f"{plain}{'&' if '?' in plain else '?'}{RELOADS}={count}"


def person_gone(request: AccountRequest, *, suspended: bool) -> HttpResponse:
    """The account was suspended or deleted in Logto: this site's session ends here and now."""
    # guard: gone-person-is-signed-out
    sign_out(request)
    if suspended:
        title, sentence = (
            _("Your account is suspended"),
            _("We’ve signed you out. If you think this is a mistake, contact support."),
        )
    else:
        title, sentence = _("This account no longer exists"), _("You’ve been signed out. The account was deleted.")
    site = request.site
    actions = [Action(reverse("sign_in"), _("Sign in with another account"))]
    if support := dressed(site).support_url:
        actions.append(Action(support, _("Get help"), primary=False, external=True))
    return page(request, 403, title, [sentence], actions)


def part_failed(request: AccountRequest, part: str, error: LogtoError) -> str:
    """The reference that a part of a page shows which could not be loaded, while the rest stands."""
    log.warning("%s %s: %s failed: %s", method_of(request), route_of(request), part, error)
    return tracing.request_id()


def logto_failed(request: AccountRequest, error: LogtoError) -> HttpResponse:
    reference = tracing.request_id()
    log.warning("%s %s failed: %s", method_of(request), route_of(request), error)
    retry = [Action(here(request), _("Try again"))]
    if signed_in(request):  # the account menu is not drawn here, and signing out needs no Logto (ASVS 7.4.4)
        retry.append(Action(reverse("sign_out"), _("Sign out"), primary=False))
    if isinstance(error, TooManyRequests) and not may_have_written(request, error):
        text = [_("Wait a moment, then try again. Nothing was changed."), *what_is_kept(request)]
        response = page(request, 429, _("Too many requests right now"), text, retry, reference=reference)
    else:
        title, text = why_unavailable(request, error)
        response = page(request, 503, title, text, retry, reference=reference)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def why_unavailable(request: AccountRequest, error: LogtoError) -> tuple[str, list[str]]:
    """What could not be done, as title and sentences; a form that was posted is kept for another try."""
    if request.method in ("GET", "HEAD") or is_marked(request, "changes_nothing"):
        text = _("The service that holds your account isn’t responding. Your account is safe; we just can’t show it.")
        return _("We can’t load your account right now"), [text]
    if may_have_written(request, error):
        return _("We couldn’t confirm the change"), [_("We lost the connection. Try again to see what was saved.")]
    return _("We can’t save right now"), [_("Nothing was changed. Try again in a moment."), *what_is_kept(request)]


def may_have_written(request: AccountRequest, error: LogtoError) -> bool:
    """Whether the change was made, or part of it, before this failed: then nobody says that nothing was changed."""
    is_lost = isinstance(error, Unavailable) and error.may_have_happened
    actor = request.__dict__.get("actor")
    # guard: nothing-changed-is-said-only-when-it-is-so
    return is_lost or (actor is not None and may_have_changed(actor))


def what_is_kept(request: AccountRequest) -> list[str]:
    """Keeps a form that was posted for another try; the sentence that says so, where there was one."""
    return [_("We’ve kept what you typed.")] if drafts.keep_for_another_try(request) else []


def wait_first(request: AccountRequest, limit: TooManyAttempts) -> HttpResponse:
    """A limit is spent where there is no form to say so."""
    retry = [Action(here(request), _("Try again"))]
    response = page(request, 429, _("Too many tries"), [str(limit.text)], retry)
    response["Retry-After"] = str(limit.wait_seconds)
    return response


def csrf_failure(request: AccountRequest, reason: str = "") -> HttpResponse:
    who = signed_in(request)
    log.warning("refused %s %s to %s: %s", method_of(request), route_of(request), who.subject if who else "-", reason)
    return page(
        request,
        403,
        _("This page is out of date"),
        [_("You opened it before you signed in, or in another tab. Reload it to carry on. Nothing was changed.")],
        [Action(here(request), _("Reload"))],
    )


def wrong_method(request: AccountRequest, refused: HttpResponse) -> HttpResponse:
    """For an address that only takes a form, opened by itself. `refused` is Django's bare 405, with its `Allow`."""
    response = page(
        request,
        405,
        _("You can’t open this page directly"),
        [_("It’s one step of a task. Nothing was changed. Start again from the overview.")],
        [Action(reverse("overview"), _("Go to overview"))],
    )
    response["Allow"] = refused["Allow"]
    return response


def not_found(request: AccountRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        404,
        _("Page not found"),
        [_("Check the address, or start again from the overview.")],
        [Action(reverse("overview"), _("Go to overview"))],
    )


def forbidden(request: AccountRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        403,
        _("You can’t open this page"),
        [_("Your account doesn’t have access to it.")],
        [Action(reverse("overview"), _("Go to overview"))],
    )


def bad_request(request: AccountRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, TooManyFieldsSent):
        request.GET = QueryDict()  # reading it for this page would fail again
        language.speak(request, language.wanted(request))
    return page(
        request,
        400,
        _("Something was wrong with that request"),
        [_("Go back and try again.")],
        [Action(reverse("overview"), _("Go to overview"))],
    )


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of this site. Django's own view would ask the session for a token, and the session may be what failed."""
    failure = sys.exception()
    if isinstance(failure, outage.AWAY):
        return outage.OutageResponse(request, failure)
    context = {
        "title": _("Something went wrong"),
        "text": [_("This is our problem, not yours. Try again in a moment.")],
        "reference": tracing.request_id(),
    }
    return HttpResponse(closed_up(render_to_string("500.html", context)), status=500)
