"""The pages on which administrators find a person, begin to look at the account, and stop."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from settings_app.admin.people import search
from settings_app.admin.people.forms import PreviewForm
from settings_app.models import FactorRemoval
from settings_app.safeguards import factor_removals, previews
from settings_app.shell.administration import admins_only
from settings_app.shell.http import AccountRequest, render
from settings_app.typed import search_term

MOST_DIGITS = 4  # of the number of a page
LONGEST_ID = 64  # of a person, as the trail has room for it


@admins_only
@require_GET
def show(request: AccountRequest) -> HttpResponse:
    term, page = search_term(request.GET.get("q", ""))[: search.LONGEST_TERM], page_of(request.GET.get("page", ""))
    found = search.find(request.actor, term, page) if term else None
    context = {
        "term": term,
        "found": found,
        "recent": previews.recent(request.actor),
        "removals": removals(request),
        "field_has_focus": True,
    }
    return render(request, "admin/people/show.html", context)


def removals(request: AccountRequest) -> list[FactorRemoval]:
    """What waits for another administrator than who asked for it."""
    rows = factor_removals.to_be_approved(request.site.tenant) if request.site.help_removes_factors else []
    return [row for row in rows if row.admin != request.account.user_id]


@admins_only
def start(request: AccountRequest, person_id: str) -> HttpResponse:
    if len(person_id) > LONGEST_ID:
        raise Http404
    form = PreviewForm.received(request)
    if row := form.begin(request.actor, person_id):
        return redirect(f"/admin/preview/{row.key}/")
    shown = {"form": form, "person_id": person_id, "found": search.named(request.actor, person_id)}
    return render(request, "admin/people/preview.html", shown)


@admins_only
@require_POST
def end(request: AccountRequest, key: str) -> HttpResponse:
    row = previews.find(request.site, key, admin=request.account.user_id, binding=request.actor.binding)
    if row is not None:
        previews.end(row)
        messages.success(request, _("Preview ended."))
    return redirect("admin_people")


def page_of(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) <= MOST_DIGITS and int(number) else 1
