"""What this site keeps of one person, and forgetting it once the account is gone.

Every table that names a person stands in one of the two lists; a test holds them against the models.
"""

from __future__ import annotations

from django.db.models import Model

from settings_app.models import (
    AlertAddress,
    AlertSettings,
    AuditEntry,
    DeletionRequest,
    FactorRemoval,
    IdempotentRequest,
    KnownDevice,
    KnownValue,
    Notice,
    OneTimeState,
    Pending,
    Preview,
    ProvenEmail,
    Restoration,
    SecurityEvent,
    Session,
    TokenCutoff,
    Undo,
)
from settings_app.tenancy import hosts_of

FORGOTTEN: tuple[type[Model], ...] = (
    Session,
    Pending,
    OneTimeState,
    KnownValue,
    ProvenEmail,
    KnownDevice,
    AlertAddress,
    AlertSettings,
    Restoration,
    FactorRemoval,
    Undo,
    TokenCutoff,
    IdempotentRequest,
)
# Each for a time of its own: the trail, mails and events that still go out, and that a deletion was asked for.
KEPT: tuple[type[Model], ...] = (AuditEntry, Preview, Notice, SecurityEvent, DeletionRequest)


def forget(*, tenant: str, subject: str) -> None:
    """Everything of this person on every site of the tenant, but for what is kept; every browser is signed out."""
    hosts = hosts_of(tenant)
    # guard: deleted-person-leaves-no-trace
    for model in FORGOTTEN:
        names = {field.name for field in model._meta.fields}
        rows = model._default_manager.filter(subject=subject)
        if "tenant" in names:
            rows.filter(tenant=tenant).delete()
        if "site" in names:  # rows of the release before name no tenant
            rows.filter(site__in=hosts).delete()
