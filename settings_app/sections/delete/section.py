"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.delete import views
from settings_app.shell.section import NavigationEntry, Section

SECTION = Section(
    name="delete",
    entry=NavigationEntry(_("Delete account"), "delete", is_apart=True),
    about=_("You’re about to delete your account."),
    addresses=(
        path("delete/", views.show, name="delete"),
        path("delete/confirm/", views.confirm, name="delete_confirm"),
        path("delete/cancel/", views.cancel, name="delete_cancel"),
        path("delete/keep/", views.keep, name="delete_keep"),
        path("delete/done/", views.done, name="delete_done"),
    ),
)
