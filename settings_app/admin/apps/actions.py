"""Writes what an application may ask for, call by call, and how it presents itself. The trail has before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.admin.apps.catalogue import CatalogueEntry
from settings_app.logto.errors import LogtoError
from settings_app.logto.third_party import PermissionKind, ThirdPartyApp
from settings_app.models import AppChange, AuditEntry
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Unfinished
from settings_app.safeguards.perform import perform


def change_permissions(
    admin: Actor, app: ThirdPartyApp, granted: Collection[CatalogueEntry], withdrawn: Collection[CatalogueEntry]
) -> None:
    """Grants first, then withdraws. Safe to repeat. Raises Unfinished once something was done, else a `LogtoError`."""
    done = 0
    try:
        for kind in PermissionKind:
            if some := [entry.value for entry in granted if entry.kind is kind]:
                app.permit(kind, some)
                done += len(some)
        for entry in withdrawn:
            app.withdraw(entry.kind, entry.value)
            done += 1
    except LogtoError as error:
        if not done:
            raise
        words = _(
            "%(done)d of %(total)d changes were saved before we lost the connection. This is what is in force now."
        )
        told = words % {"done": done, "total": len(granted) + len(withdrawn)}
        raise Unfinished(told, code="app.interrupted") from error


def change_look(admin: Actor, app: ThirdPartyApp, **values: str) -> None:
    app.change_look(**values)


def in_the_trail(
    admin: Actor,
    app: ThirdPartyApp,
    change: Change,
    action: Callable[..., None],
    read: Callable[[], Any],
    **values: Any,
) -> None:
    """Performs `action`, with what `read` finds before it and after it beside the row of the trail."""
    acting = replace(admin, acting_admin=admin.account.user_id)
    before, rows = written(read()), []

    def keep(entry: AuditEntry) -> None:
        rows.append(AppChange.objects.create(entry=entry, site=entry.site, application=app.id, before=before))

    try:
        perform(acting, change, action, on_start=keep, about=app.id, app=app, **values)
    finally:
        for row in rows:
            AppChange.objects.filter(pk=row.pk).update(after=after(read))
        admin.tenant.look_of(app.id).forget()
        admin.tenant.consent_scopes_of(app.id).forget()


def after(read: Callable[[], Any]) -> str:
    """Empty when it cannot be read."""
    try:
        return written(read())
    except LogtoError:
        return ""


def written(value: Any) -> str:
    return json.dumps(value if isinstance(value, dict) else asdict(value), ensure_ascii=False, sort_keys=True)
