"""What the page "Sign-in and security" declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.gathered.security import card, views
from settings_app.shell.reads import account_center, connectors, factors, public_sign_in_experience, sign_in_experience
from settings_app.shell.section import Card, Check, NavigationEntry, Section

READS = (factors, connectors, public_sign_in_experience)
READS_OF_WAYS = (sign_in_experience, account_center)

SECTION = Section(
    name="security",
    entry=NavigationEntry(_("Sign-in and security"), "security"),
    card=Card(
        _("Sign-in and security"),
        "passkey",
        card.summary,
        (factors, connectors, public_sign_in_experience),
        lets_in=True,
    ),
    checks=(Check(card.reachable, (account_center,)), Check(card.ways_to_sign_in, (*READS, *READS_OF_WAYS))),
    addresses=(path("security/", views.show, name="security"),),
    in_preview=("security",),
)
