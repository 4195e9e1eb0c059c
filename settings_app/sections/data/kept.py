"""What this site itself keeps of a person, in plain words: one line for each table that names one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.lifetimes import absolute_seconds, audit_kept_days
from settings_app.models import (
    AlertAddress,
    AlertSettings,
    AuditEntry,
    DeletionRequest,
    FactorRemoval,
    IdempotentRequest,
    KnownDevice,
    KnownValue,
    Notice,
    OneTimeState,
    Pending,
    Preview,
    ProvenEmail,
    Restoration,
    SecurityEvent,
    Session,
    TokenCutoff,
    Undo,
)
from settings_app.sites import Site


@dataclass(frozen=True)
class KeptHere:
    """`of` are the tables that it stands for."""

    what: str
    until: str
    of: tuple[type[Model], ...]


def days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def hours_at_most(seconds: int) -> str:
    count = -(-seconds // 3600)
    return ngettext("%(count)d hour at most", "%(count)d hours at most", count) % {"count": count}


def listed(site: Site) -> tuple[KeptHere, ...]:
    """As this site is set up at present, in the language of the page."""
    return (
        KeptHere(
            _("Your sign-in here, your time zone, and a form you had filled in when we asked you to confirm it’s you"),
            hours_at_most(absolute_seconds(site)),
            (Session,),
        ),
        KeptHere(
            _("A new email or phone number until you confirm it, and anything you’re setting up or connecting"),
            _("10 minutes to an hour"),
            (Pending, OneTimeState),
        ),
        KeptHere(
            _("A record of changes to your account: what changed, when, and the device and network address used"),
            days(audit_kept_days(site)),
            (AuditEntry,),
        ),
        KeptHere(
            _("When support looked at your account or changed something in it, and why, encrypted"),
            days(audit_kept_days(site)),
            (Preview,),
        ),
        KeptHere(
            _("Emails to you about changes, encrypted"),
            _("Until we send them. We keep a note that each was sent for 30 days"),
            (Notice,),
        ),
        KeptHere(
            _("Your previous email or phone number after a change, encrypted, so you can undo the change"),
            _("72 hours"),
            (Restoration, Undo),
        ),
        KeptHere(
            _("How long you’ve had your email, phone number and connected accounts, in a form that can’t be read back"),
            _("As long as they’re yours"),
            (KnownValue, ProvenEmail),
        ),
        KeptHere(
            _("Browsers and systems you’ve signed in with, in a form that can’t be read back, so we can spot new ones"),
            _("400 days after you last used one"),
            (KnownDevice,),
        ),
        KeptHere(
            _("Your alert address, encrypted"),
            _("Until you remove it, and up to 72 hours after that"),
            (AlertAddress,),
        ),
        KeptHere(
            _("Which emails about your account you’ve turned off"),
            _("As long as you have the account"),
            (AlertSettings,),
        ),
        KeptHere(
            _("Your request to delete your account"),
            _("Until that day, and 30 days after it"),
            (DeletionRequest,),
        ),
        KeptHere(
            _("A second step that support is going to remove, and why, encrypted"),
            _("Until that day, and 30 days after it"),
            (FactorRemoval,),
        ),
        *told_elsewhere(site),
        KeptHere(
            _("What apps asked us to change in your account and what we answered, encrypted"),
            days(1),
            (IdempotentRequest,),
        ),
        KeptHere(
            _("When the access of apps to your account settings was ended"),
            days(30),
            (TokenCutoff,),
        ),
    )


def told_elsewhere(site: Site) -> tuple[KeptHere, ...]:
    """Where the operator has changes told to other services."""
    if not site.events_url:
        return ()
    what = _("Notes to our other services that something about your sign-in changed, without your details")
    return (KeptHere(what, _("Until they’re delivered, and 7 days after that"), (SecurityEvent,)),)
