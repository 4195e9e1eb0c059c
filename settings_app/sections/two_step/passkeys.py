"""Adding and renaming passkeys, which only the tenant's own account center can do (docs/logto.md 17, 18).

A passkey belongs to the host it was made on, so this site cannot make one for Logto's. The person is sent there and
comes back to an address that compares what there is with what there was.
"""

from __future__ import annotations

import time
from typing import TypedDict
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.actor import Actor
from settings_app.logto.types import Factor
from settings_app.safeguards.changes import Change
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.perform import perform, record
from settings_app.sections.two_step.landing import after_a_change
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render

KEPT_SECONDS = 1800


class Before(TypedDict):
    """What there was when the person left: each passkey's id and a digest of its name."""

    names: dict[str, str]
    until: float


@editable("passkey")
@verified_recently
def leave(request: AccountRequest, task: str) -> HttpResponse:
    """Says where it goes on; its button goes there. `task` is `add` or `manage`."""
    steps = SecondSteps.read(request.actor)
    why_not = steps.why_no_new_passkeys
    if request.method == "POST" and not why_not:
        perform(request.actor, Change.PASSKEY_STARTED, remember, passkeys=steps.passkeys)
        return HttpResponseRedirect(account_center_address(request.actor, task))
    host = urlsplit(request.site.endpoint).netloc
    return render(request, "two_step/passkeys.html", {"task": task, "why_not": why_not, "host": host})


def came_back(request: AccountRequest) -> HttpResponse:
    """Where the account center leads back to: tells and announces what changed meanwhile. Changes nothing in Logto."""
    before = remembered(request)
    if before is None:
        return redirect("two_step")
    passkeys = request.account.factors()
    forget(request)
    return (
        after_a_change() if tell(request, before, [one for one in passkeys if one.is_passkey]) else redirect("two_step")
    )


def account_center_address(actor: Actor, task: str) -> str:
    back = actor.site.base_url.rstrip("/") + reverse("two_step_passkeys_return")
    return f"{actor.site.endpoint}/account/passkey/{task}?{urlencode({'redirect': back})}"


def tell(request: AccountRequest, before: Before, now: list[Factor]) -> bool:
    """Whether passkeys came or went; each is audited and announced as if it had been done here."""
    names = before["names"]
    added = [one for one in now if one.id not in names]
    gone = set(names) - {one.id for one in now}
    renamed = [one for one in now if one.id in names and name_mark(one) != names[one.id]]
    for change in [Change.PASSKEY_ADDED] * len(added) + [Change.PASSKEY_REMOVED] * len(gone):
        record(request.actor, change, "at the account center")
    if added:
        messages.success(request, _("Passkey added: %(names)s.") % {"names": ", ".join(named(one) for one in added)})
    if gone:
        words = ngettext("%(total)d passkey removed.", "%(total)d passkeys removed.", len(gone))
        messages.success(request, words % {"total": len(gone)})
    if renamed:
        messages.success(request, _("Renamed to %(names)s.") % {"names": ", ".join(named(one) for one in renamed)})
    if not (added or gone or renamed):
        messages.info(request, _("Nothing was changed. You came back before it was finished."))
    return bool(added or gone)


def named(passkey: Factor) -> str:
    return passkey.name or _("Passkey")


def name_mark(passkey: Factor) -> str:
    return digest("passkey-name", passkey.name)[:16]


def remember(actor: Actor, passkeys: tuple[Factor, ...]) -> None:
    names = {one.id: name_mark(one) for one in passkeys}
    before: Before = {"names": names, "until": time.time() + KEPT_SECONDS}
    actor.browser["passkeys"] = before


def remembered(request: AccountRequest) -> Before | None:
    before: Before | None = request.session.get("passkeys")
    return before if before and before["until"] >= time.time() else None


def forget(request: AccountRequest) -> None:
    request.session.pop("passkeys", None)
