"""What only one request at a time may do, in whatever process: a row that one statement takes and one releases."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from settings_app.actor import Actor
from settings_app.logto.transport import LONGEST_WRITE_SECONDS
from settings_app.models import Lease
from settings_app.safeguards.declined import Declined, TooManyAttempts, Wait
from settings_app.safeguards.encryption import digest

PERSON_SECONDS = int(LONGEST_WRITE_SECONDS) + 8  # it outlasts each write that is made right after `renew`
PERSON_WAIT_SECONDS = 3
POLL_SECONDS = 0.05
BUSY_SECONDS = 10  # what a person is asked to wait: most calls take far less than the longest
LEASE_EXPIRED = "lease.expired"
BUSY = Wait(
    ngettext_lazy(
        "We’re busy right now. Try again in %(number)d second.",
        "We’re busy right now. Try again in %(number)d seconds.",
        "number",
    )
)


@dataclass(frozen=True)
class Held:
    """A lease that was taken. It ends by itself, so whatever follows a slow read asks `renew` first."""

    key: str
    holder: str
    seconds: int

    def renew(self) -> None:
        """The full time again, right before the write. Raises Declined when the lease has run out meanwhile."""
        now = timezone.now()
        still = Lease.objects.filter(key=self.key, holder=self.holder, expires_at__gt=now)
        # guard: lease-still-held
        if not still.update(expires_at=now + timedelta(seconds=self.seconds)):
            raise Declined(_("That took too long, so nothing was changed. Try again."), code=LEASE_EXPIRED)

    def release(self) -> None:
        Lease.objects.filter(key=self.key, holder=self.holder).delete()


@contextmanager
def on_person(actor: Actor) -> Iterator[Held]:
    """For removing a way to sign in: take it, read the person afresh, decide, `renew`, write.

    Waits a moment for another one's end, then raises TooManyAttempts.
    """
    person = actor.account.user_id
    with one_of(
        actor.realm, f"person {person}", places=1, seconds=PERSON_SECONDS, wait_seconds=PERSON_WAIT_SECONDS
    ) as held:
        yield held


@contextmanager
def one_of(realm: str, name: str, *, places: int, seconds: int, wait_seconds: float) -> Iterator[Held]:
    """Holds one of `places` leases called `name`. Raises TooManyAttempts when none is free within `wait_seconds`."""
    until = time.monotonic() + wait_seconds
    while (held := _take_any(realm, name, places, seconds)) is None:
        if time.monotonic() >= until:
            raise TooManyAttempts(BUSY_SECONDS, BUSY, code="busy")
        time.sleep(POLL_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  # spreads the tries, hides nothing
    try:
        yield held
    finally:
        held.release()


def _take_any(realm: str, name: str, places: int, seconds: int) -> Held | None:
    for place in random.sample(range(places), places):
        if held := take(realm, f"{name} {place}", seconds):
            return held
    return None


def take(realm: str, name: str, seconds: int) -> Held | None:
    """The lease, or None while somebody else has it."""
    now = timezone.now()
    held = Held(digest("lease", realm, name), secrets.token_urlsafe(24), seconds)
    row = Lease(key=held.key, holder=held.holder, expires_at=now + timedelta(seconds=seconds))
    if Lease.objects.filter(key=held.key, expires_at__lte=now).update(holder=row.holder, expires_at=row.expires_at):
        return held
    Lease.objects.bulk_create([row], ignore_conflicts=True)
    # guard: lease-is-exclusive
    if not Lease.objects.filter(key=held.key, holder=held.holder).exists():
        return None
    return held
