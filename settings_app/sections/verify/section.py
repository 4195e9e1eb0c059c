"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path

from settings_app.sections.verify import views
from settings_app.shell.section import Section

SECTION = Section(
    name="verify",
    parent="security",
    addresses=(
        path("verify/", views.show, name="verify"),
        path("verify/email/", views.send, {"kind": "email"}, name="verify_email"),
        path("verify/phone/", views.send, {"kind": "phone"}, name="verify_phone"),
        path("verify/confirm/", views.confirm, name="verify_confirm"),
        path("verify/end/", views.end, name="verify_end"),
    ),
)
