"""What can be done about connected apps: remove one's access, and take organisations away from one."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.safeguards import app_access
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.perform import Remark

ALL_STAY = _("Untick an organisation to take it away from this app.")


def remove(actor: Actor, application_id: str, lives_on: str) -> Remark | None:
    """`lives_on` says what the app may still use for a while; empty where there is nothing."""
    app_access.remove_access(actor, application_id)
    return Remark(lives_on) if lives_on else None


def narrow(actor: Actor, application_id: str, organizations: Iterable[str]) -> None:
    """Leaves the app those of its organisations that are among `organizations`, and never gives it another one."""
    now = [one.id for one in actor.account.consent_organizations(application_id)]
    kept = list(organizations)
    # guard: organisations-are-only-taken-away
    kept = [one for one in now if one in kept]
    if kept == now:
        raise Declined(ALL_STAY, field="organizations", code="apps.nothing_to_take_away")
    actor.account.change_consent_organizations(application_id, kept)
