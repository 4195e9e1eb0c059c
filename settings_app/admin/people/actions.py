"""Begins a preview: the trail first, then whether it may be, then who it is about."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import NotFound
from settings_app.models import AuditEntry, Preview
from settings_app.safeguards import limits, notices, previews
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import perform

YOUR_OWN = _("You can’t preview your own account.")
ANOTHER_ADMIN = _("You can’t preview the account of another administrator.")
NOBODY = _("There is no person with this user ID.")


def preview(admin: Actor, person_id: str, *, why: str) -> Preview:
    """Raises Declined or a `LogtoError`; the trail has the attempt by then. Without the trail there is no preview."""
    # guard: previews-limited
    limits.spend(admin, Limit.PREVIEW)
    begun: list[Preview] = []

    def kept(entry: AuditEntry) -> None:
        begun.append(previews.keep(admin, entry, why=why))

    try:
        looker = previews.onlooker(admin, person_id)
        perform(looker, Change.ACCOUNT_VIEWED, look, is_mailed=False, on_start=kept, admin=admin, rows=begun)
    except BaseException:
        for row in begun:
            previews.end(row)
        raise
    return begun[0]


def look(onlooker: Actor, admin: Actor, rows: list[Preview]) -> None:
    """Whether this person may be looked at. The first thing that is read of them, once the trail has it."""
    person_id = onlooker.account.user_id
    # guard: nobody-previews-themselves
    if person_id == admin.account.user_id:
        raise Declined(YOUR_OWN, code="preview.own")
    try:
        roles = onlooker.account.roles()
        person = onlooker.account.person()
    except NotFound as error:
        raise Declined(NOBODY, code="preview.nobody") from error
    # guard: admins-are-not-previewed
    if any(role.name == admin.site.admin_role for role in roles) and not admin.site.preview_of_admins:
        raise Declined(ANOTHER_ADMIN, code="preview.of_admin")
    entry = rows[0].entry
    if admin.site.preview_is_mailed and entry is not None:
        told = previews.onlooker(admin, person_id, person)
        notices.hold(told, entry, Change.ACCOUNT_VIEWED, "", None)
