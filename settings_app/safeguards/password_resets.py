"""Passwords that were set anew at Logto's own pages, of which Logto mails nobody.

The webhook and the log tell of the same one, and neither names it: what was told since is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from settings_app.logto.errors import NotFound
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry
from settings_app.safeguards import owners
from settings_app.safeguards.changes import Change
from settings_app.safeguards.perform import record
from settings_app.tenancy import rows_of

EVENT = "Interaction.ForgotPassword.Submit"
CLOCKS_DIFFER = timedelta(minutes=1)


def tell(tenant: str, *, subject: str, at: datetime, user_agent: str, address: str, application_id: str) -> None:
    """Records and announces it, unless that was done. Raises a `LogtoError`: then nothing was done."""
    told = rows_of(AuditEntry, tenant=tenant, subject=subject).filter(change=Change.PASSWORD_RESET.value)
    # guard: password-reset-told-once
    if told.filter(started_at__gte=at - CLOCKS_DIFFER).exists():
        return
    site = owners.site_of(owners.sites_of(tenant), [application_id])
    if site is None:
        return
    try:
        person = Tenant.of(site).account(subject).person()
    except NotFound:
        return
    if not person.is_suspended:
        record(owners.acting(site, person, user_agent=user_agent, address=address), Change.PASSWORD_RESET, "at Logto")
