"""Adding and renaming passkeys, which only the tenant's own account center can do (docs/logto.md 17, 18).

A passkey belongs to the host it was made on, so this site cannot make one for Logto's. The person is sent there and
comes back to an address that compares what there is with what there was.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.formats import in_a_row
from settings_app.logto.types import Factor, FieldPolicy
from settings_app.safeguards import confirmation
from settings_app.safeguards.changes import Change
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.field_policy import policy
from settings_app.safeguards.ways_in import can_send
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.account_center import Detour, tell_what_changed
from settings_app.shell.gates import editable
from settings_app.shell.http import AccountRequest, public, render
from settings_app.shell.landing import after_a_change

DETOUR = Detour("passkeys_elsewhere", Change.PASSKEY_STARTED, "two_step_passkeys_return")


@public
def well_known(request: AccountRequest) -> HttpResponse:
    """Where password managers look for the pages that add a passkey and list them (W3C passkey-endpoints)."""
    addresses = {"enroll": reverse("two_step_passkeys_add"), "manage": reverse("security")}
    return JsonResponse({name: request.site.url(address) for name, address in addresses.items()})


@editable("passkey")
def leave(request: AccountRequest, task: str) -> HttpResponse:
    """Says where it goes on; its button goes there. `task` is `add` or `manage`.

    Logto's page asks to confirm before anything changes (docs/logto.md 17), so nobody is asked twice. It can be passed
    with a password or a code only, and leads nowhere from there: who has neither is told so here.
    """
    steps = SecondSteps.read(request.actor)
    if request.method != "POST" and has_changed_there(request, steps.passkeys):
        return redirect("two_step_passkeys_return")
    why_not = steps.why_no_new_passkeys
    can_confirm = can_confirm_there(request)
    if request.method == "POST" and not why_not and can_confirm:
        return redirect(DETOUR.begin(request.actor, f"passkey/{task}", marks(steps.passkeys)))
    host = urlsplit(request.site.endpoint).netloc
    chosen = request.GET.get("passkey", "")
    context = {
        "task": task,
        "why_not": why_not,
        "can_confirm": can_confirm,
        "offers": () if can_confirm else ways_to_confirm_there(request),
        "host": host,
        "name": next((named(one) for one in steps.passkeys if one.id == chosen), ""),
    }
    return render(request, "two_step/passkeys.html", context)


def has_changed_there(request: AccountRequest, passkeys: Iterable[Factor]) -> bool:
    """Whether somebody comes back here from there with something changed: its list leads nowhere by itself."""
    before = DETOUR.before(request.actor)
    return before is not None and before != marks(passkeys)


def can_confirm_there(request: AccountRequest) -> bool:
    """Whether Logto's page has a way for this person to confirm who they are."""
    person, sends = request.person, request.account.tenant.connectors()
    by_code = (person.email and can_send("email", sends)) or (person.phone and can_send("phone", sends))
    return bool(person.has_password or by_code)


def ways_to_confirm_there(request: AccountRequest) -> tuple[str, ...]:
    """What this person may add, as the tenant has it, so that Logto's page can confirm who they are."""
    tenant = request.account.tenant
    center, sends = tenant.account_center(), tenant.connectors()
    allowed = [name for name in ("email", "phone", "password") if policy(center, name) is FieldPolicy.EDIT]
    return tuple(name for name in allowed if name == "password" or can_send(name, sends))


def came_back(request: AccountRequest) -> HttpResponse:
    """Where the account center leads back to: tells and announces what changed meanwhile. Changes nothing in Logto."""
    before = DETOUR.before(request.actor)
    if before is None:
        return redirect("security")
    passkeys = [one for one in request.account.factors() if one.is_passkey]
    DETOUR.end(request.actor)
    confirmation.know_factors_of(request.actor)
    return after_a_change() if tell(request, before, passkeys) else redirect("security")


def tell(request: AccountRequest, before: dict[str, str], now: list[Factor]) -> bool:
    """Whether passkeys came or went."""
    added = [one for one in now if one.id not in before]
    gone = set(before) - {one.id for one in now}
    renamed = [one for one in now if one.id in before and name_mark(one) != before[one.id]]
    told = []
    if added:
        told.append(_("Passkey added: %(names)s.") % {"names": in_a_row(named(one) for one in added)})
    if gone:
        words = ngettext("%(total)d passkey removed.", "%(total)d passkeys removed.", len(gone))
        told.append(words % {"total": len(gone)})
    if renamed:
        told.append(_("Renamed to %(names)s.") % {"names": in_a_row(named(one) for one in renamed)})
    changes = [Change.PASSKEY_ADDED] * len(added) + [Change.PASSKEY_REMOVED] * len(gone)
    return tell_what_changed(request, changes, told)


def marks(passkeys: Iterable[Factor]) -> dict[str, str]:
    return {one.id: name_mark(one) for one in passkeys}


def named(passkey: Factor) -> str:
    return passkey.name or _("Passkey")


def name_mark(passkey: Factor) -> str:
    return digest("passkey-name", passkey.name)[:16]
