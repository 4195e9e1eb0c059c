"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.photo import views
from settings_app.sections.photo.rows import rows
from settings_app.sections.photo.sources import READS
from settings_app.shell.section import Contribution, Section

SECTION = Section(
    name="photo",
    parent="profile",
    rows=(Contribution("profile", rows, READS),),
    fields={"photo": _("Photo")},
    addresses=(
        path("profile/photo/", views.show, name="profile_photo"),
        path("profile/photo/upload/", views.upload, name="profile_photo_upload"),
        path("profile/photo/choose/", views.choose, name="profile_photo_choose"),
        path("profile/photo/address/", views.address, name="profile_photo_address"),
        path("profile/photo/remove/", views.remove, name="profile_photo_remove"),
    ),
)
