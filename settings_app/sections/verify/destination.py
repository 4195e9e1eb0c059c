"""Where a confirmation leads to, and what is said about it on the page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.shell.http import AccountRequest

# What the person is about to do, by the first two words of the page's url name, or the first.
ABOUT = {
    "email": _("You’re about to change your email."),
    "email_remove": _("You’re about to remove your email."),
    "phone": _("You’re about to change your phone number."),
    "phone_remove": _("You’re about to remove your phone number."),
    "username": _("You’re about to change your username."),
    "username_remove": _("You’re about to remove your username."),
    "password": _("You’re about to change your password."),
    "two": _("You’re about to change your two-step verification."),
    "passkey": _("You’re about to change your passkeys."),
    "connections": _("You’re about to change your connected accounts."),
    "sessions": _("You’re about to sign out devices."),
    "tokens": _("You’re about to manage your access tokens."),
    "data": _("You’re about to download your data."),
    "delete": _("You’re about to delete your account."),
}
GENERAL = _("You’re about to change something sensitive.")
NEXT = "next"


@dataclass(frozen=True)
class Destination:
    """`url` is a page of this site; `asked` says that it asks for a confirmation, and `query` then carries it along."""

    url: str
    path: str
    about: Promise
    asked: bool = True

    @property
    def query(self) -> str:
        return f"?{urlencode({NEXT: self.url})}" if self.asked else ""


def destination(request: AccountRequest) -> Destination:
    """The page that `next` names, put together anew from what this site knows of it; else the security page."""
    nowhere = Destination(reverse("security"), reverse("security"), GENERAL, asked=False)
    try:
        asked = urlsplit(request.GET.get(NEXT, ""))
        match = resolve(asked.path)
    except (ValueError, Resolver404):
        return nowhere
    # guard: verify-leads-to-guarded-pages-only
    if not getattr(match.func, "needs_verification", False) or asked.netloc or asked.scheme:
        return nowhere
    path = reverse(match.view_name, args=match.args, kwargs=match.kwargs)
    query = QueryDict(asked.query).urlencode()
    name = match.url_name or ""
    about = ABOUT.get(name) or ABOUT.get(name.split("_")[0]) or GENERAL
    return Destination(f"{path}?{query}" if query else path, path, about)
