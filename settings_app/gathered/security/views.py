"""The page that lists every way a person signs in, and how they prove that it's them."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from settings_app.gathered.gathering import Gathering
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.landing import was_changed
from settings_app.shell.rows import Panel
from settings_app.shell.verification import verified_until


def show(request: AccountRequest) -> HttpResponse:
    panels = Gathering(request, "security").panels(Panel("sign-in", _("Sign-in details")))
    context = {"panels": panels, "verified_until": verified_until(request), "was_changed": was_changed(request)}
    return render(request, "security/show.html", context)
