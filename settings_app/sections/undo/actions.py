"""What the link in a mail does: it brings the account back to what was established, and locks out whoever changed it.

Every step looks at what is so and mends what differs, so pressing the button again goes on wherever it was interrupted.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, Refused
from settings_app.logto.types import Factor
from settings_app.models import Notice, Restoration
from settings_app.safeguards import (
    alert_address,
    alert_settings,
    deletion,
    established,
    factor_removals,
    leases,
    limits,
    reports,
    sessions,
    undo,
)
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Unfinished
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import perform
from settings_app.safeguards.reports import Report
from settings_app.safeguards.sign_ins import devices
from settings_app.safeguards.undo import EstablishedValues
from settings_app.safeguards.ways_in import Holdings

ROUNDS = 3  # somebody may change the account again between the first step and the last
PASSWORD_BYTES = 48
PATIENCE_SECONDS = 5.0  # for changes under way; most end sooner
POLL_SECONDS = 0.1
# What could not be done, as the page that follows says it.
PASSWORD, FIRST_PASSWORD, CONNECTIONS, PHONE = "password", "first-password", "connections", "phone"

HALF_DONE = _(
    "Your email is back, but we couldn’t finish. Someone else may still be signed in. Press the button again to go on."
)
STILL_COMING = _(
    "Your email is back, but a change that began before may still arrive. Wait a minute, then press the button again."
)
IS_COMING = "undo.still_coming"  # what is said of it stands
SOMEONE_CAME_IN = _("We couldn’t finish, so someone may still be in your account. Press the button again to go on.")
SIGN_IN_FIRST = _("Sign in first, so we know it’s you.")
TAKEN = _("Another account uses your email now, so we can’t put it back. Nothing was changed.")

log = logging.getLogger(__name__)


def take_back(actor: Actor, token: str, row: Restoration, is_proven: bool) -> None:
    """`token` led to `row`. `is_proven`: its holder has just signed in at Logto as this person."""
    # guard: undo-limited
    limits.spend(actor, Limit.UNDO)
    with undo.claimed(row) as kept:
        person = actor.account.person()
        # guard: suspended-person-takes-nothing-back
        if person.is_suspended:
            raise Declined(undo.UNKNOWN, code="undo.suspended")
        # guard: second-factor-outranks-a-mailbox
        if undo.needs_sign_in(replace(actor, person=person), kept) and not is_proven:
            raise Declined(SIGN_IN_FIRST, code="undo.sign_in_first")
        put_email_back(actor, kept)
        undo.begin(row)
        try:
            finish(actor, row, kept)
        except (LogtoError, Declined) as error:
            if error.code == IS_COMING:
                raise
            log.warning("taking an account back was interrupted: %s", error)
            raise Unfinished(HALF_DONE, code="undo.unfinished") from error


def lock_out(actor: Actor, token: str, notice: Notice, ends_password: bool) -> None:
    """`token` led to `notice`. Every session ends, here and at Logto, with every access; done twice it does no harm.

    `ends_password`: nobody gets back in with the password either.
    """
    # guard: report-limited
    limits.spend(actor, Limit.UNDO)
    reports.refuse_used(notice)
    # guard: report-ends-sessions
    sessions.end_all(actor)
    if ends_password:
        # guard: report-ends-the-password
        perform(actor, Change.PASSWORD_CHANGED, _set_random_password, is_part=True)
        end_who_came_in(actor)
    # guard: this-was-not-me-keeps-the-account
    deletion.withdraw(actor)
    factor_removals.withdraw(actor)
    devices.suspect(actor.realm, actor.account.user_id, since=timezone.now() - reports.LIFE)
    reports.use(notice)


def end_who_came_in(actor: Actor) -> None:
    """With the old password, between the end of the sessions and its own. Raises Unfinished."""
    for _round in range(ROUNDS):
        if not actor.account.sessions():
            return
        # guard: report-ends-who-came-in-meanwhile
        sessions.end_all(actor)
    raise Unfinished(SOMEONE_CAME_IN, code="report.changed_meanwhile")


def ends_password(actor: Actor, report: Report) -> bool:
    """Whether a code for a new password goes where this link went, so that the password may end with the sessions."""
    # guard: only-who-gets-the-code-ends-the-password
    if not reports.was_sent_to(report, actor.person.email):
        return False
    return actor.person.has_password and actor.tenant.public_sign_in_experience().resets_password_by_email


def can_choose_password(actor: Actor) -> bool:
    """Whether there is one, and the tenant sends codes for a forgotten one to what the account has now."""
    public, person = actor.tenant.public_sign_in_experience(), actor.person
    by_email, by_phone = public.resets_password_by_email, public.resets_password_by_phone
    return person.has_password and bool((by_email and person.email) or (by_phone and person.phone))


def put_email_back(actor: Actor, kept: EstablishedValues) -> None:
    try:
        if actor.account.person().email != kept.email:
            actor.account.change_email(kept.email) if kept.email else actor.account.remove_email()
    except Refused as refusal:
        if refusal.code != "user.email_already_in_use":
            raise
        raise Declined(TAKEN, code=refusal.code) from refusal


def finish(actor: Actor, row: Restoration, kept: EstablishedValues) -> None:
    """Goes on until reading again finds nothing that came after. Raises a `LogtoError` or Declined."""
    left: set[str] = set()
    # guard: intruder-is-out-of-this-site-first
    sessions.end_all_here(actor)
    # guard: taking-an-account-back-keeps-it
    deletion.withdraw(actor)
    factor_removals.withdraw(actor)
    tell_of_devices_again(actor, since=datetime.fromisoformat(kept.tokens_before))
    for _round in range(ROUNDS):
        left = set()
        for words in steps(actor, row, kept):
            left |= words
            undo.go_on(row, left)
        is_done = True
        # guard: undo-looks-again
        is_done = is_restored(actor, kept, left)
        if is_done:
            break
    else:
        raise Declined(HALF_DONE, code="undo.changed_meanwhile")
    restored = replace(actor, person=actor.account.person())
    # What came back is established still; this is noted while the way back stands for it.
    undo.note(restored)


def tell_of_devices_again(actor: Actor, *, since: datetime) -> None:
    """Whoever was locked out and comes back on the same device is told of, also where they had switched that off."""
    # guard: undo-has-devices-told-again
    alert_settings.restore(actor, since=since)
    # guard: undo-suspects-younger-devices
    devices.suspect(actor.realm, actor.account.user_id, since=since)


def steps(actor: Actor, row: Restoration, kept: EstablishedValues) -> Iterator[set[str]]:
    """One after the other, each giving what it could not do. Sessions end last: nothing that opens one is left then.

    But who was still in may have set another password until then, so that is made unknown once more.
    """
    put_email_back(actor, kept)
    yield put_phone_back(actor, kept)
    yield put_alert_address_back(actor, kept)
    yield make_password_unknown(actor, kept)
    yield remove_newer_factors(actor, kept)
    yield ask_for_factors_again(actor, kept)
    yield remove_newer_connections(actor, kept)
    yield remove_newer_tokens(actor, kept)
    # guard: undo-ends-sessions
    perform(actor, Change.ALL_SESSIONS_ENDED, sessions.end_all, is_part=True)
    # guard: undo-waits-for-what-had-begun
    wait_for_what_had_begun(row)
    # guard: password-unknown-after-the-last-session
    yield make_password_unknown(actor, kept)


def wait_for_what_had_begun(row: Restoration) -> None:
    """A change that was sent to Logto before could land after the last look. Raises Unfinished: it is still coming."""
    until = time.monotonic() + PATIENCE_SECONDS
    while undo.under_way(row):
        if time.monotonic() >= until:
            raise Unfinished(STILL_COMING, code=IS_COMING)
        time.sleep(POLL_SECONDS)


def put_phone_back(actor: Actor, kept: EstablishedValues) -> set[str]:
    """The established number, or none: one that nobody had established goes."""
    phone = actor.account.person().phone
    # guard: newer-phone-goes
    if established.plain(established.PHONE, phone) != established.plain(established.PHONE, kept.phone):
        if not kept.phone:
            perform(actor, Change.PHONE_REMOVED, lambda _actor: actor.account.remove_phone(), is_part=True)
            return set()
        try:
            perform(actor, Change.PHONE_CHANGED, lambda _actor: actor.account.change_phone(kept.phone), is_part=True)
        except Refused as refusal:
            if refusal.code != "user.phone_already_in_use":
                raise
            perform(actor, Change.PHONE_REMOVED, lambda _actor: actor.account.remove_phone(), is_part=True)
            return {PHONE}
    return set()


def put_alert_address_back(actor: Actor, kept: EstablishedValues) -> set[str]:
    """The established one, or none: one that nobody had established goes."""
    # guard: newer-alert-address-goes
    if alert_address.current(actor) != kept.alert:
        change = Change.ALERT_ADDRESS_CHANGED if kept.alert else Change.ALERT_ADDRESS_REMOVED
        perform(actor, change, _restore_alert_address, address=kept.alert, is_part=True)
    return set()


def _restore_alert_address(actor: Actor, address: str) -> None:
    with leases.on_person(actor):
        alert_address.restore(actor, address)


def make_password_unknown(actor: Actor, kept: EstablishedValues) -> set[str]:
    """A password nobody knows, where the owner can choose a new one by way of what was put back, or had none."""
    if not actor.account.person().has_password:
        return set()
    resets = can_reset(actor, kept)
    if not resets and kept.had_password:
        return {PASSWORD}
    # guard: password-becomes-one-that-nobody-knows
    perform(actor, Change.PASSWORD_CHANGED, _set_random_password, is_part=True)
    return set() if resets else {FIRST_PASSWORD}


def _set_random_password(actor: Actor) -> None:
    actor.account.set_password(secrets.token_urlsafe(PASSWORD_BYTES))


def can_reset(actor: Actor, kept: EstablishedValues) -> bool:
    """Whether the tenant sends codes for a forgotten password to what was put back."""
    public = actor.tenant.public_sign_in_experience()
    by_email, by_phone = public.resets_password_by_email, public.resets_password_by_phone
    return bool((by_email and kept.email) or (by_phone and kept.phone))


def newer_factors(actor: Actor, kept: EstablishedValues) -> list[Factor]:
    return [factor for factor in actor.account.factors() if factor.id not in kept.factors]


def remove_newer_factors(actor: Actor, kept: EstablishedValues) -> set[str]:
    for factor in newer_factors(actor, kept):
        change = Change.PASSKEY_REMOVED if factor.is_passkey else Change.AUTHENTICATOR_REMOVED
        change = Change.BACKUP_CODES_REMOVED if factor.is_backup_codes else change
        # guard: newer-factors-go
        perform(actor, change, _remove_factor, factor_id=factor.id, is_part=True)
    return set()


def _remove_factor(actor: Actor, factor_id: str) -> None:
    actor.account.remove_factor(factor_id)


def ask_for_factors_again(actor: Actor, kept: EstablishedValues) -> set[str]:
    """The established second factors are worth nothing once Logto was told not to ask for them."""
    # guard: factors-are-asked-for-again
    if kept.asked and not actor.account.configuration().asks_at_sign_in:
        perform(actor, Change.TWO_STEP_ON, _ask_for_factors, is_part=True)
    return set()


def _ask_for_factors(actor: Actor) -> None:
    actor.account.change_configuration(two_step_enabled=True, skips_two_step_at_sign_in=False)


def newer_connections(actor: Actor, kept: EstablishedValues) -> list[str]:
    identities = actor.account.person().identities
    return [one.target for one in identities if established.connection(one) not in kept.connections]


def remove_newer_connections(actor: Actor, kept: EstablishedValues) -> set[str]:
    """Unless the owner could not get in any more: then they stay, and the page says so."""
    newer = newer_connections(actor, kept)
    if not newer:
        return set()
    after = Holdings.read(actor.account)
    if not kept.had_password:
        after = after.without_password()
    for target in newer:
        after = after.without_social(target)
    # guard: undo-leaves-a-way-in
    if not can_reset(actor, kept) and not after.ways_in():
        return {CONNECTIONS}
    for target in newer:
        # guard: newer-connections-go
        perform(actor, Change.CONNECTION_REMOVED, _disconnect, target=target, is_part=True)
    return set()


def _disconnect(actor: Actor, target: str) -> None:
    actor.account.disconnect(target)


def remove_newer_tokens(actor: Actor, kept: EstablishedValues) -> set[str]:
    newer = newer_tokens(actor, kept)
    if newer:
        # guard: newer-tokens-go
        perform(actor, Change.ACCESS_TOKENS_REMOVED, _remove_tokens, names=newer, is_part=True)
    return set()


def newer_tokens(actor: Actor, kept: EstablishedValues) -> list[str]:
    """Their names; one whose age Logto does not tell counts as new."""
    before = datetime.fromisoformat(kept.tokens_before)
    tokens = actor.account.personal_access_tokens()
    return [token.name for token in tokens if token.created_at is None or token.created_at > before]


def _remove_tokens(actor: Actor, names: list[str]) -> None:
    for name in names:
        actor.account.remove_personal_access_token(name)


def is_restored(actor: Actor, kept: EstablishedValues, left: set[str]) -> bool:
    """What is so, read once more when the last session has ended."""
    person = actor.account.person()
    if person.email != kept.email or alert_address.current(actor) != kept.alert:
        return False
    phone = "" if PHONE in left else kept.phone
    is_same = established.plain(established.PHONE, person.phone) == established.plain(established.PHONE, phone)
    if kept.asked and not actor.account.configuration().asks_at_sign_in:
        return False
    connections = CONNECTIONS not in left and bool(newer_connections(actor, kept))
    if connections or newer_factors(actor, kept) or newer_tokens(actor, kept):
        return False
    return is_same and not actor.account.sessions()
