"""How often something may be tried, in one table; counted before the call, for all processes together.

Each count is one row and one conditional statement: its row count decides, so tries at the same moment never exceed it.
A window begins with its first try and ends after its seconds; all counts of one try are taken together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from settings_app import metering
from settings_app.actor import Actor
from settings_app.device import network
from settings_app.models import Counter
from settings_app.safeguards import leases
from settings_app.safeguards.declined import TOO_MANY, TooManyAttempts, Wait
from settings_app.safeguards.encryption import digest
from settings_app.sites import Site

# Begins a window, begins one anew after its end, or counts in the open one where there is room; else nothing changes.
COUNT_ONE = f"""
INSERT INTO {Counter._meta.db_table} AS kept ("key", "count", "ends_at") VALUES (%(key)s, 1, %(ends_at)s)
ON CONFLICT ("key") DO UPDATE SET
    "count" = CASE WHEN kept."ends_at" > %(now)s THEN kept."count" + 1 ELSE 1 END,
    "ends_at" = CASE WHEN kept."ends_at" > %(now)s THEN kept."ends_at" ELSE excluded."ends_at" END
WHERE kept."ends_at" <= %(now)s OR kept."count" < %(most)s
"""  # noqa: S608  # the name of our own table; what is asked for stands in parameters
SLOT_SECONDS = leases.PERSON_SECONDS  # longer than a call to Logto may take, its token and retry included
SLOT_WAIT_SECONDS = 2


class Scope(Enum):
    """Whose tries are counted together. Counts are taken in this order, the same for everybody: no deadlock."""

    PERSON = 1
    RECIPIENT = 2  # an address or a number, kept as a digest
    NETWORK = 3  # an IPv4 address, or the /64 of an IPv6 address
    SITE = 4
    APPLICATION = 5  # one that acts for people through the API


@dataclass(frozen=True)
class Rule:
    """At most `count` tries in `seconds` within one `scope`."""

    scope: Scope
    count: int
    seconds: int


class Limit(Enum):
    """Each thing that is limited; the table below says how."""

    STEP_UP_PASSWORD = "step-up-password"  # noqa: S105  # a name
    SAME_PASSWORD = "same-password"  # noqa: S105  # is the new password the one in use? One check at save
    CHECK_PASSWORD = "check-password"  # noqa: S105  # the tenant's policy, asked while typing
    SAVE_PASSWORD = "save-password"  # noqa: S105  # the same, asked at save: typing must not use that up
    CODE_SEND = "code-send"
    TEXT_SEND = "text-send"  # a code by text message, which costs
    CODE_TO_RECIPIENT = "code-to-recipient"  # whoever asked for it; nobody is told that this one is spent
    CODE_TO_RECIPIENT_A_MINUTE = "code-to-recipient-a-minute"
    CODE_TO_NEWCOMER = "code-to-newcomer"  # the same, for who was sent none there lately
    CODE_TRY = "code-try"
    CODE_TRY_AT_RECIPIENT = "code-try-at-recipient"  # whoever tries; nobody is told that this one is spent
    OWN_CODE_SEND = "own-code-send"  # to an alert address
    OWN_CODE_TRY = "own-code-try"
    OWN_CODE_TRY_EACH = "own-code-try-each"
    HOLDER_TOLD = "holder-told"  # the mail that somebody else wants one's address
    AUTHENTICATOR_CODE = "authenticator-code"
    FRESH_SIGN_IN = "fresh-sign-in"
    CONNECT_START = "connect-start"
    FAILED_STEP_UP = "failed-step-up"  # counts up to the mail about a burst
    FAILED_STEP_UP_TOLD = "failed-step-up-told"
    UNDO = "undo"
    CHANGE = "change"  # every change there is, beside what is limited more tightly
    POST = "post"  # every form that somebody who is signed in posts, the ones that change nothing included
    API = "api"  # every call of the API, reading included
    SIGN_IN = "sign-in"  # the button that begins a sign-in
    USERNAME = "username"  # each try says whether somebody has it
    UPLOAD = "upload"
    PREVIEW = "preview"  # by an administrator, of somebody else's account
    HELP = "help"  # by an administrator, of somebody else's account
    PEOPLE_SEARCH = "people-search"  # by an administrator
    ACTIVITY_FILE = "activity-file"  # reads Logto's log from end to end
    DOWNLOAD = "download"  # a copy of all one's data, which takes a dozen calls
    MAIL_AT_ONCE = "mail-at-once"  # about one matter of one account; later ones wait and go together

    @property
    def rules(self) -> tuple[Rule, ...]:
        return TABLE[self]


MINUTE, HOUR, DAY = 60, 3600, 86_400
TABLE: dict[Limit, tuple[Rule, ...]] = {
    # Logto checks passwords one at a time, about 60 ms each, and all else waits meanwhile (docs/logto.md 22).
    Limit.STEP_UP_PASSWORD: (
        Rule(Scope.PERSON, 5, 10 * MINUTE),
        Rule(Scope.PERSON, 20, DAY),
        Rule(Scope.NETWORK, 20, 10 * MINUTE),
        Rule(Scope.SITE, 120, MINUTE),
    ),
    Limit.SAME_PASSWORD: (
        Rule(Scope.PERSON, 10, HOUR),
        Rule(Scope.NETWORK, 40, HOUR),
        Rule(Scope.SITE, 120, MINUTE),
    ),
    Limit.CHECK_PASSWORD: (
        Rule(Scope.PERSON, 60, 10 * MINUTE),
        Rule(Scope.NETWORK, 240, 10 * MINUTE),
        Rule(Scope.SITE, 600, MINUTE),
    ),
    Limit.SAVE_PASSWORD: (
        Rule(Scope.PERSON, 20, HOUR),
        Rule(Scope.NETWORK, 80, HOUR),
        Rule(Scope.SITE, 600, MINUTE),
    ),
    Limit.CODE_SEND: (
        Rule(Scope.PERSON, 10, HOUR),
        Rule(Scope.RECIPIENT, 1, MINUTE),
        Rule(Scope.RECIPIENT, 5, HOUR),
        Rule(Scope.NETWORK, 30, HOUR),
        Rule(Scope.SITE, 1000, HOUR),
    ),
    Limit.TEXT_SEND: (
        Rule(Scope.PERSON, 5, HOUR),
        Rule(Scope.RECIPIENT, 1, MINUTE),
        Rule(Scope.RECIPIENT, 5, HOUR),
        Rule(Scope.NETWORK, 20, HOUR),
        Rule(Scope.SITE, 200, HOUR),  # or what the site says
    ),
    # A little shorter than what each person is told, so that nobody's own sends ever meet it.
    Limit.CODE_TO_RECIPIENT_A_MINUTE: (Rule(Scope.RECIPIENT, 1, MINUTE - 5),),
    Limit.CODE_TO_RECIPIENT: (Rule(Scope.RECIPIENT, 5, HOUR - MINUTE),),
    Limit.CODE_TO_NEWCOMER: (Rule(Scope.RECIPIENT, 2, HOUR - MINUTE),),
    Limit.OWN_CODE_SEND: (
        Rule(Scope.PERSON, 10, HOUR),
        Rule(Scope.RECIPIENT, 1, MINUTE),
        Rule(Scope.RECIPIENT, 5, HOUR),
        Rule(Scope.NETWORK, 30, HOUR),
        Rule(Scope.SITE, 1000, HOUR),
    ),
    Limit.OWN_CODE_TRY: (Rule(Scope.PERSON, 30, HOUR), Rule(Scope.PERSON, 60, DAY), Rule(Scope.NETWORK, 90, HOUR)),
    Limit.OWN_CODE_TRY_EACH: (Rule(Scope.RECIPIENT, 5, HOUR),),
    Limit.HOLDER_TOLD: (Rule(Scope.PERSON, 1, DAY),),
    # Beside the tries that each code has of its own (pending.py).
    Limit.CODE_TRY: (
        Rule(Scope.PERSON, 30, HOUR),
        Rule(Scope.PERSON, 60, DAY),
        Rule(Scope.RECIPIENT, 30, HOUR),
        Rule(Scope.RECIPIENT, 60, DAY),
        Rule(Scope.NETWORK, 90, HOUR),
    ),
    Limit.CODE_TRY_AT_RECIPIENT: (Rule(Scope.RECIPIENT, 30, HOUR), Rule(Scope.RECIPIENT, 60, DAY)),
    Limit.AUTHENTICATOR_CODE: (Rule(Scope.PERSON, 10, 10 * MINUTE), Rule(Scope.NETWORK, 40, 10 * MINUTE)),
    Limit.FRESH_SIGN_IN: (Rule(Scope.PERSON, 20, 10 * MINUTE), Rule(Scope.NETWORK, 200, 10 * MINUTE)),
    Limit.CONNECT_START: (Rule(Scope.PERSON, 20, 10 * MINUTE), Rule(Scope.NETWORK, 60, 10 * MINUTE)),
    Limit.FAILED_STEP_UP: (Rule(Scope.PERSON, 4, HOUR),),
    Limit.FAILED_STEP_UP_TOLD: (Rule(Scope.PERSON, 1, HOUR),),
    Limit.PREVIEW: (Rule(Scope.PERSON, 20, HOUR), Rule(Scope.PERSON, 100, DAY)),
    Limit.HELP: (Rule(Scope.PERSON, 30, HOUR), Rule(Scope.PERSON, 100, DAY)),
    Limit.PEOPLE_SEARCH: (Rule(Scope.PERSON, 200, 10 * MINUTE), Rule(Scope.PERSON, 2000, DAY)),
    Limit.MAIL_AT_ONCE: (Rule(Scope.RECIPIENT, 3, DAY),),
    Limit.UNDO: (Rule(Scope.NETWORK, 30, 10 * MINUTE), Rule(Scope.SITE, 600, MINUTE)),
    Limit.CHANGE: (Rule(Scope.PERSON, 120, 10 * MINUTE), Rule(Scope.NETWORK, 600, 10 * MINUTE)),
    Limit.POST: (Rule(Scope.PERSON, 400, 10 * MINUTE), Rule(Scope.NETWORK, 2000, 10 * MINUTE)),
    Limit.API: (
        Rule(Scope.PERSON, 1200, 10 * MINUTE),
        Rule(Scope.NETWORK, 6000, 10 * MINUTE),
        Rule(Scope.APPLICATION, 60_000, 10 * MINUTE),
    ),
    Limit.SIGN_IN: (Rule(Scope.NETWORK, 300, 10 * MINUTE),),
    Limit.USERNAME: (Rule(Scope.PERSON, 30, HOUR), Rule(Scope.NETWORK, 120, HOUR)),
    Limit.ACTIVITY_FILE: (Rule(Scope.PERSON, 10, 10 * MINUTE), Rule(Scope.NETWORK, 60, 10 * MINUTE)),
    Limit.DOWNLOAD: (Rule(Scope.PERSON, 10, HOUR), Rule(Scope.NETWORK, 60, HOUR)),
    Limit.UPLOAD: (Rule(Scope.PERSON, 30, 10 * MINUTE), Rule(Scope.NETWORK, 120, 10 * MINUTE)),
}
ANOTHER_CODE = Wait(
    ngettext_lazy(
        "You can ask for another code in %(number)d second.",
        "You can ask for another code in %(number)d seconds.",
        "number",
    ),
    ngettext_lazy(
        "You can ask for another code in %(number)d minute.",
        "You can ask for another code in %(number)d minutes.",
        "number",
    ),
    ngettext_lazy(
        "You can ask for another code in %(number)d hour.",
        "You can ask for another code in %(number)d hours.",
        "number",
    ),
)
WORDS = {Limit.TEXT_SEND: ANOTHER_CODE, Limit.CODE_SEND: ANOTHER_CODE}
# At most so many calls of a kind under way at once, for a whole site.
SLOTS: dict[Limit, tuple[str, int]] = {
    Limit.STEP_UP_PASSWORD: ("password-check", 3),
    Limit.SAME_PASSWORD: ("password-check", 3),
    Limit.CHECK_PASSWORD: ("policy-check", 6),
    Limit.SAVE_PASSWORD: ("policy-check", 6),
    Limit.UPLOAD: ("upload", 3),  # each keeps a core busy for a while
}


@dataclass(frozen=True)
class Attempt:
    """One counted try."""

    keys: tuple[str, ...]

    def succeeded(self) -> None:
        """It was no failure: the person's, recipient's and network's counts are given back, the site's is not."""
        Counter.objects.filter(key__in=self.keys, count__gt=0, ends_at__gt=timezone.now()).update(count=F("count") - 1)


def spend(actor: Actor, limit: Limit, *, recipient: str = "") -> Attempt:
    """Counts one try, committed when this returns. Raises TooManyAttempts, and counts nothing, where a rule is spent.

    `recipient` is needed by limits that have such a rule.
    """
    who = {
        Scope.PERSON: actor.account.user_id,
        Scope.RECIPIENT: recipient.casefold(),  # as Logto compares them in its own limit (docs/logto.md 0.6)
        Scope.NETWORK: network(actor.address),
        Scope.SITE: "",
        Scope.APPLICATION: actor.application,
    }
    return count(actor.realm, limit, who, site=actor.site)


@contextmanager
def attempt(actor: Actor, limit: Limit, *, recipient: str = "") -> Iterator[Attempt]:
    """`spend`, and one of the site's places for calls of this kind while the block runs."""
    if limit not in SLOTS:
        yield spend(actor, limit, recipient=recipient)
        return
    name, places = SLOTS[limit]
    # guard: password-checks-in-flight
    with leases.one_of(actor.realm, name, places=places, seconds=SLOT_SECONDS, wait_seconds=SLOT_WAIT_SECONDS):
        yield spend(actor, limit, recipient=recipient)


def count(realm: str, limit: Limit, who: dict[Scope, str], *, site: Site | None = None) -> Attempt:
    """Counts one try under every rule of `limit`. Raises TooManyAttempts.

    Sites on one tenant add to the same count; each compares it with its own number.
    """
    rules = []
    for rule in limit.rules:
        # Counts of texts are kept as the release before kept them.
        kept_apart = f"{rule.scope} {rule.seconds}" if limit is Limit.TEXT_SEND else str(rule)
        key = digest("limit", realm, limit.value, kept_apart, who[rule.scope])
        rules.append((key, replace(rule, count=_most(site, limit, rule))))
    # guard: limit-committed-before-the-call
    with transaction.atomic(durable=True):
        for key, rule in rules:
            wait = _count_one(key, rule)
            # guard: limit-refuses
            if wait:
                metering.limit_hit(limit.value)
                raise TooManyAttempts(wait, WORDS.get(limit, TOO_MANY), code=f"limit.{limit.value}")
    return Attempt(tuple(key for key, rule in rules if rule.scope is not Scope.SITE))


def _most(site: Site | None, limit: Limit, rule: Rule) -> int:
    """How many the site allows: what concerns one person or one recipient is never its to say."""
    if site is None:
        return rule.count
    if rule.scope is Scope.SITE:
        return site.texts_per_hour if limit is Limit.TEXT_SEND else rule.count * site.limits_of_all
    # guard: persons-limits-are-nobodys-to-raise
    return rule.count * site.limits_of_networks if rule.scope is Scope.NETWORK else rule.count


def _count_one(key: str, rule: Rule) -> float:
    """Counts one, or says for how many seconds that is not possible."""
    if rule.count < 1:
        return rule.seconds
    now = timezone.now()
    moment, ends_at = (
        connection.ops.adapt_datetimefield_value(one) for one in (now, now + timedelta(seconds=rule.seconds))
    )
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE, {"key": key, "now": moment, "ends_at": ends_at, "most": rule.count})
        if cursor.rowcount:
            return 0
    stored = Counter.objects.filter(key=key).first()
    return max((stored.ends_at - now).total_seconds(), 1) if stored else 1
