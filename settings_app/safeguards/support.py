"""An administrator acts on somebody else's account: who that is to every safeguard, and why it was done."""

from __future__ import annotations

import json
from dataclasses import replace

from settings_app.actor import Actor
from settings_app.logto.types import Person
from settings_app.models import AuditEntry, SupportReason
from settings_app.safeguards import audit, owners
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import seal, unseal
from settings_app.safeguards.notices import WHY
from settings_app.safeguards.previews import PreviewReason
from settings_app.sites import Site

SEALED_FOR = "support-reason"


def helper(site: Site, person: Person, *, admin: str, why: str) -> Actor:
    """The administrator `admin` as whoever acts on this person's account.

    It brings along no browser and no address, which would be the administrator's, and speaks the person's language.
    """
    acting = owners.acting(site, person, user_agent="", address="")
    return replace(acting, acting_admin=admin, remembered={WHY: why})


def keep_reason(entry: AuditEntry, *, why: str, who: str) -> None:
    """For the person's activity, and for whoever reads the trail. `who` is empty where the person may not know it."""
    sealed = seal(SEALED_FOR, json.dumps({"why": why, "who": who}))
    SupportReason.objects.create(entry=entry, site=entry.site, sealed=sealed)


def reason_of(entry: AuditEntry) -> PreviewReason:
    """Empty where none was kept, or the key is gone."""
    if not hasattr(entry, "support_reason"):
        return PreviewReason()
    text = unseal(SEALED_FOR, entry.support_reason.sealed)
    return PreviewReason(**json.loads(text)) if text else PreviewReason()


def delete_old() -> int:
    """Retention: with the rows of the trail. Says how many of a batch."""
    return sum(delete_some(SupportReason.objects.filter(past), "at") for past in audit.kept_no_longer("at"))
