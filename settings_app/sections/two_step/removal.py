"""The pages that remove a factor: the last one that stands by itself takes the backup codes with it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.formats import sentences
from settings_app.logto.types import Factor
from settings_app.safeguards.changes import Change
from settings_app.safeguards.ways_in import Holdings, listed
from settings_app.sections.two_step import actions, writing
from settings_app.sections.two_step.actions import Leaving
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.landing import after_a_change
from settings_app.shell.reads import asks_for_factor
from settings_app.shell.removal import Removal, asks_what_is_held, held_by


class RemoveFactorForm(Form):
    """Nothing to fill in."""


@editable("mfa")
@verified_recently
@asks_what_is_held(asks_for_factor)
def authenticator(request: AccountRequest) -> HttpResponse:
    return removal_page(request, "authenticator", Change.AUTHENTICATOR_REMOVED, lambda one: one.is_authenticator)


@editable("mfa")
@verified_recently
@asks_what_is_held(asks_for_factor)
def backup_codes(request: AccountRequest) -> HttpResponse:
    return removal_page(request, "backup_codes", Change.BACKUP_CODES_REMOVED, lambda one: one.is_backup_codes)


@editable("passkey")
@verified_recently
@asks_what_is_held(asks_for_factor)
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
    is_post = request.method == "POST"
    held = Holdings.read(request.account) if is_post else held_by(request)
    leaving = Leaving.of(held, is_chosen)
    if not leaving.chosen:
        return redirect("security")
    form = RemoveFactorForm.received(request)
    if form.submit(request.actor, change, actions.remove_factors, is_chosen=is_chosen):
        return after_a_change()
    after = leaving.leave(held)
    is_asked = asks_for_factor(request.account) if is_post else request.begun.part(asks_for_factor).required
    unproven = writing.why_unproven(held, is_asked)
    context = {
        "form": form,
        "kind": kind,
        "leaving": leaving,
        "name": leaving.chosen[0].name or _("this passkey"),
        "removal": Removal(str(unproven.text), "") if unproven else Removal.of(held, after),
        "consequences": consequences(held, after),
    }
    return render(request, "two_step/remove.html", context)


def consequences(before: Holdings, after: Holdings) -> str:
    """In sentences, what signing in is like afterwards."""
    said = []
    left = passkeys_of(after)
    if left < passkeys_of(before):
        by_itself = _("You won’t be able to sign in with it.")
        as_second_step = _("You can no longer use it as your second step.")
        said.append(by_itself if before.experience.passkey_sign_in_enabled else as_second_step)
        still = ngettext("You’ll still have %(left)d passkey.", "You’ll still have %(left)d passkeys.", left)
        said += [still % {"left": left}] if left else []
    elif after.second_factors():
        said.append(_("We’ll ask for one of your other second steps instead."))
    if before.second_factors() and not after.second_factors():
        said.append(_("We’ll no longer ask for a second step when you sign in."))
    said.append(_("You can still sign in with %(ways)s.") % {"ways": listed(after.ways_in())})
    return sentences(said)


def passkeys_of(held: Holdings) -> int:
    return sum(factor.is_passkey for factor in held.factors)
