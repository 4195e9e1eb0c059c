"""The pages that remove a factor: the last one that stands by itself takes the backup codes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.logto.errors import LogtoError, Unavailable
from settings_app.logto.types import Factor
from settings_app.safeguards import audit
from settings_app.safeguards.changes import Change
from settings_app.safeguards.ways_in import Holdings, listed, removing
from settings_app.sections.two_step import writing
from settings_app.sections.two_step.landing import after_a_change
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.removal import Removal


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


class RemoveFactorForm(Form):
    """Nothing to fill in."""


@editable("mfa")
@verified_recently
def authenticator(request: AccountRequest) -> HttpResponse:
    return removal_page(request, "authenticator", Change.AUTHENTICATOR_REMOVED, lambda one: one.is_authenticator)


@editable("mfa")
@verified_recently
def backup_codes(request: AccountRequest) -> HttpResponse:
    return removal_page(request, "backup_codes", Change.BACKUP_CODES_REMOVED, lambda one: one.is_backup_codes)


@editable("passkey")
@verified_recently
def passkey(request: AccountRequest, factor_id: str) -> HttpResponse:
    def is_chosen(factor: Factor) -> bool:
        # guard: only-passkeys-by-their-id
        if not factor.is_passkey:
            return False
        return factor.id == factor_id

    return removal_page(request, "passkey", Change.PASSKEY_REMOVED, is_chosen)


def removal_page(
    request: AccountRequest, kind: str, change: Change, is_chosen: Callable[[Factor], bool]
) -> HttpResponse:
    def write() -> None:
        with removing(request, lambda held: Leaving.of(held, is_chosen).leave(held)) as before:
            take_away(request, Leaving.of(before, is_chosen))

    held = Holdings.read(request.account)
    leaving = Leaving.of(held, is_chosen)
    if not leaving.chosen:
        return redirect("two_step")
    form = RemoveFactorForm.received(request)
    if form.submit(request, change, write):
        return after_a_change()
    after = leaving.leave(held)
    context = {
        "form": form,
        "kind": kind,
        "leaving": leaving,
        "name": leaving.chosen[0].name or _("this passkey"),
        "removal": Removal.of(held, after),
        "consequences": consequences(held, after),
    }
    return render(request, "two_step/remove.html", context)


def take_away(request: AccountRequest, leaving: Leaving) -> None:
    """Backup codes go first: were they left behind, Logto would ask for one of them at every sign-in."""
    if leaving.orphans:
        with audit.recorded(request, Change.BACKUP_CODES_REMOVED):
            for factor in leaving.orphans:
                writing.remove(request, factor)
    try:
        for factor in leaving.chosen:
            writing.remove(request, factor)
    except LogtoError as error:
        if not leaving.orphans or (isinstance(error, Unavailable) and error.may_have_happened):
            raise
        words = _("Your backup codes were removed, and nothing else was. Try again in a moment.")
        raise writing.HalfDone(words, code="factor.only_codes_removed") from error
    if leaving.orphans:
        messages.info(request, _("Your backup codes were removed too. They can’t be the only second step."))


def consequences(before: Holdings, after: Holdings) -> str:
    """In sentences, what signing in is like afterwards."""
    sentences = []
    left = passkeys_of(after)
    if left < passkeys_of(before):
        by_itself = _("You won’t be able to sign in with it.")
        as_second_step = _("It won’t count as your second step any more.")
        sentences.append(by_itself if before.experience.passkey_sign_in_enabled else as_second_step)
        still = ngettext("You’ll still have %(left)d passkey.", "You’ll still have %(left)d passkeys.", left)
        sentences += [still % {"left": left}] if left else []
    elif after.second_factors():
        sentences.append(_("You’ll still be asked for another second step."))
    if before.second_factors() and not after.second_factors():
        sentences.append(_("Signing in won’t ask for a second step any more."))
    sentences.append(_("You can still sign in with %(ways)s.") % {"ways": listed(after.ways_in())})
    return " ".join(sentences)


def passkeys_of(held: Holdings) -> int:
    return sum(factor.is_passkey for factor in held.factors)
