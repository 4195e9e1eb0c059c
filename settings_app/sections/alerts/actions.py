"""What can be done about alerts: have new devices told or not."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.safeguards import alert_settings


def tell_new_devices(actor: Actor) -> None:
    alert_settings.tell_new_devices(actor, tells=True)


def tell_no_new_devices(actor: Actor) -> None:
    alert_settings.tell_new_devices(actor, tells=False)
