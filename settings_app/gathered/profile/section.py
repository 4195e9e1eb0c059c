"""What the profile page declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.gathered.profile import card, views
from settings_app.shell.section import Card, NavigationEntry, Section

SECTION = Section(
    name="profile",
    entry=NavigationEntry(_("Profile"), "user"),
    card=Card(_("Profile"), "user", card.summary),
    addresses=(
        path("profile/", views.show, name="profile"),
        path("profile/<slug:field>/change/", views.change, name="profile_change"),
        path("profile/<slug:field>/arrange/", views.arrange, name="profile_arrange"),
    ),
    in_preview=("profile",),
)
