"""What an app may see of a person, in plain words, by the scope that Logto names it with (docs/logto.md 11.2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DETAILS = "custom_data"
# In the order of their sensitivity, the plainest first.
WORDS: Mapping[str, Promise] = {
    "openid": _("Recognise you when you come back"),
    "profile": _("See your profile"),
    "email": _("See your email"),
    "phone": _("See your phone number"),
    "address": _("See your address"),
    "roles": _("See your roles"),
    "urn:logto:scope:organizations": _("See which organisations you’re in"),
    "urn:logto:scope:organization_roles": _("See your roles in your organisations"),
    "identities": _("See your connected accounts, and what they say about you"),
    DETAILS: _("See other details about you"),
    "urn:logto:scope:sessions": _("See the devices you’re signed in on, and sign them out"),
    "urn:logto:scope:trusted_devices": _("See the devices you trust, and remove them"),
}
