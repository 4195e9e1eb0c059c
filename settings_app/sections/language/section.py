"""What the section declares of itself: one page, to which the footer leads."""

from __future__ import annotations

from django.urls import path

from settings_app.sections.language import views
from settings_app.shell.section import Section

SECTION = Section(name="language", addresses=(path("language/", views.choose, name="language"),))
