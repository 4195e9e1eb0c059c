"""The page that chooses the language of all pages; the footer of each leads to it."""

from __future__ import annotations

import logging

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from settings_app import languages
from settings_app.logto.errors import LogtoError
from settings_app.safeguards.declined import Declined
from settings_app.sections.language import actions
from settings_app.shell import language
from settings_app.shell.addresses import allowed_next
from settings_app.shell.http import AccountRequest, render

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: AccountRequest) -> HttpResponse:
    """Speaks the chosen language in this session; the account has it too, where the person may change that."""
    if request.method != "POST":
        return render(request, "language/choose.html", {"next": allowed_next(request.GET.get("next", ""))})
    code = languages.fitting([request.POST.get(language.ASKED, "")], language.offered(request.site))
    # guard: language-that-the-site-has
    if not code:
        return HttpResponseBadRequest()
    request.session[language.CHOSEN] = code
    try:
        actions.keep(request.actor, code)
    except (Declined, LogtoError) as error:
        log.info("a language was chosen for this session alone: %s", error)
    return redirect(language.without_wish(allowed_next(request.POST.get("next", ""))) or reverse("overview"))
