"""The addresses of the admin area. Those that do not exist are asked for the role as well: all of them look alike."""

from __future__ import annotations

from django.urls import path

from settings_app.admin import views
from settings_app.admin.people import views as people

ADDRESSES = (
    path("admin/", views.show, name="admin"),
    path("admin/people/", people.show, name="admin_people"),
    path("admin/people/<slug:person_id>/preview/", people.start, name="admin_preview_start"),
    path("admin/previews/<slug:key>/end/", people.end, name="admin_preview_end"),
    path("admin/<path:rest>", views.nothing, name="admin_nothing"),
)
