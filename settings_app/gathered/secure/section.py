"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path

from settings_app.gathered.secure import views
from settings_app.shell.section import Section

SECTION = Section(
    name="secure",
    addresses=(
        path("secure/", views.show, name="secure"),
        path("secure/sign-out-others/", views.sign_out_others, name="secure_sign_out_others"),
    ),
)
