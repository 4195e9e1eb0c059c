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
        path("alerts/address/change/", views.change, name="alerts_address_change"),
        path("alerts/address/confirm/", views.confirm, name="alerts_address_confirm"),
        path("alerts/address/resend/", views.resend, name="alerts_address_resend"),
        path("alerts/address/cancel/", views.cancel, name="alerts_address_cancel"),
        path("alerts/address/remove/", views.remove, name="alerts_address_remove"),
        path("alerts/new-devices/turn-on/", views.turn_on, name="alerts_new_devices_turn_on"),
        path("alerts/new-devices/turn-off/", views.turn_off, name="alerts_new_devices_turn_off"),
    ),
)
