"""The pages that the email and the phone share, and the removal that the username shares with them.

Each of the three sections says in its `Identifier` what is its own: names, form, actions and kinds of change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.actor import Actor
from settings_app.safeguards import pending
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Purpose, Waiting
from settings_app.safeguards.ways_in import without_identifier
from settings_app.shell.code import CodeForm, back_to_first_step, why_back
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.removal import Removal, RemovalForm
from settings_app.shell.sessions import OffersSignOut

Action = Callable[..., object]


class ConfirmForm(OffersSignOut, CodeForm):
    field_order = ("code", "sign_out_others")


@dataclass(frozen=True)
class Identifier:
    """An email or phone. Its `purpose` is also its name: of the form field, of its column, in urls and templates."""

    purpose: Purpose
    form: Callable[[AccountRequest], Form]
    send_code: Action
    change: Action
    code_sent: Change
    added: Change
    changed: Change

    def of(self, actor: Actor) -> str:
        """What the person has now, empty for none."""
        return str(getattr(actor.person, self.purpose))


def change(request: AccountRequest, its: Identifier) -> HttpResponse:
    """Asks for a new one and sends it a code; pressed twice, the code of the first time counts."""
    form = its.form(request)
    already = form.is_valid() and pending.is_on_its_way(request.actor, its.purpose, form.cleaned_data[its.purpose])
    if already or form.submit(request.actor, its.code_sent, its.send_code, is_told=False):
        return redirect(f"{its.purpose}_confirm")
    return render(request, f"{its.purpose}/change.html", {"form": form, "gone": why_back(request, its.purpose)})


def confirm(request: AccountRequest, its: Identifier) -> HttpResponse:
    """Takes the code that was sent to the new one."""
    waiting = pending.waiting(request.actor, its.purpose)
    now = its.of(request.actor)
    if pending.has_led_to(request.actor, its.purpose, now):
        return redirect("security")
    recipient = waiting.recipient if waiting else ""
    form = ConfirmForm.received(request, becomes=recipient)
    kind = its.changed if now else its.added
    if form.submit(request.actor, kind, its.change, written=recipient):
        form.sign_out_others_if_wanted(request)
        return redirect("security")
    if waiting is None and not form.is_bound:
        return back_to_first_step(f"{its.purpose}_change")
    return confirm_page(request, its, form, form, waiting)


def resend(request: AccountRequest, its: Identifier) -> HttpResponse:
    waiting = pending.waiting(request.actor, its.purpose)
    if waiting is None:
        return back_to_first_step(f"{its.purpose}_change")
    form = Form.received(request)
    again: dict[str, Any] = {its.purpose.value: waiting.recipient}
    if not form.is_bound or form.submit(request.actor, its.code_sent, its.send_code, **again):
        return redirect(f"{its.purpose}_confirm")
    return confirm_page(request, its, form, ConfirmForm(), waiting)


def confirm_page(
    request: AccountRequest, its: Identifier, form: Form, code_form: Form, waiting: Waiting | None
) -> HttpResponse:
    """`form` is the one that was posted, which is not that of the code when another code was asked for."""
    shown = {"form": form, "code_form": code_form, "waiting": waiting}
    return render(request, f"{its.purpose}/confirm.html", shown)


def cancel(request: AccountRequest, its: Identifier) -> HttpResponse:
    """Ends the change that waits for its code, in whichever browser it began; the old one stays."""
    if request.method == "POST":
        pending.cancel(request.actor, its.purpose)
    return redirect("security")


def remove(request: AccountRequest, name: str, removed: Change, action: Action) -> HttpResponse:
    """Asks, and removes the `username`, `email` or `phone`."""
    if not getattr(request.person, name):
        return redirect("security")
    form = RemovalForm.received(request, removes=name)
    if form.submit(request.actor, removed, action):
        form.sign_out_others_if_wanted(request)
        return redirect("security")
    removal = Removal.unless_refused(request, form, without_identifier(name))
    return render(request, "identifiers/remove.html", {"form": form, "removal": removal, "name": name})
