"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.activity import card, views
from settings_app.shell.earlier_sign_ins import sign_ins
from settings_app.shell.section import Card, NavigationEntry, Section

SECTION = Section(
    name="activity",
    entry=NavigationEntry(_("Activity"), "activity"),
    card=Card(_("Activity"), "activity", card.summary, (sign_ins,)),
    addresses=(
        path("activity/", views.show, name="activity"),
        path("activity/download/", views.download, name="activity_download"),
    ),
    in_preview=("activity",),
)
