"""What the keys and the fixed words of a copy of one's data are called on the page to read."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from settings_app.models import AuditEntry
from settings_app.safeguards.changes import Change
from settings_app.shell.connected_apps import KEEPS_ACCESS, ORGANIZATION_RESOURCE
from settings_app.shell.permission_words import WORDS as PERMISSIONS

LABELS: dict[str, Promise] = {
    "name": _("Name"),
    "photo": _("Photo"),
    "family_name": _("Last name"),
    "given_name": _("First name"),
    "middle_name": _("Middle name"),
    "nickname": _("Nickname"),
    "preferred_username": _("Preferred username"),
    "profile": _("Profile page"),
    "website": _("Website"),
    "gender": _("Gender"),
    "birthdate": _("Date of birth"),
    "zoneinfo": _("Time zone"),
    "locale": _("Language"),
    "formatted": _("Address"),
    "street_address": _("Street"),
    "locality": _("Town or city"),
    "region": _("Region"),
    "postal_code": _("Postcode"),
    "country": _("Country"),
    "id": _("ID"),
    "username": _("Username"),
    "email": _("Email"),
    "phone": _("Phone"),
    "has_password": _("Has a password"),
    "created_at": _("Created"),
    "changed_at": _("Last changed"),
    "last_signed_in_at": _("Last signed in"),
    "created_with": _("Created with"),
    "provider": _("Provider"),
    "issuer": _("Provider"),
    "kind": _("Kind"),
    "added_at": _("Added"),
    "last_used_at": _("Last used"),
    "codes_left": _("Codes left"),
    "asked_at_sign_in": _("Asked for when you sign in"),
    "device": _("Device"),
    "browser_told": _("What the browser said"),
    "signed_in_at": _("Signed in"),
    "until": _("Until"),
    "network_address": _("Network address"),
    "city": _("Town or city"),
    "apps": _("Used in"),
    "app": _("App"),
    "app_id": _("App ID"),
    "allowed_at": _("Allowed"),
    "permissions": _("It may"),
    "api_permissions": _("It may use"),
    "alert_address": _("Alert address"),
    "new_devices": _("About new devices"),
    "description": _("Description"),
    "roles": _("Roles"),
}
KINDS: dict[str, Promise] = {
    "backup_codes": _("Backup codes"),
    "passkey": _("Passkey"),
    "authenticator_app": _("Authenticator app"),
}
OUTCOMES: dict[str, Promise] = {
    AuditEntry.Outcome.STARTED: _("Not finished"),
    AuditEntry.Outcome.DONE: _("Done"),
    AuditEntry.Outcome.REFUSED: _("Refused"),
    AuditEntry.Outcome.FAILED: _("Failed"),
    AuditEntry.Outcome.UNKNOWN: _("Not known"),
}


def words_of_permission(scope: str) -> str:
    """What nobody has words for goes by its name."""
    if scope == KEEPS_ACCESS:
        return gettext("Keeps access while you’re away")
    return str(PERMISSIONS.get(scope, scope))


def words_of_api(indicator: str) -> str:
    return gettext("Your organisations") if indicator == ORGANIZATION_RESOURCE else indicator


def label_of(key: str) -> Promise:
    return LABELS[key]


def words_of(key: str, value: str) -> str:
    """A word of our own as people read it; everything else as it is."""
    if key == "kind":
        return str(KINDS.get(value, value))
    if key == "outcome":
        return str(OUTCOMES.get(value, value))
    if key == "change":
        return words_of_change(value)
    return value


def words_of_change(value: str) -> str:
    """What happened; steps on the way, which have no title, by the name that the trail has for them."""
    if value not in {change.value for change in Change}:
        return value
    return str(Change(value).words.title or value)
