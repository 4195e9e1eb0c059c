"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.username import views
from settings_app.sections.username.rows import rows
from settings_app.shell.section import Contribution, Section
from settings_app.shell.ways_in_rows import PAGE, READS

SECTION = Section(
    name="username",
    parent="security",
    about=_("You’re about to change your username."),
    about_at={"username_remove": _("You’re about to remove your username.")},
    rows=(Contribution(PAGE, rows, READS),),
    addresses=(
        path("username/change/", views.change, name="username_change"),
        path("username/remove/", views.remove, name="username_remove"),
    ),
)
