"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path

from settings_app.sections.support import views
from settings_app.shell.section import Section

SECTION = Section(
    name="support",
    addresses=(
        path("support/keep/", views.keep, name="support_keep"),
        path("support/cancel/", views.cancel, name="support_cancel"),
    ),
)
