"""Lost second factors that support is to remove: what waits for its moment, and what stops it before.

The owner has the waiting time to show that nothing is lost: by signing in, or by the link in the mail. Nothing here
calls Logto; `admin/help/` does.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.models import FactorRemoval
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Needless
from settings_app.safeguards.encryption import digest, digests, seal, unseal
from settings_app.sites import Site

SALT = "settings_app.factor-removal"
SEALED_FOR = "factor-removal"
PLANNED = "factor-removal.planned"  # in what an actor remembers
CLAIMED_FOR = timedelta(minutes=10)  # longer than a removal takes; one that was killed goes on after it
AGAIN_AFTER = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=24)  # past its moment: nobody expects it any more
KEPT_FOR = timedelta(days=30)  # the row of a removal that has ended

State = FactorRemoval.State

ALREADY_ASKED = _("A removal waits for this account already. Withdraw it first.")
UNDER_WAY = _("Your second step is being removed right now, so it’s too late to stop it.")
TOO_LATE = _("Support has removed your second step already, so it’s too late to stop it.")
NOTHING_WAITS = _("Nothing is waiting to be removed any more.")
ANOTHER_ONE = _("You asked for this removal, so another administrator has to approve it.")


@dataclass(frozen=True)
class PlannedRemoval:
    """A removal that is being asked for: its link goes out in the mail about it."""

    token: str
    due_at: datetime

    @property
    def signed_token(self) -> str:
        return signing.TimestampSigner(salt=SALT).sign(self.token)


@dataclass(frozen=True)
class WantedRemoval:
    """What is to be removed, by Logto's ids and in words; why; who asked; and when the person had last signed in."""

    factors: Mapping[str, str]
    why: str
    asked_by: str
    signed_in_at: str = ""

    @classmethod
    def of(cls, row: FactorRemoval) -> WantedRemoval | None:
        """None when it was sealed with a key that is gone."""
        text = unseal(SEALED_FOR, row.sealed)
        return cls(**json.loads(text)) if text else None


def prepare(actor: Actor, change: Change) -> PlannedRemoval | None:
    """The link and the moment for the mail about a removal; `ask` keeps what was prepared."""
    if change is not Change.FACTOR_REMOVAL_ASKED:
        return None
    due_at = timezone.now() + timedelta(hours=actor.site.help_waits_hours)
    actor.remembered[PLANNED] = planned = PlannedRemoval(secrets.token_urlsafe(32), due_at)
    return planned


def ask(actor: Actor, wanted: WantedRemoval) -> None:
    """It waits from now on. Raises Declined where another one did before."""
    planned: PlannedRemoval = actor.remembered[PLANNED]
    try:
        with transaction.atomic():
            FactorRemoval.objects.create(
                key=_key(planned.token),
                **actor.owner,
                admin=actor.acting_admin,
                needs_approval=actor.site.help_needs_second_admin,
                sealed=seal(SEALED_FOR, json.dumps(asdict(wanted))),
                asked_at=timezone.now(),
                due_at=planned.due_at,
                try_at=planned.due_at,
            )
    except IntegrityError as error:
        # guard: one-factor-removal-per-account
        raise Declined(ALREADY_ASKED, code="factor-removal.asked_before") from error


def waiting(actor: Actor) -> FactorRemoval | None:
    """What waits for this person's account."""
    return FactorRemoval.objects.filter(**actor.key, state=State.WAITING).first()


def to_be_approved(tenant: str) -> list[FactorRemoval]:
    """What other administrators have asked for, the most urgent first."""
    rows = FactorRemoval.objects.filter(tenant=tenant, state=State.WAITING, needs_approval=True, approver="")
    return list(rows.filter(due_at__gt=timezone.now()).order_by("due_at"))


def approve(actor: Actor) -> None:
    """By another administrator than who asked, and before its moment. Raises Declined."""
    now, me = timezone.now(), actor.acting_admin
    mine = FactorRemoval.objects.filter(**actor.key, state=State.WAITING, approver="", due_at__gt=now)
    # guard: second-admin-is-another-person
    if mine.filter(admin=me).exists():
        raise Declined(ANOTHER_ONE, code="factor-removal.same_admin")
    if not mine.update(approver=me):
        raise Declined(NOTHING_WAITS, code="factor-removal.too_late")


def keep(actor: Actor) -> None:
    """Nothing is removed. Raises Declined where nothing waits, or it is being removed."""
    mine = FactorRemoval.objects.filter(**actor.key, state__in=(State.WAITING, State.SIGNED_IN))
    free = mine
    # guard: nobody-keeps-what-is-being-removed
    free = _unclaimed(free)
    if free.update(state=State.KEPT, ended_at=timezone.now()):
        return
    if mine.exists():
        raise Declined(UNDER_WAY, code="factor-removal.under_way")
    if _last_ended(actor) == State.REMOVED:
        raise Declined(TOO_LATE, code="factor-removal.removed")
    raise Needless(NOTHING_WAITS, code="factor-removal.nothing_waits")


def _last_ended(actor: Actor) -> str | None:
    ended = FactorRemoval.objects.filter(**actor.key).exclude(ended_at=None)
    return ended.order_by("-ended_at").values_list("state", flat=True).first()


def withdraw(actor: Actor) -> None:
    """Whoever secures the account, or takes it back, is there; nothing is said where nothing waited."""
    mine = FactorRemoval.objects.filter(**actor.key, state=State.WAITING)
    # guard: securing-an-account-keeps-its-second-step
    _unclaimed(mine).update(state=State.KEPT, ended_at=timezone.now())


def signed_in(*, tenant: str, subject: str) -> None:
    """The person came in, here or at another app, so nothing is lost. The loop tells them that nothing is removed."""
    now = timezone.now()
    mine = FactorRemoval.objects.filter(tenant=tenant, subject=subject, state=State.WAITING)
    # guard: any-sign-in-stops-a-factor-removal
    _unclaimed(mine).update(state=State.SIGNED_IN, try_at=now)


def read(site: Site, signed_token: str) -> FactorRemoval | None:
    """The removal that the link of a mail is about; None for anything else. Changes nothing."""
    token = signed_token.partition(":")[0]
    try:
        # guard: factor-removal-link-signed
        signing.TimestampSigner(salt=SALT).unsign(signed_token)
    except signing.BadSignature:
        return None
    rows = FactorRemoval.objects.filter(key__in=digests("factor-removal-token", token))
    # guard: factor-removal-link-of-this-tenant
    rows = rows.filter(tenant=site.tenant)
    return rows.first()


def due() -> list[str]:
    """Keys of what is due, or is to be told, and nobody has claimed; the longest overdue first."""
    rows = FactorRemoval.objects.filter(state__in=(State.WAITING, State.SIGNED_IN), try_at__lte=timezone.now())
    return list(_unclaimed(rows).order_by("due_at").values_list("key", flat=True))


def untried_since(moment: datetime) -> int:
    """How many have been due since then without anybody's trying: nobody runs what carries them out."""
    rows = FactorRemoval.objects.filter(state__in=(State.WAITING, State.SIGNED_IN), try_at__lt=moment)
    return rows.filter(claimed_until=None).count()


def claim(key: str) -> FactorRemoval | None:
    """The removal, for this process alone; None when another one has it, or it was stopped or is not due."""
    now = timezone.now()
    free = FactorRemoval.objects.filter(key=key, state__in=(State.WAITING, State.SIGNED_IN))
    # guard: factor-removal-waits-its-time
    free = free.filter(try_at__lte=now)
    # guard: factor-removal-claimed-once
    free = _unclaimed(free)
    if not free.update(claimed_until=now + CLAIMED_FOR):
        return None
    return FactorRemoval.objects.filter(key=key).first()


def release(row: FactorRemoval) -> None:
    """Not done this time; another try after a while."""
    mine = FactorRemoval.objects.filter(pk=row.pk, state=row.state)
    mine.update(claimed_until=None, try_at=timezone.now() + AGAIN_AFTER)


def end(row: FactorRemoval, state: FactorRemoval.State) -> None:
    mine = FactorRemoval.objects.filter(pk=row.pk, state=row.state)
    mine.update(state=state, claimed_until=None, ended_at=timezone.now())


def delete_old() -> int:
    """Retention: removals that ended a month ago. Says how many of a batch."""
    return delete_some(FactorRemoval.objects.filter(ended_at__lt=timezone.now() - KEPT_FOR), "ended_at")


def _unclaimed(rows: QuerySet[FactorRemoval]) -> QuerySet[FactorRemoval]:
    return rows.filter(Q(claimed_until=None) | Q(claimed_until__lte=timezone.now()))


def _key(token: str) -> str:
    return digest("factor-removal-token", token)
