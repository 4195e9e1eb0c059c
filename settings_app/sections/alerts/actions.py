"""What can be done about alerts: an alert address, proven by a code; and whether new devices are told."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.mails import code as mail
from settings_app.safeguards import alert_address, alert_settings, leases, own_codes
from settings_app.safeguards.declined import Declined


def send_code(actor: Actor, address: str) -> None:
    """Mails a code to an address, which waits for it."""
    code = own_codes.make(actor, address)
    try:
        mail.send(actor.site, recipient=address, code=code, language=actor.language)
    except Declined:
        own_codes.drop(actor)
        raise


def change_address(actor: Actor, code: str) -> None:
    """The address that `code` proves is the alert address from now on."""
    with leases.on_person(actor):
        alert_address.put(actor, own_codes.redeem(actor, code))


def remove_address(actor: Actor) -> None:
    with leases.on_person(actor):
        alert_address.remove(actor)


def tell_new_devices(actor: Actor) -> None:
    alert_settings.tell_new_devices(actor, tells=True)


def tell_no_new_devices(actor: Actor) -> None:
    alert_settings.tell_new_devices(actor, tells=False)
