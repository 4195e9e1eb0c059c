"""What a provider sent back by way of the browser: believed only as the answer to a question of this very session."""

from __future__ import annotations

from django.http import QueryDict

from settings_app.actor import Actor
from settings_app.safeguards import connect_states
from settings_app.safeguards.connect_states import Connecting
from settings_app.safeguards.declined import Declined
from settings_app.sections.connections import words
from settings_app.sections.connections.actions import PURPOSE

ERRORS = ("error", "error_code", "errorCode")


def arrived(actor: Actor, query: QueryDict) -> Connecting:
    """What was recorded under the state that `query` brings, used up by it. Raises Declined."""
    given = query.getlist("state")
    # guard: connect-state-given-once
    if len(given) != 1 or not given[0]:
        raise Declined(words.NO_STATE, code="state.missing")
    begun = connect_states.take(actor, given[0])
    # guard: connect-state-for-connecting
    if begun.purpose.partition(":")[0] != PURPOSE:
        raise Declined(connect_states.UNKNOWN, code="state.unknown")
    return begun


def replaces(begun: Connecting) -> str:
    """What stands for the account that the person agreed to replace, empty for none."""
    return begun.purpose.partition(":")[2]


def answered(query: QueryDict, *, is_verified: bool) -> dict[str, str]:
    """The provider's parameters, which may hold a code, when Logto may be given them. Raises Declined."""
    # guard: connect-still-verified
    if not is_verified:
        raise Declined(words.CONFIRM_AGAIN, code="verification.over")
    # guard: provider-answer-in-one-piece
    if not is_single_valued(query):
        raise Declined(words.AMBIGUOUS, code="provider.ambiguous")
    error = next((str(query[name]) for name in ERRORS if query.get(name)), "")
    # guard: provider-error-ends-it
    if error:
        raise words.provider_error(error)
    return {name: str(value) for name, value in query.items()}


def is_single_valued(query: QueryDict) -> bool:
    """Whether each parameter came once: of two codes nobody knows which one Logto would take."""
    return all(len(values) == 1 for _name, values in query.lists())
