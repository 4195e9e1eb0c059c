"""Connected apps on the overview: the card, and a line of the check-up."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.logto.types import ApplicationLook, LogtoSession
from settings_app.sections.apps.listed import name_of
from settings_app.sections.apps.permissions import PLAIN
from settings_app.shell.connected_apps import App, apps_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads, applications, grants, sessions
from settings_app.shell.section import Finding, Summary

MOST_SHOWN = 4  # on the overview
LONG = timedelta(days=90)
NEW = timedelta(days=30)
HARMLESS = {*PLAIN, "profile", "email"}


def others(reads: Reads) -> list[App]:
    return [app for app in apps_of(reads[grants], reads[applications]) if app.is_others]


def summary(request: AccountRequest, reads: Reads) -> Summary:
    found = others(reads)
    total = len(found)
    if not total:
        return Summary([], _("No apps have access"), _("See connected apps"))
    counted = ngettext("%(total)d app has access", "%(total)d apps have access", total) % {"total": total}
    link = ngettext("Review %(total)d app", "Review %(total)d apps", total) % {"total": total}
    shown = found[:MOST_SHOWN]
    names = names_of(request, shown)
    return Summary([(names[app.id], since(request, app)) for app in shown], counted, link)


def since(request: AccountRequest, app: App) -> str:
    return _("Since %(day)s") % {"day": request.actor.formats.day(app.since)} if app.since else ""


def names_of(request: AccountRequest, apps: list[App]) -> dict[str, str]:
    """By id, as the list of apps has them."""
    looks = request.account.tenant.looks_of(app.id for app in apps if app.application)
    return {app.id: name_of(app, looks.get(app.id, ApplicationLook())) for app in apps}


def named(request: AccountRequest, app: App) -> str:
    return names_of(request, [app])[app.id]


def forgotten_or_wide(request: AccountRequest, reads: Reads) -> Finding | None:
    """An app that can go on although nobody has been signed in to it for long, else one that was allowed much lately.

    What an app does by itself is in no list of Logto's, so "unused" is never said.
    """
    found, now = others(reads), timezone.now()
    old = [one for one in found if one.keeps_access and one.latest and now - one.latest > LONG]
    forgotten = [one for one in old if not is_signed_in_to(one, reads[sessions])]
    if forgotten:
        words = {"name": named(request, forgotten[-1]), "day": request.actor.formats.day(forgotten[-1].latest)}  # type: ignore[arg-type]  # all of `old` have one
        title = ngettext(
            "Check an app you haven’t signed in to for a while",
            "Check %(count)d apps you haven’t signed in to for a while",
            len(forgotten),
        ) % {"count": len(forgotten)}
        text = _("You last allowed %(name)s something on %(day)s. It can still use your account while you’re away.")
        return Finding("todo", title, text % words, "apps", _("Review apps"))
    wide = next((one for one in found if one.latest and now - one.latest < NEW and is_wide(one)), None)
    if wide is None:
        return None
    text = _("You recently gave it wide access, also for when you’re away. Check that it was you.")
    return Finding(
        "todo", _("Check the access of %(name)s") % {"name": named(request, wide)}, text, "apps", _("Review apps")
    )


def is_signed_in_to(app: App, listed: tuple[LogtoSession, ...]) -> bool:
    return any(app.id in one.application_ids for one in listed)


def is_wide(app: App) -> bool:
    """It goes on while one is away, and reaches beyond name and email, into APIs or organisations."""
    return app.keeps_access and bool(app.resources or app.organization_scopes or set(app.scopes) - HARMLESS)
