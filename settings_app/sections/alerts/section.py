"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.alerts import rows, views
from settings_app.shell.section import Contribution, Section

SECTION = Section(
    name="alerts",
    parent="security",
    about=_("You’re about to change your security alerts."),
    rows=(Contribution("security", rows.panel),),
    addresses=(
        path("alerts/new-devices/turn-on/", views.turn_on, name="alerts_new_devices_turn_on"),
        path("alerts/new-devices/turn-off/", views.turn_off, name="alerts_new_devices_turn_off"),
    ),
)
