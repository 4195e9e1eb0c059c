"""What the section declares of itself: one page, to which the footer leads, for everybody."""

from __future__ import annotations

from django.urls import path

from settings_app.sections.accessibility import views
from settings_app.shell.section import Section

SECTION = Section(
    name="accessibility",
    addresses=(path("accessibility/", views.show, name="accessibility"),),
    in_preview=("accessibility",),
)
