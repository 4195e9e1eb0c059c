"""Carries out the deletions whose day has come. Any number of processes may do it, and any may be killed."""

from __future__ import annotations

import logging
import time

from django.conf import settings

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry, DeletionRequest
from settings_app.safeguards import audit, deletion, traces, undo
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.perform import perform
from settings_app.sections.delete import actions, blockers
from settings_app.sites import Site
from settings_app.tenancy import hosts_of, tenant_of

State = DeletionRequest.State

log = logging.getLogger(__name__)


def carry_out(*, seconds: float | None = None) -> int:
    """For at most so many seconds. Says how many accounts were deleted."""
    until = None if seconds is None else time.monotonic() + seconds
    settle()
    deleted = 0
    for key in deletion.due():
        if until is not None and time.monotonic() > until:
            break
        if (row := deletion.claim(key)) is not None:
            deleted += carry_out_one(row)
    return deleted


def carry_out_one(row: DeletionRequest) -> bool:
    try:
        return _as_things_are(row)
    except (LogtoError, Declined) as error:
        log.warning("a deletion that is due was not carried out: %s", error)
        deletion.release(row)
        return False


def _as_things_are(row: DeletionRequest) -> bool:
    """As the person is now: suspended, being taken back, held up by something, gone already, or none of these."""
    site = site_of(row.tenant, row.site)
    if site is None:
        log.error("no site serves the tenant of a deletion that is due")
        deletion.release(row)
        return False
    account = Tenant.of(site).account(row.subject)
    try:
        person = account.person()
    except NotFound as error:
        if not error.code:
            raise
        traces.forget(tenant=row.tenant, subject=row.subject)
        deletion.end(row, State.DELETED)
        return False
    # guard: deletion-waits-while-suspended
    if person.is_suspended:
        deletion.release(row, was_suspended=True)
        return False
    actor = Actor(site=site, account=account, person=person, language=row.language)
    # guard: deletion-waits-anew-after-a-suspension
    if row.was_suspended:
        return put_off(actor, row)
    # guard: deletion-waits-for-a-way-back
    if undo.standing(actor) is not None:
        return put_off(actor, row)
    if blockers.of_actor(actor, person):
        perform(actor, Change.DELETION_STOPPED, lambda _actor: deletion.end(row, State.STOPPED))
        return False
    perform(actor, Change.ACCOUNT_DELETED, actions.delete)
    deletion.end(row, State.DELETED)
    return True


def put_off(actor: Actor, row: DeletionRequest) -> bool:
    perform(actor, Change.DELETION_PUT_OFF, deletion.put_off, row=row)
    return False


def settle() -> None:
    """Deletions that were cut off: where the account is gone, so is what this site kept of it."""
    for entry in deletion.cut_off():
        try:
            settle_one(entry)
        except LogtoError as error:
            log.warning("a deletion that was cut off could not be looked up: %s", error)


def settle_one(entry: AuditEntry) -> None:
    tenant = entry.tenant or tenant_of(entry.site)
    site = site_of(tenant, entry.site)
    if site is None:
        return
    # guard: cut-off-deletion-is-finished
    if Tenant.of(site).account(entry.subject).is_gone():
        traces.forget(tenant=tenant, subject=entry.subject)
        audit.finish(entry, AuditEntry.Outcome.DONE, "found deleted")
    else:
        audit.finish(entry, AuditEntry.Outcome.FAILED, "found not deleted")


def site_of(tenant: str, host: str) -> Site | None:
    """The site where it was asked for, else another one with the same people."""
    hosts = hosts_of(tenant)
    wanted = host if host in hosts else next(iter(hosts), "")
    return next((site for site in settings.SITES if site.host == wanted), None)
