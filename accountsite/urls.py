"""The root of the address table; every address stands in settings_app/urls.py."""

from django.urls import include, path

urlpatterns = [path("", include("settings_app.urls"))]

handler400 = "settings_app.shell.errors.bad_request"
handler403 = "settings_app.shell.errors.forbidden"
handler404 = "settings_app.shell.errors.not_found"
# guard: fault-page-needs-no-session
handler500 = "settings_app.shell.errors.failed"
