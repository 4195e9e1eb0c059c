"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.sessions import card, views
from settings_app.shell.earlier_sign_ins import sign_ins
from settings_app.shell.reads import sessions
from settings_app.shell.section import Card, Check, NavigationEntry, Section

SECTION = Section(
    name="sessions",
    entry=NavigationEntry(_("Devices"), "devices"),
    card=Card(_("Devices"), "devices", card.summary, (sessions,), lets_in=True),
    checks=(Check(card.new_device, (sessions, sign_ins)),),
    about=_("You’re about to sign out a device."),
    about_at={"sessions_end_others": _("You’re about to sign out all your other devices.")},
    addresses=(
        path("sessions/", views.show, name="sessions"),
        path("sessions/end-others/", views.end_others, name="sessions_end_others"),
        path("sessions/<slug:uid>/end/", views.end, name="sessions_end"),
    ),
    in_preview=("sessions",),
)
