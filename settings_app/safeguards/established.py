"""What stood on an account for 72 hours, or was there before this site saw it: only that can be brought back.

At each page the person's email, phone and connected accounts are compared with keyed digests of those seen last. What
is new counts from when it is first seen here, whoever wrote it: this site, Logto's own pages, another application.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.logto.account import digits
from settings_app.logto.types import Person, SocialIdentity
from settings_app.models import KnownValue
from settings_app.prepared import Prepared
from settings_app.safeguards import proven_email
from settings_app.safeguards.encryption import digests, key_names

STANDS_AFTER = timedelta(hours=72)
SEEN, EMAIL, PHONE, CONNECTION = "seen", "email", "phone", "connection"
LANGUAGE = "language"  # of a browser; those of earlier times stay known

Value = tuple[str, str]

_KNOWN = Prepared(KnownValue.objects.filter, "tenant", "subject")


def connection(identity: SocialIdentity) -> str:
    """What a connected account is known by: another one at the same provider is another one."""
    return f"{identity.target}:{identity.id}"


def note(actor: Actor, *, put_back: Callable[[Actor], Collection[Value]]) -> None:
    """Writes down what the person holds now, where that differs from what was known; most of the time it reads.

    `put_back` gives values that had been established before, whose time does not begin anew. Raises a `LogtoError`.
    """
    rows, person = _KNOWN.rows(**actor.key), actor.person
    new, gone = _differences(actor, person, rows, put_back)
    # A slow page may have read the person before another one changed or restored the account.
    # guard: noted-as-it-is-now
    if rows and (new or gone):
        person = actor.account.person()
        new, gone = _differences(actor, person, rows, put_back)
    if not new and not gone:
        return
    with transaction.atomic():
        KnownValue.objects.filter(pk__in=gone).delete()
        KnownValue.objects.bulk_create(new, ignore_conflicts=True)
        # guard: former-email-is-proven-no-more
        proven_email.forget_former(actor, person.email)


def _differences(
    actor: Actor, person: Person, rows: list[KnownValue], put_back: Callable[[Actor], Collection[Value]]
) -> tuple[list[KnownValue], list[int]]:
    """What this person holds beside what is known in `rows`: rows to be added, and keys of those to be deleted."""
    names = key_names()
    known = {(row.kind, row.digest): row for row in rows}
    unreadable = [row for row in rows if row.key not in names]
    now, kept, new = timezone.now(), set(), []
    for kind, value in [*_held(person), *_language_of_browser(actor)]:
        under_keys = digests("known-value", *actor.key.values(), kind, value)
        found = [known[kind, one] for one in under_keys if (kind, one) in known]
        if found and found[0].key == names[0]:
            kept.add(found[0].pk)
            continue
        since = None
        # guard: only-what-was-seen-first-counts-from-the-start
        if rows:
            since = now
        if found:
            since = found[0].since
        elif (kind, value) in put_back(actor):
            since = None
        elif same := [row for row in unreadable if row.kind == kind]:
            since = _latest(same)  # its key is gone, so nobody can tell whether it is the same: taken for that
        new.append(KnownValue(**actor.key, kind=kind, digest=under_keys[0], key=names[0], since=since))
    gone = [row.pk for row in rows if row.pk not in kept and (row.kind != LANGUAGE or row.key not in names)]
    return new, gone


def is_established(actor: Actor, kind: str, value: str) -> bool:
    """Whether `value` stood long enough by now, as far as was noted."""
    if not value:
        return False
    under_keys = digests("known-value", *actor.key.values(), kind, plain(kind, value))
    row = KnownValue.objects.filter(**actor.key, kind=kind, digest__in=under_keys).first()
    # guard: only-established-values-come-back
    if row is not None and row.since is not None and row.since > timezone.now() - STANDS_AFTER:
        return False
    return row is not None


def of_person(actor: Actor) -> set[Value]:
    """Everything this person holds that is established, as `plain` writes it."""
    return {(kind, value) for kind, value in _held(actor.person) if is_established(actor, kind, value)}


def language(actor: Actor) -> str:
    """What mails to the owner are written in: the language of this browser, unless it was never used here before.

    Whoever takes an account over would else choose the language of the warnings.
    """
    rows = KnownValue.objects.filter(**actor.key, kind=LANGUAGE)
    # guard: warnings-in-an-established-language
    rows = rows.filter(Q(since=None) | Q(since__lte=timezone.now() - STANDS_AFTER))
    known = set(rows.values_list("digest", flat=True))
    spoken = [code for code, _name in settings.LANGUAGES if known & _digests_of_language(actor, code)]
    return actor.language if actor.language in spoken or not spoken else spoken[0]


def _language_of_browser(actor: Actor) -> list[Value]:
    """Nothing where there is but one language."""
    if actor.session is None or len(settings.LANGUAGES) == 1:
        return []
    return [(LANGUAGE, plain(LANGUAGE, actor.language))]


def _digests_of_language(actor: Actor, code: str) -> set[str]:
    return set(digests("known-value", *actor.key.values(), LANGUAGE, plain(LANGUAGE, code)))


def _held(person: Person) -> list[Value]:
    """What is looked at. The first says that the account was seen at all, be it with nothing else on it."""
    held = [(EMAIL, plain(EMAIL, person.email)), (PHONE, plain(PHONE, person.phone))]
    held += [(CONNECTION, connection(identity)) for identity in person.identities]
    # guard: an-account-with-nothing-was-seen-too
    held.append((SEEN, SEEN))
    return [(kind, value) for kind, value in held if value]


def plain(kind: str, value: str) -> str:
    """What is the same mailbox or number is the same value, however it is written."""
    return digits(value) if kind == PHONE else value.casefold()


def _latest(rows: list[KnownValue]) -> datetime | None:
    return max((row.since for row in rows if row.since is not None), default=None)
