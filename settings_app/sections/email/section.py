"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.email import views
from settings_app.sections.email.rows import rows
from settings_app.shell.section import Contribution, Section
from settings_app.shell.ways_in_rows import PAGE, READS

SECTION = Section(
    name="email",
    parent="security",
    about=_("You’re about to change your email."),
    about_at={"email_remove": _("You’re about to remove your email.")},
    rows=(Contribution(PAGE, rows, READS),),
    addresses=(
        path("email/change/", views.change, name="email_change"),
        path("email/confirm/", views.confirm, name="email_confirm"),
        path("email/resend/", views.resend, name="email_resend"),
        path("email/cancel/", views.cancel, name="email_cancel"),
        path("email/remove/", views.remove, name="email_remove"),
    ),
)
