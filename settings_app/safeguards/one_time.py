"""What is kept here until it is used, once: sign-ins and connections under way, the secret of an authenticator shown.

One table holds every kind. What is kept is sealed, the token that finds it again is stored as a digest, and one DELETE
decides who uses it. Who may do so is for the kind to say.
"""

from __future__ import annotations

import enum
import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import OneTimeState
from settings_app.prepared import Prepared
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import seal, unseal

SEALED_FOR = "one-time-state"

_NEWEST = Prepared(OneTimeState.objects.order_by("-started_at").filter, "kind", "site", "mark", "subject")


class Use(enum.Enum):
    """What came of using something up."""

    GOOD = "good"
    LATE = "late"  # it was there, but no longer good
    GONE = "gone"  # another request was quicker


@dataclass(frozen=True, slots=True)
class Holder:
    """Who keeps something: `mark` is of the browser or the session, `subject` empty while nobody is signed in."""

    site: str
    mark: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept, and for whom."""

    key: str
    holder: Holder
    started_at: datetime
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StateKind:
    """One use of the store: good for `life`, found again for `found_for`, and `most` of it for one holder."""

    name: str
    life: timedelta
    most: int
    found_for: timedelta

    def keep(self, holder: Holder, **values: str) -> str:
        """A new token, under which `values` are found again. The oldest of the holder make room."""
        now = timezone.now()
        older = self._of(holder).order_by("-started_at").values_list("key", flat=True)
        # guard: one-time-bounded
        OneTimeState.objects.filter(key__in=list(older[self.most - 1 :])).delete()
        token = secrets.token_urlsafe(32)
        OneTimeState.objects.create(
            key=_key(token),
            kind=self.name,
            site=holder.site,
            mark=holder.mark,
            subject=holder.subject,
            sealed=seal(SEALED_FOR, json.dumps(values)),
            started_at=now,
            gone_at=now + self.found_for,
        )
        return token

    def find(self, token: str) -> Kept | None:
        """What was kept under this token, whoever asks."""
        return opened(OneTimeState.objects.filter(kind=self.name, key=_key(token)).first())

    def newest(self, holder: Holder) -> Kept | None:
        """What the holder kept last."""
        return opened(_NEWEST.first(kind=self.name, site=holder.site, mark=holder.mark, subject=holder.subject))

    def use_up(self, kept: Kept) -> Use:
        """Takes it away and says whether it counts: for one of two requests, in time."""
        there = OneTimeState.objects.filter(key=kept.key).delete()[0]
        # guard: one-time-used-once
        if not there:
            return Use.GONE
        # guard: one-time-expires
        if self.is_over(kept):
            return Use.LATE
        return Use.GOOD

    def is_over(self, kept: Kept) -> bool:
        """Whether it is no longer good."""
        return kept.started_at <= timezone.now() - self.life

    def _of(self, holder: Holder) -> models.QuerySet[OneTimeState]:
        return OneTimeState.objects.filter(kind=self.name, site=holder.site, mark=holder.mark)


def session_of(actor: Actor) -> Holder:
    """The session that acts, as the holder of something."""
    return Holder(actor.site.host, actor.binding, actor.account.user_id)


def forget_all(hosts: Collection[str], subject: str) -> None:
    """Everything that is under way for this person on these hosts."""
    OneTimeState.objects.filter(site__in=hosts, subject=subject).delete()


def delete_old() -> int:
    """Retention. Says how many rows of a batch."""
    return delete_some(OneTimeState.objects.filter(gone_at__lte=timezone.now()), "gone_at")


def opened(row: OneTimeState | None) -> Kept | None:
    """What a row holds. None also for what was sealed with a key that is gone."""
    text = unseal(SEALED_FOR, row.sealed) if row else None
    if row is None or text is None:
        return None
    return Kept(row.key, Holder(row.site, row.mark, row.subject), row.started_at, json.loads(text))


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
