"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.tokens import views
from settings_app.sections.tokens.held import offered
from settings_app.sections.tokens.rows import FAILED, panels
from settings_app.shell.section import Contribution, Section

SECTION = Section(
    name="tokens",
    parent="security",
    rows=(Contribution("security", panels, (offered,), instead=FAILED),),
    about=_("You’re about to get an access token."),
    about_at={
        "tokens_rename": _("You’re about to rename an access token."),
        "tokens_remove": _("You’re about to remove an access token."),
    },
    addresses=(
        path("tokens/", views.show, name="tokens"),
        path("tokens/add/", views.add, name="tokens_add"),
        path("tokens/<slug:mark>/rename/", views.rename, name="tokens_rename"),
        path("tokens/<slug:mark>/remove/", views.remove, name="tokens_remove"),
    ),
)
