"""What the kinds of application are called that Logto tells apart."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settings_app.admin.apps.catalogue import Text
from settings_app.logto.types import Application

KINDS: dict[str, Text] = {
    "Native": _("Native app"),
    "SPA": _("Single-page app"),
    "Traditional": _("Web app"),
    "SAML": _("SAML app"),
}


def kind_of(application: Application) -> Text:
    """A kind that has no words here goes by Logto's name for it."""
    return KINDS.get(application.type, application.type)
