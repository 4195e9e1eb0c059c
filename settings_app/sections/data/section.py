"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.data import views
from settings_app.shell.section import NavigationEntry, Section

SECTION = Section(
    name="data",
    entry=NavigationEntry(_("My data"), "data"),
    about=_("You’re about to download your data."),
    addresses=(
        path("data/", views.show, name="data"),
        path("data/download/", views.download, name="data_download"),
        path("data/download/page/", views.download_page, name="data_download_page"),
        path("data/download/file/", views.download_file, name="data_download_file"),
    ),
)
