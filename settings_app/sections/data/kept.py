"""What this site itself keeps of a person, in plain words: one line for each table that names one."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.models import (
    AuditEntry,
    DeletionRequest,
    KnownValue,
    Notice,
    OneTimeState,
    Pending,
    ProvenEmail,
    Restoration,
    Session,
    Undo,
)


@dataclass(frozen=True)
class Kept:
    """`of` are the tables that it stands for."""

    what: str
    until: str
    of: tuple[type[Model], ...]


def days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def hours_at_most(seconds: int) -> str:
    count = -(-seconds // 3600)
    return ngettext("%(count)d hour at most", "%(count)d hours at most", count) % {"count": count}


def listed() -> tuple[Kept, ...]:
    """As this site is set up at present, in the language of the page."""
    return (
        Kept(
            _("That you’re signed in, your time zone, and what you had typed when you were asked to confirm it’s you"),
            hours_at_most(settings.SESSION_ABSOLUTE_SECONDS),
            (Session,),
        ),
        Kept(
            _("A new email or phone number until you’ve confirmed it, and what you’re setting up or connecting"),
            _("10 minutes to an hour"),
            (Pending, OneTimeState),
        ),
        Kept(
            _("What was changed in your account, when, on which device and from which network address"),
            days(settings.AUDIT_KEPT_DAYS),
            (AuditEntry,),
        ),
        Kept(
            _("Emails to you about changes, encrypted"),
            _("Until they’re sent; that one was sent, 30 days"),
            (Notice,),
        ),
        Kept(
            _("Your email and phone number of before a change, encrypted, so that you can undo it"),
            _("72 hours"),
            (Restoration, Undo),
        ),
        Kept(
            _("Since when you have your email, phone number and connected accounts, in a form that can’t be read back"),
            _("As long as they’re yours"),
            (KnownValue, ProvenEmail),
        ),
        Kept(
            _("That you asked to delete your account"),
            _("Until that day, and 30 days after it"),
            (DeletionRequest,),
        ),
    )
