"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.password import views
from settings_app.sections.password.rows import rows
from settings_app.shell.section import Contribution, Section
from settings_app.shell.ways_in_rows import PAGE, READS

SECTION = Section(
    name="password",
    parent="security",
    about=_("You’re about to change your password."),
    rows=(Contribution(PAGE, rows, READS),),
    addresses=(
        path("password/change/", views.change, name="password_change"),
        path("password/check/", views.check, name="password_check"),
        path(".well-known/change-password", views.well_known, name="well_known_change_password"),
    ),
)
