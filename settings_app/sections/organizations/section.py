"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.organizations import card, views
from settings_app.shell.reads import organizations
from settings_app.shell.section import Card, NavigationEntry, Section

SECTION = Section(
    name="organizations",
    entry=NavigationEntry(_("Organisations"), "organizations"),
    card=Card(_("Organisations"), "organizations", card.summary, (organizations,), lets_in=True),
    about=_("You’re about to leave an organisation."),
    addresses=(
        path("organizations/", views.show, name="organizations"),
        path("organizations/email/", views.email, name="organizations_email"),
        path("organizations/email/confirm/", views.confirm_email, name="organizations_email_confirm"),
        path("organizations/invitations/<slug:invitation_id>/join/", views.join, name="organizations_join"),
        path("organizations/invitations/<slug:invitation_id>/decline/", views.decline, name="organizations_decline"),
        path("organizations/<str:organization_id>/logo/", views.logo, name="organizations_logo"),
        path("organizations/<slug:organization_id>/leave/", views.leave, name="organizations_leave"),
    ),
    in_preview=("organizations", "organizations_logo"),
)
