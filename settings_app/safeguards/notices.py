"""Mails about changes of an account: stored with the started audit row, released by its outcome, emptied once sent.

Whom each goes to is decided here, `mails/compose.py` words it, `mails/outbox.py` sends it. Everything about the person
rests sealed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.formats import hint_of_email, hint_of_phone, hint_of_username
from settings_app.logto.types import Person
from settings_app.models import AuditEntry, Notice
from settings_app.safeguards import alert_address, deletion, established, factor_removals, limits, undo
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change, Mailed
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.encryption import seal, unseal
from settings_app.safeguards.limits import Limit, Scope
from settings_app.tenancy import tenant_of

SEALED_FOR = "notice"
WHY = "support.why"  # in what an actor remembers, where support acts
HELD_FOR = timedelta(minutes=2)  # a change without outcome after this time was cut off
KEPT_FOR = timedelta(days=30)  # the row of a mail that was sent, without its content

HINTS = {"email": hint_of_email, "phone": hint_of_phone, "username": hint_of_username, "alert-address": hint_of_email}

State = Notice.State


class AddressRole(StrEnum):
    """Why an address is told.

    It is the account's, was replaced or removed, or is the new one; a way back to it stands, so that it is told of
    everything, while one that is younger may soon be nobody's of the account; or it leaves the account by such a way
    back, and is told nothing about who used it. Or it is the alert address, which is told of everything anyway,
    established or not yet.
    """

    CURRENT = "current"
    OLD = "old"
    NEW = "new"
    ESTABLISHED = "established"
    YOUNG = "young"
    LEFT = "left"
    ALERT = "alert"
    ALERT_YOUNG = "alert-young"


@dataclass(frozen=True)
class Facts:
    """What the mail is made from. `undo` is the token of the link, for the established address alone."""

    to: str
    role: str
    name: str
    language: str
    locale: str
    zone: str
    at: str
    device: str
    address: str
    undo: str = ""
    # When the account will be deleted or its second step removed, and the token of the link that keeps it.
    until: str = ""
    keep: str = ""
    # Why support did it.
    why: str = ""
    # What was changed, so that who knows it knows it again.
    before: str = ""
    after: str = ""
    # Devices that were new, each with its moment, address, place, app and how far it got (sign_ins/devices.py).
    sightings: Sequence[Mapping[str, Any]] = ()
    # The app through which it was done; empty for what was done on a page.
    app: str = ""


def hold(
    actor: Actor,
    entry: AuditEntry,
    change: Change,
    written: str,
    kept: undo.EstablishedValues | None,
    sightings: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Stores the mails about a change that is about to be tried. A person without any address gets none.

    `kept` is what its way back brings back, where it has one.
    """
    words, person = change.words, actor.person
    if words.announced is None:
        return
    way = undo.offer(actor, entry, kept) if kept else None
    told = _told(change, person, written)
    watchers = undo.told_too(actor)
    # guard: younger-address-holds-no-link
    if watchers:
        told = [(one, role if any(_is_same(one, each) for each in watchers) else _young(role)) for one, role in told]
    for watcher, role in [*_alerted(actor, change), *((one, AddressRole.ESTABLISHED) for one in watchers)]:
        # guard: established-address-is-told-of-everything
        if not any(_is_same(watcher, address) for address, _role in told):
            told.append((watcher, role))
    planned = deletion.prepare(actor, change) or factor_removals.prepare(actor, change)
    hinted = hints(change, person, written, alert_address.current(actor))
    facts = Facts(
        to="",
        role="",
        name=person.own_name,
        language=actor.language,
        locale=str(actor.formats.locale),
        zone=actor.formats.zone.key,
        at=entry.started_at.isoformat(),
        device=entry.device,
        address=entry.address,
        until=planned.due_at.isoformat() if planned else "",
        keep=planned.signed_token if planned else "",
        before=hinted.get("before", ""),
        after=hinted.get("after", ""),
        app=actor.application_name,
        why=actor.remembered.get(WHY, ""),
    )
    language = established.language(actor)
    for address, role in told:
        own = asdict(facts) | {"to": address, "role": role.value, "sightings": list(sightings)}
        if not sightings:  # a process of the release before, which knows no such mails, reads all others
            del own["sightings"]
        if not facts.app:  # the same of what was done through no app
            del own["app"]
        if not facts.why:  # as above
            del own["why"]
        if language != actor.language and role is not AddressRole.NEW:
            own |= {"language": language, "locale": language}
        # guard: way-back-for-the-established-address-alone
        if way and any(_is_same(address, one) for one in way.addresses):
            own["undo"] = way.signed_token
        # guard: who-took-it-back-is-not-told
        if role is AddressRole.LEFT:
            own |= {"name": "", "device": "", "address": ""} | ({"app": ""} if facts.app else {})
        Notice.objects.create(
            entry=entry,
            site=entry.site,
            subject=entry.subject,
            change=change.value,
            sealed=seal(SEALED_FOR, json.dumps(own)),
            made_at=entry.started_at,
            due_at=entry.started_at + HELD_FOR,
        )


def release(entry: AuditEntry, outcome: AuditEntry.Outcome) -> None:
    """The change was done, or nobody can say whether it was: the mails say so. One for failures is dropped."""
    held = Notice.objects.filter(entry=entry, state=State.HELD)
    if wants_failures(entry):
        held.delete()
        return
    state = State.DONE if outcome == AuditEntry.Outcome.DONE else State.UNKNOWN
    held.update(state=state, due_at=timezone.now())


def drop(entry: AuditEntry) -> None:
    """Nothing was changed, so there is nothing to tell and nothing to undo."""
    Notice.objects.filter(entry=entry, state=State.HELD).delete()
    undo.withdraw(entry)


def wants_failures(entry: AuditEntry) -> bool:
    return Change(entry.change).words.mailed is Mailed.AFTER_FAILURES


def count_failure(entry: AuditEntry) -> None:
    """A failed confirmation. The first few tell nobody; when they come in a burst, one mail an hour does."""
    who, realm = {Scope.PERSON: entry.subject}, entry.tenant or tenant_of(entry.site)
    held = Notice.objects.filter(entry=entry, state=State.HELD)
    try:
        limits.count(realm, Limit.FAILED_STEP_UP, who)
    except TooManyAttempts:
        try:
            limits.count(realm, Limit.FAILED_STEP_UP_TOLD, who)
        except TooManyAttempts:
            held.delete()
        else:
            held.update(state=State.DONE, due_at=timezone.now())
    else:
        held.delete()


def facts_of(notice: Notice) -> Facts | None:
    """None when it was sealed with a key that is gone."""
    text = unseal(SEALED_FOR, notice.sealed)
    return Facts(**json.loads(text)) if text else None


def settle_cut_off() -> None:
    """Changes that were cut off: their mails say that the end could not be confirmed. Burst mails are dropped."""
    cut_off = Notice.objects.filter(state=State.HELD, due_at__lte=timezone.now())
    burst = [change.value for change in Change if change.words.mailed is Mailed.AFTER_FAILURES]
    cut_off.filter(change__in=burst).delete()
    cut_off.update(state=State.UNKNOWN)


def unsent() -> QuerySet[Notice]:
    """Mails that are to go out, or will be when their change has ended."""
    return Notice.objects.filter(state__in=(State.HELD, State.DONE, State.UNKNOWN))


def delete_old() -> int:
    """Retention: rows of mails that were sent, or could not be, a month ago. Says how many of a batch."""
    before = timezone.now() - KEPT_FOR
    return sum(
        delete_some(Notice.objects.filter(state=state, made_at__lt=before), "made_at")
        for state in (State.SENT, State.UNDELIVERABLE)
    )


def hints(change: Change, person: Person, written: str, alert: str = "") -> dict[str, str]:
    """What was there before a change and what is there after it; nothing for a change that is undone."""
    kind, _dash, what = change.value.rpartition("-")
    if kind not in HINTS or what not in ("added", "changed", "removed"):
        return {}
    there = {"email": person.email, "phone": person.phone, "username": person.username, "alert-address": alert}
    current = there[kind]
    hint = HINTS[kind]
    return {"before": hint(current), "after": "" if what == "removed" else hint(written)}


def _told(change: Change, person: Person, written: str) -> list[tuple[str, AddressRole]]:
    words = change.words
    if change is Change.ACCOUNT_RESTORED:
        left = [(person.email, AddressRole.LEFT)] if person.email and not _is_same(person.email, written) else []
        return [*([(written, AddressRole.CURRENT)] if written else []), *left]
    if words.value != "email":
        told = [(person.email, AddressRole.CURRENT)] if person.email else []
        return [*told, (written, AddressRole.NEW)] if words.value == "alert-address" and written else told
    told = [(person.email, AddressRole.OLD)] if person.email else []
    # guard: new-address-is-told
    if written and written != person.email:
        told.append((written, AddressRole.NEW))
    return told


def _young(role: AddressRole) -> AddressRole:
    """Who changed the account keeps that address when its owner has taken the account back."""
    return AddressRole.YOUNG if role in (AddressRole.CURRENT, AddressRole.OLD) else role


def _alerted(actor: Actor, change: Change) -> list[tuple[str, AddressRole]]:
    """The alert address, and the one that was it and was established until a moment ago."""
    current, stands = alert_address.current(actor), alert_address.established(actor)
    # Somebody else may have added it.
    young = AddressRole.LEFT if change is Change.ACCOUNT_RESTORED else AddressRole.ALERT_YOUNG
    found = [(stands, AddressRole.ALERT)] if stands else []
    return [*found, (current, young)] if current and not _is_same(current, stands) else found


def _is_same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
