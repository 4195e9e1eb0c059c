"""Looking at the site as somebody sees it, under addresses of its own: `/admin/preview/KEY/` stands before each path.

The same views and templates draw the pages, for an actor that can only read. Which preview it is stands in the address
and nowhere else, so two tabs cannot be confused; what makes links stay inside is Django's script prefix.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, get_script_prefix, resolve, reverse, set_script_prefix
from django.utils import timezone
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.errors import NotFound
from settings_app.models import Preview
from settings_app.safeguards import limits, previews
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import perform
from settings_app.session import SessionStore, SignedIn, binding_of, signed_in
from settings_app.shell import administration, errors
from settings_app.shell.http import AccountRequest
from settings_app.shell.inert import made_inert
from settings_app.shell.section import section_at

ADDRESS = re.compile(r"/admin/preview/([a-z0-9]{20})(/.*)")
READING = ("GET", "HEAD")
ALWAYS_OPEN = ("brand_css", "brand_picture")
OUTSIDE = "/"

Next = Callable[[AccountRequest], HttpResponse]


@dataclass
class Look:
    """The preview that a request is part of. `person_name` and `admin_name` are known once both were read."""

    row: Preview
    prefix: str
    person_name: str = ""
    admin_name: str = ""

    @cached_property
    def why(self) -> str:
        return previews.PreviewReason.of(self.row).why

    @property
    def minutes_left(self) -> int:
        return max(1, math.ceil((self.row.ends_at - timezone.now()).total_seconds() / 60))

    @property
    def end_url(self) -> str:
        return outside("admin_preview_end", key=self.row.key)

    @property
    def people_url(self) -> str:
        return outside("admin_people")

    @property
    def help_url(self) -> str:
        return outside("admin_help", person_id=self.row.subject)

    @property
    def again_url(self) -> str:
        return outside("admin_preview_start", person_id=self.row.subject)

    def leads_inside(self, link: str) -> bool:
        """Whether a link may be followed: out of this site, within its page, or to an open page of this preview."""
        address = urlsplit(link)
        if address.scheme or address.netloc or not address.path:
            return True
        if not address.path.startswith(self.prefix):
            return False
        try:
            match = resolve("/" + address.path.removeprefix(self.prefix))
        except Resolver404:
            return False
        return is_open(match.url_name or "")


def is_open(url_name: str) -> bool:
    """Whether a page may be seen in a preview, as its section declares; closed where nothing is said."""
    section = section_at(url_name)
    return url_name in ALWAYS_OPEN or (section is not None and url_name in section.in_preview)


def outside(url_name: str, **names: Any) -> str:
    """An address outside of every preview."""
    inside = get_script_prefix()
    set_script_prefix(OUTSIDE)
    try:
        return reverse(url_name, kwargs=names)
    finally:
        set_script_prefix(inside)


class PreviewMiddleware:
    """Finds the preview by the address, which to everybody but the administrator who began it does not exist."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: AccountRequest) -> HttpResponse:
        match = ADDRESS.fullmatch(request.path_info)
        row = self.row_of(request, match[1]) if match else None
        if match is None or row is None:
            return self.get_response(request)
        request.preview = look = Look(row, f"/admin/preview/{row.key}/")
        request.path_info = match[2]
        own_session = request.session
        set_script_prefix(look.prefix)
        try:
            return self.inside(request, self.get_response(request))
        finally:
            set_script_prefix(OUTSIDE)
            if isinstance(request.session, NoSession):
                request.session = own_session

    def row_of(self, request: AccountRequest, key: str) -> Preview | None:
        who = signed_in(request)
        if who is None or not administration.may_ask(request):
            return None
        return previews.find(request.site, key, admin=who.subject, binding=binding_of(request.session))

    def inside(self, request: AccountRequest, response: HttpResponse) -> HttpResponse:
        """A page whose actions do nothing; and nobody is led out of the preview by an answer of a page."""
        look: Look | None = request.preview
        if look is None:
            return response
        location = response.get("Location", "") or response.get("HX-Redirect", "")
        if location and isinstance(request.session, NoSession) and not look.leads_inside(location):
            return refused(request, request.admin, look)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            page = response.content.decode(response.charset)
            response.content = made_inert(page, look.leads_inside).encode(response.charset)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response


class NoSession(SessionStore):
    """What pages of a preview find as their session: nobody's, empty, and never stored."""

    def load(self) -> dict[str, Any]:
        return {}

    def save(self, must_create: bool = False) -> None:
        """Nothing of a preview stays."""

    def create(self) -> None:
        """As above."""

    def cycle_key(self) -> None:
        """As above."""

    def delete(self, session_key: str | None = None) -> None:
        """As above."""


def enter(request: AccountRequest, look: Look) -> HttpResponse | None:
    """Turns the administrator's request into one that looks at the account, or answers it.

    By now the administrator was read, and the role is being asked for. Raises `LogtoError`.
    """
    admin = request.actor
    onlooker = previews.onlooker(admin, look.row.subject)
    reading = admin.tenant.start(onlooker.account.person)
    # guard: preview-asks-for-the-role
    if not administration.is_admin(request):
        previews.end(look.row)
        leave(request)
        return errors.not_found(request)
    if not previews.is_open(look.row):
        return over(request, look)
    look.admin_name = admin.person.display_name
    try:
        person = reading.required()
    except NotFound:
        return gone(request, look)
    look.person_name = person.display_name
    request.admin = admin
    url_name = (request.resolver_match and request.resolver_match.url_name) or ""
    # guard: preview-refuses-every-other-method
    if request.method not in READING:
        return refused(request, admin, look)
    # guard: preview-opens-declared-pages-only
    if not is_open(url_name):
        return refused(request, admin, look)
    request.actor = previews.onlooker(admin, look.row.subject, person)
    request.account, request.person = request.actor.account, person
    now = timezone.now()
    request.signed_in = SignedIn(subject=person.id, sid="", at=now, ends_at=look.row.ends_at)
    request.looking = None
    request.session = NoSession(site=request.site.host)
    return None


def refused(request: AccountRequest, admin: Actor, look: Look) -> HttpResponse:
    """Something was tried that is closed in a preview: it is noted, and whoever tried is told so."""
    limits.spend(admin, Limit.POST)
    onlooker = previews.onlooker(admin, look.row.subject)
    try:
        perform(onlooker, Change.VIEW_REFUSED, no, what=tried(request))
    except Declined:
        pass
    return errors.page(
        request,
        403,
        _("This is a preview. Nothing was changed."),
        [_("This page is closed in a preview. We’ve noted that you tried to open it.")],
        [errors.Action(reverse("overview"), _("Go to overview"))],
        icon="lock",
    )


def no(_actor: Actor, what: str) -> None:
    raise Declined("", code=what)


def tried(request: AccountRequest) -> str:
    match = request.resolver_match
    return f"{request.method} {match.url_name if match else ''}"[:128]


def over(request: AccountRequest, look: Look) -> HttpResponse:
    again = [errors.Action(look.again_url, _("Look again"))]
    again.append(errors.Action(look.people_url, _("Find a person"), primary=False))
    return ended(request, 410, _("This preview has ended"), [_("Another one needs its own reason.")], again)


def gone(request: AccountRequest, look: Look) -> HttpResponse:
    again = [errors.Action(look.people_url, _("Find a person"))]
    return ended(request, 404, _("This account no longer exists"), [_("It was deleted.")], again)


def ended(
    request: AccountRequest, status: int, title: str, text: list[str], actions: list[errors.Action]
) -> HttpResponse:
    leave(request)
    return errors.page(request, status, title, text, actions)


def leave(request: AccountRequest) -> None:
    """The answer stands outside of the preview: its links are those of the admin area, and there is no banner."""
    set_script_prefix(OUTSIDE)
    request.preview = None
