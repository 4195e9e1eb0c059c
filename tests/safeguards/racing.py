"""A program of many processes on one database: each tries the same thing at the same moment, and the results are told.

`python -m tests.safeguards.racing`, with TEST_DATABASE_URL naming a migrated database, reads what is wanted as lines of
JSON and answers each with one: loading the site takes longer than most races. Each has a database of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from ctypes import c_int
from dataclasses import replace
from itertools import product
from multiprocessing.sharedctypes import Synchronized
from types import SimpleNamespace
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402  # Django comes first
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accountsite.sandbox.seed import HOOK_SIGNING_KEY  # noqa: E402
from accountsite.sandbox.webhooks import signature  # noqa: E402
from settings_app import session  # noqa: E402
from settings_app.actor import Actor  # noqa: E402
from settings_app.logto.errors import Refused  # noqa: E402
from settings_app.logto.types import Person  # noqa: E402
from settings_app.logto.types.experience import SignInExperience  # noqa: E402
from settings_app.mails import outbox  # noqa: E402
from settings_app.models import (  # noqa: E402
    AuditEntry,
    DeletionRequest,
    KnownValue,
    Pending,
    Restoration,
    SecurityEvent,
    Session,
)
from settings_app.safeguards import (  # noqa: E402
    audit,
    connect_states,
    deletion,
    leases,
    limits,
    pending,
    undo,
    waiting_secrets,
)
from settings_app.safeguards.changes import Change  # noqa: E402
from settings_app.safeguards.declined import Declined  # noqa: E402
from settings_app.safeguards.limits import Limit  # noqa: E402
from settings_app.safeguards.pending import Kind, Purpose  # noqa: E402
from settings_app.session import SessionStore  # noqa: E402
from settings_app.transmitter import sending  # noqa: E402

forked = multiprocessing.get_context("fork")

# Shared by all processes: how often Logto was asked, how many were inside at once, and at most.
asked: Synchronized[int] = forked.Value(c_int, 0)
inside: Synchronized[int] = forked.Value(c_int, 0)
most_inside: Synchronized[int] = forked.Value(c_int, 0)
ways_in: Synchronized[int] = forked.Value(c_int, 2)

CODE = "123456"
RECIPIENT = "new@mail.example"
MAILS = 12
ODD_IDS = ("x" * 65, "a\0b")
PEOPLE, EACH = 4, 5  # events


def at_once(send: Callable[[], None]) -> Future[None]:
    done: Future[None] = Future()
    send()
    done.set_result(None)
    return done


class Logto:
    """What these races need of an account: it counts how often it is asked, and takes its time."""

    user_id = "racer1234567"
    tenant = SimpleNamespace(
        sign_in_experience=SignInExperience,
        connectors=lambda: (SimpleNamespace(type="Email"),),
        holder_of=lambda _recipient: None,
        begin=at_once,
    )

    def factors(self) -> tuple[()]:
        return ()

    def send_code(self, recipient: str) -> None:
        self._ask()

    def check_code(self, recipient: str, code: str) -> None:
        self._ask()
        if code != CODE:
            raise Refused("POST", "/api/verification-codes/verify", status=400, code="verification_code.code_mismatch")

    def verify_password(self, password: str) -> bool:
        self._ask()
        return False

    def _ask(self) -> None:
        with asked.get_lock():
            asked.value += 1
        with At():
            time.sleep(0.01)


class At:
    """Counts who is inside a block at the same time."""

    def __enter__(self) -> None:
        with inside.get_lock():
            inside.value += 1
            most_inside.value = max(most_inside.value, inside.value)

    def __exit__(self, *_error: object) -> None:
        with inside.get_lock():
            inside.value -= 1


def racer() -> Actor:
    session = SessionStore(site=settings.SITES[0].host)
    session["binding"] = "the same browser"
    person = Person(id=Logto.user_id, email="old@mail.example", name="Racer")
    return Actor(
        site=settings.SITES[0],
        account=cast(Any, Logto()),
        person=person,
        language="en",
        session=session,
        address="203.0.113.7",
    )


def guess_a_code() -> None:
    pending.redeem(racer(), Purpose.EMAIL, "000000")


def use_the_right_code() -> None:
    pending.redeem(racer(), Purpose.EMAIL, CODE)


def send_a_code() -> None:
    pending.send(racer(), Purpose.EMAIL, Kind.EMAIL, RECIPIENT)


def replace_the_pending() -> None:
    """Sends with the limit out of the way: whoever is last, one row waits."""
    waiting = Pending.objects.get(key="first")
    twin = Pending(**{field.name: getattr(waiting, field.name) for field in Pending._meta.fields})
    twin.key, twin.state, twin.binding = os.urandom(16).hex(), Pending.State.WAITING, os.urandom(8).hex()
    pending._put(twin)


def guess_a_password() -> None:
    with limits.attempt(racer(), Limit.STEP_UP_PASSWORD):
        racer().account.verify_password("wrong")
    raise Declined("wrong", code="password.wrong")


def use_the_undo_link() -> None:
    with undo.claimed(Restoration.objects.get()), At():
        time.sleep(0.02)


def a_deletion_that_is_due() -> None:
    now = timezone.now()
    actor = racer()
    days = {"asked_at": now, "due_at": now, "try_at": now}
    DeletionRequest.objects.create(key="one", **actor.owner, language="en", **days)


def claim_the_deletion() -> None:
    if deletion.claim("one") is None:
        raise Declined("gone", code="gone")


def take_the_state() -> None:
    connect_states.take(racer(), os.environ["RACE_STATE"], purpose="connect")


def take_the_secret() -> None:
    if waiting_secrets.take(racer(), "add") is None:
        raise Declined("gone", code="gone")


def remove_a_way_in() -> None:
    with leases.on_person(racer()) as lease, At():
        left = ways_in.value
        time.sleep(0.02)
        if left <= 1:
            raise Declined("It’s your only way to sign in.", code="last")
        lease.renew()
        ways_in.value = left - 1


def send_mails() -> None:
    outbox.send_due()


def send_events() -> None:
    sending.send_due(lambda _host: socket.create_connection(("127.0.0.1", int(os.environ["RACE_RECEIVER"])), timeout=3))


def renew_the_session() -> None:
    store = SessionStore(os.environ["RACE_SESSION"], site=settings.SITES[0].host)
    if "subject" not in store:
        raise Declined("It was renewed or ended before this one looked.", code="late")
    time.sleep(0.2)  # as long as asking Logto may take: by now most have loaded it
    store.cycle_key()


def renew_or_end_the_session() -> None:
    if os.getpid() % 3:
        renew_the_session()
    else:
        time.sleep(0.2)
        session.end_sessions(tenant=settings.SITES[0].tenant, subject=Logto.user_id)


def a_pending() -> None:
    pending.send(racer(), Purpose.EMAIL, Kind.EMAIL, RECIPIENT)
    Pending.objects.update(key="first")
    asked.value = 0


def a_way_back() -> None:
    entry = audit.start(racer(), Change.EMAIL_REMOVED)
    audit.finish(entry, AuditEntry.Outcome.DONE)


def an_account_that_was_seen() -> None:
    undo.note(racer())


def change_an_established_value() -> None:
    audit.finish(audit.start(racer(), Change.EMAIL_REMOVED), AuditEntry.Outcome.DONE)


def a_session() -> None:
    store = SessionStore(site=settings.SITES[0].host)
    store["subject"] = Logto.user_id
    store.create()
    os.environ["RACE_SESSION"] = str(store.session_key)


def a_state() -> None:
    made = connect_states.keep(racer(), purpose="connect", connector_id="x", redirect_uri="y", target="z")
    os.environ["RACE_STATE"] = made


def a_secret() -> None:
    waiting_secrets.keep(racer(), "add", "JBSWY3DPEHPK3PXP")


def webhooks_about_nobody() -> None:
    """Signed by Logto, and about somebody whose id no table can hold."""
    for event, odd in product(("PostSignIn", "PostResetPassword", "User.Deleted", "User.Data.Updated"), ODD_IDS):
        told = {"event": event, "createdAt": timezone.now().isoformat(), "userId": odd, "userAgent": "x\0y"}
        body = json.dumps(told).encode()
        headers = {"logto-signature-sha-256": signature(HOOK_SIGNING_KEY, body)}
        answer = Client().post("/webhooks/logto/", body, content_type="application/json", headers=headers)
        if answer.status_code != 204:
            raise Declined("not taken", code=f"{event} {answer.status_code}")


def mails() -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = os.environ["RACE_MAILS"]
    for number in range(MAILS):
        somebody = Person(id=Logto.user_id, email=f"mailbox{number}@mail.example", name="Racer")
        audit.finish(audit.start(replace(racer(), person=somebody), Change.PASSWORD_CHANGED), AuditEntry.Outcome.DONE)


def events() -> None:
    with open(os.environ["RACE_KEY"], encoding="utf-8") as file:
        key = file.read()
    settings.SITES = (replace(settings.SITES[0], events_url="https://receiver.example/", events_keys=(key,)),)
    accounts = [Logto() for _person in range(PEOPLE)]
    for number, account in enumerate(accounts):
        account.user_id = f"racer{number}"
    for _change in range(EACH):
        for account in accounts:
            actor = replace(racer(), account=cast(Any, account))
            audit.finish(audit.start(actor, Change.ACCESS_TOKEN_ADDED), AuditEntry.Outcome.DONE)


def nothing() -> None:
    pass


SCENARIOS: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
    "guess-a-code": (a_pending, guess_a_code),
    "use-the-right-code": (a_pending, use_the_right_code),
    "send-a-code": (nothing, send_a_code),
    "replace-the-pending": (a_pending, replace_the_pending),
    "guess-a-password": (nothing, guess_a_password),
    "use-the-undo-link": (a_way_back, use_the_undo_link),
    "change-an-established-value": (an_account_that_was_seen, change_an_established_value),
    "see-an-account-first": (nothing, an_account_that_was_seen),
    "claim-the-deletion": (a_deletion_that_is_due, claim_the_deletion),
    "take-the-state": (a_state, take_the_state),
    "take-the-secret": (a_secret, take_the_secret),
    "remove-a-way-in": (nothing, remove_a_way_in),
    "webhooks-about-nobody": (nothing, webhooks_about_nobody),
    "send-mails": (mails, send_mails),
    "send-events": (events, send_events),
    "renew-the-session": (a_session, renew_the_session),
    "renew-or-end-the-session": (a_session, renew_or_end_the_session),
}


def run(race: Callable[[], None], start: Any, results: Any) -> None:
    start.wait()
    try:
        race()
        results.put("done")
    except (Declined, Refused) as refused:
        results.put(refused.code)
    except BaseException as error:
        results.put(f"{type(error).__name__}: {error}")
    finally:
        connections.close_all()


def play(scenario: str, processes: int, database: str, environment: dict[str, str]) -> None:
    """In a process of its own, so that nothing of one race is left to the next; `database` is a name or a file."""
    os.environ.update(environment)
    connections["default"].settings_dict["NAME"] = database
    for counted in (asked, inside, most_inside):
        counted.value = 0
    ways_in.value = 2
    prepare, race = SCENARIOS[scenario]
    prepare()
    connections.close_all()
    start, results = forked.Barrier(processes), forked.Queue()
    runners = [forked.Process(target=run, args=(race, start, results)) for _number in range(processes)]
    for runner in runners:
        runner.start()
    told = [results.get(timeout=60) for _runner in runners]
    for runner in runners:
        runner.join()
    waiting = Pending.objects.filter(state=Pending.State.WAITING, expires_at__gt=timezone.now()).count()
    sessions = Session.objects.filter(subject=Logto.user_id).count()
    ways_back, from_the_start = Restoration.objects.count(), KnownValue.objects.filter(since=None).count()
    by_person: dict[str, list[str]] = {}
    for who, token_id in SecurityEvent.objects.order_by("pk").values_list("subject", "token_id"):
        by_person.setdefault(who, []).append(token_id)
    connections.close_all()
    print(
        json.dumps(
            {
                "results": told,
                "asked": asked.value,
                "most_inside": most_inside.value,
                "ways_in": ways_in.value,
                "waiting": waiting,
                "sessions": sessions,
                "ways_back": ways_back,
                "from_the_start": from_the_start,
                "events": by_person,
            }
        ),
        flush=True,
    )


def main() -> None:
    for line in sys.stdin:
        player = forked.Process(target=play, kwargs=json.loads(line))
        player.start()
        player.join()
        if player.exitcode:
            print(json.dumps({"failed": player.exitcode}), flush=True)


if __name__ == "__main__":
    main()
