"""What the overview declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.gathered.overview import views
from settings_app.shell.section import NavigationEntry, Section

SECTION = Section(
    name="overview",
    entry=NavigationEntry(_("Overview"), "home"),
    addresses=(
        path("", views.show, name="overview"),
        path("check-up/", views.check_up, name="check_up"),
    ),
    in_preview=("overview", "check_up"),
)
