"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.phone import views
from settings_app.sections.phone.rows import rows
from settings_app.shell.section import Contribution, Section
from settings_app.shell.ways_in_rows import PAGE, READS

SECTION = Section(
    name="phone",
    parent="security",
    about=_("You’re about to change your phone number."),
    about_at={"phone_remove": _("You’re about to remove your phone number.")},
    rows=(Contribution(PAGE, rows, READS),),
    addresses=(
        path("phone/change/", views.change, name="phone_change"),
        path("phone/confirm/", views.confirm, name="phone_confirm"),
        path("phone/resend/", views.resend, name="phone_resend"),
        path("phone/cancel/", views.cancel, name="phone_cancel"),
        path("phone/remove/", views.remove, name="phone_remove"),
    ),
)
