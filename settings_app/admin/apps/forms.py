"""What an application may ask for as ticks, and how it presents itself."""

from __future__ import annotations

import ipaddress
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.admin.apps import actions
from settings_app.admin.apps.editing import Edited
from settings_app.logto.errors import LogtoError
from settings_app.logto.third_party import ThirdPartyApp
from settings_app.logto.types import ApplicationLook
from settings_app.outside import is_public
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.shell.forms import Form
from settings_app.shell.inputs import TextField

LONGEST_ADDRESS = 2048
LOOK_CHANGED_MEANWHILE = _("Someone else changed this meanwhile. Check what is in force below, then save again.")
CHANGED_MEANWHILE = _(
    "Someone else changed this app’s permissions meanwhile. Check what saving would do now, then save again."
)


class PermissionsForm(Form):
    """`seen` stands for what was in force when the page was drawn."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def save(self, admin: Actor, edited: Edited) -> bool:
        if not self.is_valid():
            return False
        # guard: permissions-changed-by-another-are-asked-about
        if self.cleaned_data["seen"] != edited.version:
            self.add_error(None, str(CHANGED_MEANWHILE))
            return False
        app = ThirdPartyApp(admin.tenant.transport, edited.application.id)
        entries = {mark: [one.entry for one in edited.changed if one.mark == mark] for mark in ("added", "removed")}
        return self.went(
            admin,
            app,
            Change.APP_PERMISSIONS_CHANGED,
            actions.change_permissions,
            lambda: app.permissions().written(),
            granted=entries["added"],
            withdrawn=entries["removed"],
        )

    def went(self, admin: Actor, app: ThirdPartyApp, change: Change, *action: Any, **values: Any) -> bool:
        try:
            actions.in_the_trail(admin, app, change, *action, **values)
        except Declined as declined:
            self.add_declined(declined)
        except LogtoError as error:
            self.add_refusal(error)
        else:
            self.tell(str(change.words.done), "")
            return True
        return False


class PublicAddressField(TextField):
    """An https address that anybody can reach: no script, no host of a private network."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=LONGEST_ADDRESS, ltr=True, placeholder="https://", **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        # guard: looks-have-public-addresses
        if value and not is_public_address(value):
            raise ValidationError(_("Enter an address that begins with https:// and that anyone can open."))


def is_public_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host, port = as_browsers_read(parts.hostname or ""), parts.port
    except ValueError:
        return False
    if (
        parts.scheme != "https"
        or parts.username is not None
        or port not in (None, 443)
        or "\\" in value
        or " " in value
    ):
        return False
    try:
        return is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        is_named = "." in host and not host.endswith((".local", ".internal", ".localhost", ".lan"))
        # A last part that begins with a digit makes a browser read the whole as a number: 127.1, 127.0.0.0x1.
        return is_named and "%" not in host and host.rpartition(".")[2][:1].isalpha()


def as_browsers_read(host: str) -> str:
    """Wide letters are those that they stand for, and the dot at the end of a name says nothing."""
    return unicodedata.normalize("NFKC", host).replace("\u3002", ".").lower().removesuffix(".")


class LookForm(PermissionsForm):
    name = TextField(label=_("Name on the consent screen"), required=False, max_length=256)
    logo = PublicAddressField(label=_("Address of its logo"))
    terms_url = PublicAddressField(label=_("Address of its terms"))
    privacy_url = PublicAddressField(label=_("Address of its privacy policy"))

    def save(self, admin: Actor, edited: Edited) -> bool:
        if not self.is_valid():
            self.mark_autofocus()
            return False
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        # guard: look-changed-by-another-is-asked-about
        if self.cleaned_data["seen"] != edited.look_version:
            self.now_seen(edited)
            return False
        app = ThirdPartyApp(admin.tenant.transport, edited.application.id)
        return self.went(admin, app, Change.APP_LOOK_CHANGED, actions.change_look, app.look, **values)

    def now_seen(self, edited: Edited) -> None:
        """What was typed stays; what is in force stands beside each field, and counts as seen from now on."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # of a request, which nobody may change
        self.data["seen"] = edited.look_version  # type: ignore[index]  # as above
        for name, value in look_values(edited.look).items():
            in_force = _("In force now: %(value)s") % {"value": value or "–"}
            self[name].help_text = in_force if value != self.cleaned_data[name] else ""
        self.add_error(None, str(LOOK_CHANGED_MEANWHILE))


def look_values(look: ApplicationLook) -> dict[str, str]:
    """What the form holds of it, by its fields."""
    return {"name": look.name, "logo": look.logo, "terms_url": look.terms_url, "privacy_url": look.privacy_url}
