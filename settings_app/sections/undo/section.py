"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path

from settings_app.sections.undo import views
from settings_app.shell.section import Section

SECTION = Section(
    name="undo",
    addresses=(
        path("undo/", views.show, name="undo"),
        path("not-me/", views.report, name="not_me"),
    ),
)
