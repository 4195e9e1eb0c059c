"""Ends what programs use in the person's place: every access token of an account."""

from __future__ import annotations

import logging

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError
from settings_app.safeguards.declined import Declined, Unfinished

log = logging.getLogger(__name__)

SOME_ARE_LEFT = _("We couldn’t remove all your access tokens, so some still work. Try again in a moment.")


def revoke_all_tokens(actor: Actor) -> int:
    """How many there were. For `perform` under `Change.ACCESS_TOKENS_REMOVED`; done twice, it ends the same.

    Goes on past a failure, so that one that cannot be removed protects no other. Raises Declined where
    they cannot be read, Unfinished where some are left.
    """
    failed: LogtoError | None = None
    try:
        tokens = actor.account.personal_access_tokens()
    except LogtoError as error:
        log.warning("access tokens could not be read: %s", error)
        raise Declined(SOME_ARE_LEFT, code="access-tokens.some_left") from error
    for token in tokens:
        try:
            actor.account.remove_personal_access_token(token.name)
        except LogtoError as error:
            log.warning("an access token could not be removed: %s", error)
            failed = error
    # guard: a-token-that-is-left-is-told
    if failed:
        raise Unfinished(SOME_ARE_LEFT, code="access-tokens.some_left") from failed
    return len(tokens)
