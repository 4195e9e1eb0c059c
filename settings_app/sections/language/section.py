"""What the section declares of itself: no page of its own, only what the choice in the footer is posted to."""

from __future__ import annotations

from django.urls import path

from settings_app.sections.language import views
from settings_app.shell.section import Section

SECTION = Section(name="language", addresses=(path("language/", views.choose, name="language"),))
