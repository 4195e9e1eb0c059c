"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.gathered.secure import views
from settings_app.shell.section import Section

SECTION = Section(
    name="secure",
    about=_("You’re about to secure your account."),
    addresses=(
        path("secure/", views.show, name="secure"),
        path("secure/lock/", views.lock, name="secure_lock"),
        path("secure/locked/", views.locked, name="secure_locked"),
        path("secure/sign-out-others/", views.sign_out_others, name="secure_sign_out_others"),
    ),
)
