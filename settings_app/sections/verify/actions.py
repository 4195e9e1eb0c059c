"""What confirms that a person is who they are: their password, or a code sent to where they can be reached now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.safeguards import limits, pending
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.sections.verify.methods import StepUpMethods, methods_of


def check_password(actor: Actor, password: str, methods: StepUpMethods) -> None:
    refuse_weaker_method(methods)
    with limits.attempt(actor, Limit.STEP_UP_PASSWORD) as attempt:
        # guard: step-up-password-right
        if not actor.account.verify_password(password):
            raise Declined(_("That’s not your password. Try again."), field="password", code="password.wrong")
        attempt.succeeded()


def send_code(actor: Actor, kind: Kind, methods: StepUpMethods) -> None:
    """Sends a code to the email or phone that the person has now."""
    refuse_weaker_method(methods)
    recipient = methods.recipient(kind)
    if not recipient:
        raise Declined(_("We can’t send codes there right now. Use another way."), code="step-up.no_recipient")
    pending.send(actor, Purpose.STEP_UP, kind, recipient)


def check_code(actor: Actor, code: str) -> None:
    refuse_weaker_method(methods_of(actor))
    recipient = pending.redeem(actor, Purpose.STEP_UP, code)
    # guard: step-up-code-of-current-address
    if recipient not in (actor.person.email, actor.person.phone):
        words = _("That changed since we sent the code. Send a code to the new one.")
        raise Declined(words, code="step-up.old_address")


def refuse_weaker_method(methods: StepUpMethods) -> None:
    # guard: weaker-way-refused
    if methods.second_factor:
        words = _("You use two-step verification, so you need to sign in again to confirm it’s you.")
        raise Declined(words, code="step-up.needs_sign_in")
