"""The panel of alerts on the page "Sign-in and security"."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.safeguards import alert_settings
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row


def panel(request: AccountRequest, reads: Reads) -> list[Panel]:
    rows = [new_devices(request)] if request.site.new_device_alerts else []
    lead = _("We always email you about changes to how you sign in.")
    return [Panel("alerts", _("Security alerts"), tuple(rows), lead)]


def new_devices(request: AccountRequest) -> Row:
    tells = alert_settings.wants_new_devices(request.actor.realm, request.account.user_id)
    return Row(
        name="new-devices",
        label=_("New devices"),
        icon="devices",
        value=_("We email you when one signs in") if tells else _("We don’t email you when one signs in"),
        change_url=reverse("alerts_new_devices_turn_off" if tells else "alerts_new_devices_turn_on"),
        change_text=_("Turn off") if tells else _("Turn on"),
    )
