"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.apps import card, views
from settings_app.shell.reads import applications, grants, sessions
from settings_app.shell.section import Card, Check, NavigationEntry, Section

SECTION = Section(
    name="apps",
    entry=NavigationEntry(_("Connected apps"), "apps"),
    card=Card(_("Connected apps"), "apps", card.summary, (grants, applications), lets_in=True),
    checks=(Check(card.forgotten_or_wide, (grants, applications, sessions)),),
    about=_("You’re about to remove an app’s access."),
    about_at={"apps_organizations": _("You’re about to change which organisations an app can act in.")},
    addresses=(
        path("apps/", views.show, name="apps"),
        path("apps/<slug:key>/", views.details, name="apps_details"),
        path("apps/<slug:key>/logo/", views.logo, name="apps_logo"),
        path("apps/<slug:key>/organizations/", views.organizations, name="apps_organizations"),
        path("apps/<slug:key>/remove/", views.remove, name="apps_remove"),
    ),
    in_preview=("apps", "apps_details", "apps_logo"),
)
