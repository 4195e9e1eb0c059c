"""What the page "Sign-in and security" declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.gathered.security import views
from settings_app.shell.section import Entry, Section

SECTION = Section(
    name="security",
    entry=Entry(_("Sign-in and security"), "security"),
    addresses=(path("security/", views.show, name="security"),),
)
