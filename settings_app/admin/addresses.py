"""The addresses of the admin area. Those that do not exist are asked for the role as well: all of them look alike."""

from __future__ import annotations

from django.urls import path

from settings_app.admin import views
from settings_app.admin.apps import views as apps
from settings_app.admin.help import views as help_desk
from settings_app.admin.people import views as people

ADDRESSES = (
    path("admin/", views.show, name="admin"),
    path("admin/people/", people.show, name="admin_people"),
    path("admin/people/<slug:person_id>/preview/", people.start, name="admin_preview_start"),
    path("admin/people/<slug:person_id>/help/", help_desk.show, name="admin_help"),
    path("admin/people/<slug:person_id>/help/suspend/", help_desk.suspend, name="admin_help_suspend"),
    path("admin/people/<slug:person_id>/help/restore/", help_desk.restore, name="admin_help_restore"),
    path("admin/people/<slug:person_id>/help/sign-out/", help_desk.sign_out, name="admin_help_sign_out"),
    path("admin/people/<slug:person_id>/help/second-step/", help_desk.remove_factors, name="admin_help_factors"),
    path("admin/people/<slug:person_id>/help/second-step/approve/", help_desk.approve, name="admin_help_approve"),
    path("admin/people/<slug:person_id>/help/second-step/withdraw/", help_desk.withdraw, name="admin_help_withdraw"),
    path("admin/apps/", apps.show, name="admin_apps"),
    path("admin/apps/<slug:application_id>/", apps.edit, name="admin_apps_edit"),
    path("admin/apps/<slug:application_id>/try/", apps.try_out, name="admin_apps_try"),
    path("admin/apps/<slug:application_id>/look/", apps.look, name="admin_apps_look"),
    path("admin/apps/<slug:application_id>/logo/", apps.logo, name="admin_apps_logo"),
    path("admin/previews/<slug:key>/end/", people.end, name="admin_preview_end"),
    path("admin/<path:rest>", views.nothing, name="admin_nothing"),
)
