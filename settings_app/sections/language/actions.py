"""What choosing a language changes on the account."""

from __future__ import annotations

from settings_app import languages
from settings_app.actor import Actor
from settings_app.logto.types import FieldPolicy
from settings_app.safeguards.changes import Change
from settings_app.safeguards.field_policy import policy
from settings_app.safeguards.perform import perform


def keep(actor: Actor, code: str) -> None:
    """Makes it the account's `locale`, where the person may edit that and it says another language so far.

    Raises Declined or a `LogtoError`.
    """
    stored = actor.person.profile.locale
    if languages.fitting([stored]) == code:
        return  # `de-AT` says German already, and more
    if actor.site.visible_fields and "locale" not in actor.site.visible_fields:
        return
    # guard: language-of-the-account-by-policy
    if policy(actor.tenant.account_center(), "profile") is not FieldPolicy.EDIT:
        return
    perform(actor, Change.PROFILE, save, about="language", code=code)


def save(actor: Actor, code: str) -> None:
    actor.account.change_profile(locale=languages.tag_of(code))
