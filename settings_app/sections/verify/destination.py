"""Where a confirmation leads to, and what is said about it on the page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.shell.http import AccountRequest
from settings_app.shell.section import section_at

GENERAL = _("You’re about to change something sensitive.")
NEXT = "next"


@dataclass(frozen=True)
class Destination:
    """`url` is a page of this site; `asked` says that it asks for a confirmation, and `query` then carries it along."""

    url: str
    path: str
    about: Promise
    asked: bool = True
    is_for_password: bool = False  # the page that wants to know the current password anyway

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
    section = section_at(match.url_name or "")
    about = section.about_of(match.url_name or "") if section else None
    is_for_password = path == reverse("password_change")
    return Destination(f"{path}?{query}" if query else path, path, about or GENERAL, is_for_password=is_for_password)
