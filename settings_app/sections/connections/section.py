"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.connections import views
from settings_app.sections.connections.connected import READS
from settings_app.sections.connections.rows import panels
from settings_app.shell.rows import Panel
from settings_app.shell.section import Contribution, Section

FAILED = Panel("social", _("Connected accounts"), failure=_("We couldn’t load your connected accounts"))

SECTION = Section(
    name="connections",
    parent="security",
    about=_("You’re about to change your connected accounts."),
    rows=(Contribution("security", panels, READS, instead=FAILED),),
    addresses=(
        path("connections/", views.show, name="connections"),
        path("connections/callback/", views.callback, name="connections_callback"),
        path("connections/return/", views.came_back, name="connections_return"),
        path("connections/<path:target>/logo/", views.logo, name="connections_logo"),
        path("connections/<path:target>/connect/", views.connect, name="connections_connect"),
        path("connections/<path:target>/elsewhere/", views.elsewhere, name="connections_elsewhere"),
        path("connections/<path:target>/remove/", views.remove, name="connections_remove"),
    ),
    in_preview=("connections", "connections_logo"),
)
