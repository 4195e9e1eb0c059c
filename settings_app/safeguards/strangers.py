"""What is kept from strangers who ask for codes to an address: whether it is taken, and the code of who waits there."""

from __future__ import annotations

from django.conf import settings

from settings_app import languages
from settings_app.actor import Actor
from settings_app.logto.errors import Refused
from settings_app.logto.types import Person
from settings_app.models import Pending
from settings_app.safeguards import limits
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit, Scope
from settings_app.safeguards.perform import record
from settings_app.safeguards.ways_in import can_send


def holder_of(actor: Actor, kind: str, recipient: str) -> Person | None:
    """Whose address it is. Raises a `LogtoError`: nobody can say, or the tenant sends no codes of this kind at all."""
    # guard: no-connector-is-told-of-every-address
    if not can_send(kind, actor.tenant.connectors()):
        raise Refused("POST", "/api/verification-codes", status=501, code="connector.not_found")
    return actor.tenant.holder_of(recipient)


def may_be_sent_one(actor: Actor, recipient: str, *, had_one: bool) -> bool:
    """Counts a code to `recipient`, whoever asks for it. Nobody is told that there were enough.

    Who had none there lately can be sent one when others have used all up.
    """
    if not _is_counted(actor, Limit.CODE_TO_RECIPIENT_A_MINUTE, recipient):
        return False
    if _is_counted(actor, Limit.CODE_TO_RECIPIENT, recipient):
        return True
    # guard: newcomers-are-sent-one
    return not had_one and _is_counted(actor, Limit.CODE_TO_NEWCOMER, recipient)


def may_be_tried(actor: Actor, row: Pending) -> bool:
    """Counts a try of the code that `row` waits for, whoever tries. Nobody is told that there were enough.

    For a row that is held back something else is counted, in the same time.
    """
    counted = f"{row.recipient} for {row.subject}" if row.held_back else row.recipient
    is_one_of_few = _is_counted(actor, Limit.CODE_TRY_AT_RECIPIENT, counted)
    # guard: recipient-stands-a-few-tries
    if not is_one_of_few:
        return False
    return not row.held_back


def tell_holder(actor: Actor, holder: Person, kind: str) -> None:
    """The person who has the address hears of it, once a day at most, and nothing of who asked."""
    theirs = Actor(
        site=actor.site, account=actor.tenant.account(holder.id), person=holder, language=language_of(holder)
    )
    change = Change.EMAIL_WANTED if kind == "email" else Change.PHONE_WANTED
    try:
        # guard: holder-told-once-a-day
        limits.count(actor.realm, Limit.HOLDER_TOLD, {Scope.PERSON: holder.id})
    except TooManyAttempts:
        return
    record(theirs, change, "by another account")


def language_of(person: Person) -> str:
    """The language of mails to somebody whose browser is not here."""
    offered = [code for code, _name in settings.LANGUAGES]
    return languages.fitting([person.profile.locale or ""], offered) or settings.LANGUAGE_CODE


def _is_counted(actor: Actor, limit: Limit, recipient: str) -> bool:
    try:
        limits.spend(actor, limit, recipient=recipient)
    except TooManyAttempts:
        return False
    return True
