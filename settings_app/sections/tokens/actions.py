"""What can be done about access tokens: get one, rename one, remove one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, NotFound, Refused
from settings_app.safeguards.declined import Declined

NAME_TAKEN = "user.personal_access_token_name_exists"
MOMENTS = timedelta(minutes=1)
JUST_MADE = _("You got a token with this name moments ago. If you didn’t see it, remove it and get another one.")
GONE = _("That token isn’t there any more.")


def add(actor: Actor, name: str, ends: datetime | None) -> str:
    """Gives the secret itself. It is nowhere but in what this returns."""
    try:
        return actor.account.add_personal_access_token(name, ends)
    except Refused as refusal:
        if refusal.code == NAME_TAKEN and was_just_made(actor, name):
            raise Declined(JUST_MADE, field="name", code="access-token.just_made") from refusal
        raise


def was_just_made(actor: Actor, name: str) -> bool:
    """As when the button was pressed twice: the first answer, with the secret, was never seen."""
    try:
        tokens = actor.account.personal_access_tokens()
    except LogtoError:
        return False
    since = timezone.now() - MOMENTS
    return any(one.name == name and one.created_at is not None and one.created_at > since for one in tokens)


def rename(actor: Actor, name: str, token: str) -> None:
    try:
        actor.account.rename_personal_access_token(token, becomes=name)
    except NotFound as error:
        raise Declined(GONE, code=error.code or "access-token.gone") from error


def remove(actor: Actor, token: str) -> None:
    actor.account.remove_personal_access_token(token)
