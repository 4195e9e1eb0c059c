"""The panel of alerts on the page "Sign-in and security"."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.safeguards import alert_address, alert_settings, own_codes
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row


def panel(request: AccountRequest, reads: Reads) -> list[Panel]:
    rows = [address(request), *([new_devices(request)] if request.site.new_device_alerts else [])]
    lead = _("We always email you about changes to how you sign in.") if can_be_told(request) else ""
    return [Panel("alerts", _("Security alerts"), tuple(rows), lead)]


def can_be_told(request: AccountRequest) -> bool:
    return bool(request.person.email or alert_address.current(request.actor))


def address(request: AccountRequest) -> Row:
    current, waiting = alert_address.current(request.actor), own_codes.waiting(request.actor)
    return Row(
        name="alert-address",
        label=_("Alert address"),
        icon="message",
        value=current,
        hint=hint(request, current),
        ltr=True,
        change_text=_("Change") if current else _("Add"),
        change_url=reverse("alerts_address_change"),
        remove_url=reverse("alerts_address_remove") if current else "",
        below_template="alerts/_waiting.html" if waiting else "",
        more=waiting,
    )


def hint(request: AccountRequest, current: str) -> str:
    if not current:
        return _("A second mailbox that gets every security alert, in case you lose your email.")
    if alert_address.is_established(request.actor):
        return _("Gets every security alert, and links that undo changes.")
    return _("Gets every security alert. Links that undo changes go there once it’s been here for 3 days.")


def new_devices(request: AccountRequest) -> Row:
    """What was chosen, which is nothing to turn on or off for who has no address."""
    wants, can = alert_settings.wants_new_devices(request.actor.realm, request.account.user_id), can_be_told(request)
    return Row(
        name="new-devices",
        label=_("New devices"),
        icon="devices",
        value=_("We email you when one signs in") if wants and can else _("We don’t email you when one signs in"),
        hint="" if can else _("Add an email first."),
        change_url=reverse("alerts_new_devices_turn_off" if wants else "alerts_new_devices_turn_on") if can else "",
        change_text=_("Turn off") if wants else _("Turn on"),
    )
