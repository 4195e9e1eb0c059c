"""Removes the second steps whose moment has come. Any number of processes may do it, and any may be killed."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.admin.help.actions import mark_of, refuse_suspended, refuse_unallowed
from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.models import AuditEntry, FactorRemoval
from settings_app.safeguards import factor_removals, owners, support
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Interrupted, TooManyAttempts
from settings_app.safeguards.factor_removals import GIVEN_UP_AFTER, WantedRemoval
from settings_app.safeguards.leases import LEASE_EXPIRED
from settings_app.safeguards.perform import perform, record
from settings_app.sections.two_step import actions as two_step
from settings_app.sites import Site
from settings_app.tenancy import hosts_of

State = FactorRemoval.State

log = logging.getLogger(__name__)


def carry_out(*, seconds: float | None = None) -> int:
    """For at most so many seconds. Says for how many accounts something was removed."""
    until = None if seconds is None else time.monotonic() + seconds
    removed = 0
    for key in factor_removals.due():
        if until is not None and time.monotonic() > until:
            break
        if (row := factor_removals.claim(key)) is not None:
            removed += carry_out_one(row)
    return removed


def carry_out_one(row: FactorRemoval) -> bool:
    try:
        return _as_things_are(row)
    except (LogtoError, TooManyAttempts, Interrupted) as error:
        log.warning("a removal of a second step that is due was not carried out: %s", error)
        factor_removals.release(row)
        return False


def _as_things_are(row: FactorRemoval) -> bool:
    site = site_of(row)
    if site is None:
        log.error("no site serves the tenant of a second step to be removed")
        factor_removals.release(row)
        return False
    try:
        person = Tenant.of(site).account(row.subject).person()
    except NotFound as error:
        if not error.code:
            raise
        factor_removals.end(row, State.STOPPED)
        return False
    wanted = WantedRemoval.of(row)
    if wanted is None:
        stopped(row, site, person, "key is gone")
        return False
    try:
        refuse_late(row, site, wanted, person)
        remove(row, site, person, wanted)
    except (TooManyAttempts, Interrupted):
        raise
    except Declined as declined:
        if declined.code == LEASE_EXPIRED:
            raise Interrupted("", code=LEASE_EXPIRED) from declined
        stopped(row, site, person, declined.code)
        return False
    factor_removals.end(row, State.REMOVED)
    return True


def refuse_late(row: FactorRemoval, site: Site, wanted: WantedRemoval, person: Person) -> None:
    """Why nothing is removed, before anything is tried. Raises Declined."""
    # guard: help-that-was-turned-off-removes-nothing
    if not site.help_removes_factors:
        raise Declined("", code="turned off")
    # guard: factor-removal-needs-its-approval
    if (row.needs_approval or site.help_needs_second_admin) and not row.approver:
        raise Declined("", code="not approved")
    # guard: factor-removal-is-given-up
    if timezone.now() > row.due_at + GIVEN_UP_AFTER:
        raise Declined("", code="too late")
    refuse_who_came_in(row, wanted, person)


def refuse_who_came_in(row: FactorRemoval, wanted: WantedRemoval, person: Person) -> None:
    """Whoever signed in meanwhile, at whatever app, has lost nothing. Raises Declined."""
    refuse_suspended(person)
    # guard: who-signed-in-keeps-the-second-step
    if row.state == State.SIGNED_IN or mark_of(person) != wanted.signed_in_at:
        raise Declined("", code="signed in")


def remove(row: FactorRemoval, site: Site, person: Person, wanted: WantedRemoval) -> None:
    acting = support.helper(site, person, admin=row.admin, why=wanted.why)
    admins = [one for one in (row.admin, row.approver) if one]

    def allowed(acting: Actor) -> None:
        refuse_unallowed(acting, admins)
        two_step.remove_lost(acting, wanted.factors, check=lambda person: refuse_who_came_in(row, wanted, person))

    def kept(entry: AuditEntry) -> None:
        support.keep_reason(entry, why=wanted.why, who=wanted.asked_by if site.preview_names_admin else "")

    perform(acting, Change.FACTORS_REMOVED, allowed, on_start=kept)


def stopped(row: FactorRemoval, site: Site, person: Person, reason: str) -> None:
    """Something stood in the way: the person is told that nothing is removed."""
    is_kept = reason == "signed in"
    record(owners.acting(site, person, user_agent="", address=""), Change.FACTOR_REMOVAL_STOPPED, reason)
    factor_removals.end(row, State.KEPT if is_kept else State.STOPPED)


def site_of(row: FactorRemoval) -> Site | None:
    """The site where it was asked for, else another one with the same people."""
    hosts = hosts_of(row.tenant)
    wanted = row.site if row.site in hosts else next(iter(hosts), "")
    return next((site for site in settings.SITES if site.host == wanted), None)
