"""What can be done about the second step: turn it on and off, set up and replace an app, make codes, remove factors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError
from settings_app.logto.types import Factor, Person
from settings_app.safeguards import confirmation, leases
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Interrupted, Unfinished
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.leases import Held
from settings_app.safeguards.perform import Remark, perform, was_lost
from settings_app.safeguards.ways_in import Holdings, removing
from settings_app.sections.two_step import enrolment, writing
from settings_app.sections.two_step.steps import BACKUP_CODE, TOTP, SecondSteps


def turn_on(actor: Actor) -> None:
    actor.account.change_configuration(two_step_enabled=True, skips_two_step_at_sign_in=False)


def turn_off(actor: Actor) -> None:
    # guard: demanded-second-step-stays-on
    if SecondSteps.read(actor).is_demanded:
        words = _("Your account needs a second step, so you can’t turn this off.")
        raise Declined(words, code="two-step.demanded")
    actor.account.change_configuration(skips_two_step_at_sign_in=True)


def add_authenticator(actor: Actor, setup: str, code: str = "") -> Remark | None:
    """Proves the app, gives its secret to Logto, and makes sure that Logto asks for it."""
    with leases.on_person(actor) as lease:
        proven = enrolment.prove(actor, setup, code)
        held = Holdings.read(actor.account)
        writing.refuse_unoffered(held, TOTP)
        if any(factor.is_authenticator for factor in held.factors):
            enrolment.give_up(actor)
            ask_from_now_on(actor)  # the request that added it may have ended before it came to that
            words = _("You set up an authenticator app in another tab. To use this one instead, replace it.")
            raise Declined(words, code="authenticator.already")
        lease.renew()
        writing.add_authenticator(actor, proven.secret)
        remark = ask_from_now_on(actor)
        enrolment.finish(actor, proven)
    confirmation.know_factors_of(actor)
    return remark


def replace_authenticator(actor: Actor, setup: str, code: str = "") -> None:
    """Proves the new app first; then the old one goes and the new one comes at once."""
    with leases.on_person(actor) as lease:
        proven = enrolment.prove(actor, setup, code)
        held = Holdings.read(actor.account)
        writing.refuse_unoffered(held, TOTP)
        writing.refuse_unproven(actor, held)
        writing.in_place_of(
            actor,
            lease,
            [factor for factor in held.factors if factor.is_authenticator],
            lambda: writing.add_authenticator(actor, proven.secret),
            removal=Change.AUTHENTICATOR_REMOVED,
            half_done=_(
                "Your old app no longer works here, and the new one isn’t saved yet. "
                "Press the button again to finish. You don’t need to scan anything."
            ),
            unsure=_(
                "Your old app no longer works here, and we can’t tell whether the new one is saved. "
                "Press the button again to make sure. You don’t need to scan anything."
            ),
        )
        enrolment.finish(actor, proven)
    confirmation.know_factors_of(actor)


def ask_from_now_on(actor: Actor) -> Remark | None:
    """Without this Logto may never ask for the app (docs/logto.md 7.4). The app is stored: a failure is only told."""
    for last in (False, True):
        try:
            actor.account.change_configuration(two_step_enabled=True)
        except LogtoError:
            if last:
                words = _(
                    "We saved your app but couldn’t turn on two-step verification. Try turning it on in a moment."
                )
                return Remark(words, is_warning=True)
        else:
            break
    return None


def make_backup_codes(actor: Actor, replaces: str) -> tuple[str, ...]:
    """Ten codes made by Logto in place of every older set."""
    with leases.on_person(actor) as lease:
        held = Holdings.read(actor.account)
        writing.refuse_unoffered(held, BACKUP_CODE)
        # guard: backup-codes-never-alone
        if all(factor.is_backup_codes for factor in held.factors):
            words = _("To get backup codes, set up an authenticator app or a passkey first.")
            raise Declined(words, code="backup-codes.alone")
        # guard: backup-codes-replaced-once
        if not constant_time_compare(mark_of(held), replaces):
            words = _("You got new codes a moment ago. If you didn’t save them, get new codes again.")
            raise Declined(words, code="backup-codes.replaced")
        writing.refuse_unproven(actor, held)
        codes = writing.in_place_of(
            actor,
            lease,
            [factor for factor in held.factors if factor.is_backup_codes],
            actor.account.add_backup_codes,
            removal=Change.BACKUP_CODES_REMOVED,
            half_done=_("Your old codes no longer work, and we couldn’t make new ones. Try again in a moment."),
            unsure=_("Your old codes no longer work, and the new ones didn’t reach us. Get new codes again."),
        )
    confirmation.know_factors_of(actor)
    return codes


def mark_of(held: Holdings) -> str:
    """Tells the sets that there are from those of another moment."""
    return digest("backup-codes", *(factor.id for factor in held.factors if factor.is_backup_codes))[:24]


@dataclass(frozen=True)
class Leaving:
    """What a removal takes away: the `chosen` factors, and the backup codes that would be left alone by it."""

    chosen: tuple[Factor, ...]
    orphans: tuple[Factor, ...]

    @classmethod
    def of(cls, held: Holdings, is_chosen: Callable[[Factor], bool]) -> Leaving:
        chosen = tuple(factor for factor in held.factors if is_chosen(factor))
        rest = [factor for factor in held.factors if factor not in chosen]
        # Logto lets them be alone, and then asks for one (docs/logto.md 7.3). Codes by mail or text do not count (7.2).
        # guard: backup-codes-leave-with-the-last-factor
        if chosen and all(factor.is_backup_codes for factor in rest):
            return cls(chosen, tuple(rest))
        return cls(chosen, ())

    def leave(self, held: Holdings) -> Holdings:
        return held.without_factors(*(factor.id for factor in (*self.chosen, *self.orphans)))


def remove_factors(actor: Actor, is_chosen: Callable[[Factor], bool]) -> Remark | None:
    """Removes the chosen factors, and the backup codes that would be left alone.

    Those go first: were they left behind, Logto would ask for one of them at every sign-in.
    """
    with removing(actor, lambda held: Leaving.of(held, is_chosen).leave(held)) as (before, lease):
        writing.refuse_unproven(actor, before)
        leaving = Leaving.of(before, is_chosen)
        if not leaving.orphans:
            remove_each(actor, lease, leaving.chosen)
            return None
        perform(actor, Change.BACKUP_CODES_REMOVED, remove_each, lease=lease, factors=leaving.orphans)
        try:
            remove_each(actor, lease, leaving.chosen)
        except (LogtoError, Declined) as error:
            if was_lost(error):
                raise
            words = _("We removed your backup codes but nothing else. Try again in a moment.")
            raise Interrupted(words, code="factor.only_codes_removed") from error
    return Remark(_("Your backup codes were removed too. They can’t be the only second step."))


def remove_lost(actor: Actor, factor_ids: Collection[str], *, check: Callable[[Person], None]) -> None:
    """As support does it for somebody who has lost these: nobody can prove them. Done again, it does what is left.

    What the tenant demands is Logto's to ask for at the next sign-in. `check` sees the person as they are right before
    and may raise Declined. Raises Declined where nobody could sign in afterwards, Unfinished when some are left.
    """
    with leases.on_person(actor) as lease:
        before = Holdings.read(actor.account)
        check(before.person)
        leaving = Leaving.of(before, lambda factor: factor.id in factor_ids)
        # guard: support-leaves-a-way-in
        if leaving.chosen and not leaving.leave(before).ways_in():
            raise Declined("", code="removal.last_way_in")
        left = [*leaving.orphans, *leaving.chosen]
        try:
            for factor in tuple(left):
                remove_each(actor, lease, (factor,))
                left.remove(factor)
        except (LogtoError, Declined) as error:
            if was_lost(error) or len(left) == len(leaving.orphans) + len(leaving.chosen):
                raise
            raise Unfinished("", code="factor.some_left") from error


def remove_each(actor: Actor, lease: Held, factors: tuple[Factor, ...]) -> None:
    for factor in factors:
        lease.renew()
        writing.remove(actor, factor)
