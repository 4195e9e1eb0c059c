"""What can be done about the password: store a new one, and hear Logto's judgement of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.formats import sentences
from settings_app.logto.errors import LogtoError
from settings_app.safeguards import limits
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import read_again, was_lost
from settings_app.sections.password.policy import verdict_in_words


@dataclass(frozen=True)
class Verdict:
    """What the page says about a password that is being typed; `kind` is ok, bad or info."""

    kind: str
    sentences: list[str]


def change_password(actor: Actor, password: str, current_password: str = "") -> None:
    """Stores a new one, once it is proved to be another one and Logto has judged it."""
    prove_another_one(actor, current_password, password)
    judge(actor, password)
    store(actor, password)


def check_password(actor: Actor, password: str) -> Verdict:
    """Logto's judgement of a password that is being typed. Nothing is saved."""
    try:
        with limits.attempt(actor, Limit.CHECK_PASSWORD):
            verdict = actor.account.check_password(password)
    except (Declined, LogtoError):
        return Verdict("info", [_("We can’t check the rest right now. We’ll check again when you save.")])
    if not verdict.judged:
        return Verdict(
            "info", [_("We can’t check it against leaked passwords right now. We’ll check again when you save.")]
        )
    if wrong := verdict_in_words(verdict, password):
        return Verdict("bad", wrong)
    return Verdict("ok", [_("This password meets all the rules.")])


def prove_another_one(actor: Actor, current: str, new: str) -> None:
    """That the current password is known and the new one differs from it, with one check at Logto. Raises Declined."""
    if not actor.person.has_password:
        return
    if current:
        with limits.attempt(actor, Limit.STEP_UP_PASSWORD) as attempt:
            # guard: current-password-proved
            if not actor.account.verify_password(current):
                words = _("That’s not your current password. Try again.")
                raise Declined(words, field="current_password", code="password.wrong")
            attempt.succeeded()
        is_same = current == new
    else:
        with limits.attempt(actor, Limit.SAME_PASSWORD):
            is_same = actor.account.verify_password(new)
    # guard: same-password-refused
    if is_same:
        words = _("That’s the password you have now. Choose a different one.")
        raise Declined(words, field="password", code="password.same")


def judge(actor: Actor, password: str) -> None:
    """Logto's final judgement. Without one nothing is saved: a password nobody looked up might be a leaked one."""
    with limits.attempt(actor, Limit.SAVE_PASSWORD):
        verdict = actor.account.check_password(password)
    # guard: unjudged-password-refused
    if not verdict.judged:
        raise Declined(
            _("We can’t check it against leaked passwords right now, so nothing was changed. Try again in a moment."),
            code="password.not_judged",
        )
    # guard: password-judged-by-logto
    if not verdict.accepted:
        words = sentences(verdict_in_words(verdict, password))
        raise Declined(words, field="password", code="password.rejected")


def store(actor: Actor, password: str) -> None:
    """Writes it. When the answer is lost, asks Logto which password counts now, once."""
    try:
        actor.account.set_password(password)
    except LogtoError as error:
        if not was_lost(error):
            raise
        if not read_again(error, lambda: is_stored(actor, password)):
            words = _("We lost the connection while saving. If your old password no longer works, use the new one.")
            raise Declined(words, code="password.answer_lost") from error


def is_stored(actor: Actor, password: str) -> bool:
    try:
        with limits.attempt(actor, Limit.SAME_PASSWORD):
            return actor.account.verify_password(password)
    except (Declined, LogtoError):
        return False
