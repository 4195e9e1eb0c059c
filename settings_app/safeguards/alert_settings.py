"""What a person wants to be told by mail beyond changes, which everybody is told."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.models import AlertSettings


def wants_new_devices(tenant: str, subject: str) -> bool:
    """Whether sign-ins on new devices are told: unless it was switched off."""
    row = AlertSettings.objects.filter(tenant=tenant, subject=subject).first()
    return row.new_devices if row is not None else True


def tell_new_devices(actor: Actor, *, tells: bool) -> None:
    AlertSettings.objects.update_or_create(
        tenant=actor.realm, subject=actor.account.user_id, defaults={"new_devices": tells}
    )
