"""Who ends up with an account: what somebody else holds of it, by when its owner reads the mail (docs/security.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import PASSWORD
from accountsite.sandbox.state import hash_password
from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.safeguards import alert_address
from tests.people import client_of
from tests.signin.ways import come_back
from tests.taking_over import change_email, change_phone, days_ago, held, links, opens, press

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
MAILBOXES = {"ada": "ada@winterbourne.example", "amara": "amara@okafor.example"}
NEW = "somebody@else.example"
ALERT = "owner@second.example"
THEIRS = "a password that only the other one knows"
AT_ONCE, AFTER_A_DAY, NEVER = timedelta(minutes=5), timedelta(days=1), None
TIMES = {"at once": AT_ONCE, "after a day": AFTER_A_DAY, "never": NEVER}


@dataclass
class Other:
    """Whoever is after the account of `handle`."""

    logto: Logto
    handle: str
    browser: Client
    reads_the_mailbox: bool = False

    @property
    def mailbox(self) -> str:
        return MAILBOXES[self.handle]

    def resets_the_password(self) -> None:
        """At Logto's own page, with a code that it sends to the email of the account."""
        if self.reads_the_mailbox and held(self.logto, self.handle, "primaryEmail") == self.mailbox:
            self.takes_the_password()

    def takes_the_password(self) -> None:
        self.logto.state.person(self.handle).password_hash = hash_password(THEIRS)

    def takes_everything(self) -> None:
        """All that a confirmed session can do, second steps left alone."""
        change_phone(self.browser, self.logto, "447700900777")
        change_email(self.browser, self.logto, NEW)
        self.browser.post("/username/change/", {"username": "somebody_else"})
        self.takes_the_password()
        identities = self.logto.state.person(self.handle).user["identities"]
        identities["github"] = {"userId": "somebody", "details": {"id": "somebody"}}

    def adds_a_second_step(self) -> None:
        person, added = self.logto.state.person(self.handle), {"id": "factorofsomebody00001", "type": "Totp"}
        person.factors.append({**added, "createdAt": days_ago(0), "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"})


def holds_a_session(other: Other) -> None:
    """Everything is behind a confirmation, for which it has nothing."""
    for path in ("/email/change/", "/email/remove/", "/phone/change/", "/username/change/", "/password/change/"):
        answer = other.browser.post(path, {"email": NEW, "username": "somebody_else", "password": THEIRS})
        assert answer["Location"].startswith("/verify/")
    other.browser.post("/verify/", {"password": "guessed"})
    assert other.browser.get("/email/change/")["Location"].startswith("/verify/")


def holds_session_and_password(other: Other) -> None:
    answer = other.browser.post("/verify/?next=/email/change/", {"password": PASSWORD})
    if answer.status_code == 302:
        other.adds_a_second_step()  # first, so that a fresh sign-in proves somebody else
        other.browser = client_of(other.logto, other.handle, verified=True, how="sign-in", binding="of somebody else")
        other.takes_everything()


def holds_the_mailbox(other: Other) -> None:
    other.reads_the_mailbox = True
    other.resets_the_password()
    if not asks_for_a_second_step(other):
        other.browser = client_of(other.logto, other.handle, verified=True, binding="of somebody else")
        other.takes_everything()


def holds_mailbox_and_password(other: Other) -> None:
    holds_the_mailbox(other)


def holds_the_second_step_too(other: Other) -> None:
    other.browser = client_of(other.logto, other.handle, verified=True, how="sign-in", binding="of somebody else")
    other.takes_everything()


def holds_it_and_changes_second_steps(other: Other) -> None:
    holds_the_second_step_too(other)
    other.adds_a_second_step()


def asks_for_a_second_step(other: Other) -> bool:
    return bool(other.logto.state.person(other.handle).factors)


# As the table on the page has it: what is held, of which account, what is done with it, and who ends up with it.
CASES: dict[str, tuple[str, Callable[[Other], None], tuple[str, str, str]]] = {
    "a session": ("ada", holds_a_session, ("owner", "owner", "owner")),
    "a session and the password": ("ada", holds_session_and_password, ("owner", "owner", "attacker")),
    "the mailbox": ("ada", holds_the_mailbox, ("attacker", "attacker", "attacker")),
    "the mailbox and the password": ("ada", holds_mailbox_and_password, ("attacker", "attacker", "attacker")),
    "a session and the password, second step on": ("amara", holds_session_and_password, ("owner", "owner", "owner")),
    "the mailbox and the password, second step on": (
        "amara",
        holds_mailbox_and_password,
        ("owner", "owner", "owner"),
    ),
    "a second step, and changes second steps": (
        "amara",
        holds_it_and_changes_second_steps,
        ("owner", "owner", "attacker"),
    ),
    "a second step, and leaves second steps alone": (
        "amara",
        holds_the_second_step_too,
        ("attacker", "attacker", "attacker"),
    ),
}


def removes_the_alert_address_first(other: Other) -> None:
    other.browser = client_of(other.logto, other.handle, verified=True, binding="of somebody else")
    assert other.browser.post("/alerts/address/remove/").status_code == 302
    other.takes_everything()


def puts_one_of_its_own_in_its_place(other: Other) -> None:
    other.browser = client_of(other.logto, other.handle, verified=True, binding="of somebody else")
    other.browser.post("/alerts/address/change/", {"address": NEW})
    code = re.findall(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)[0]
    assert other.browser.post("/alerts/address/confirm/", {"code": code}).status_code == 302
    other.takes_everything()


def holds_the_alert_address(other: Other) -> None:
    """Nothing else, and uses each link that comes there: the owner has changed the email meanwhile."""
    owner = client_of(other.logto, other.handle, verified=True)
    change_email(owner, other.logto, "owner@new.example")
    press(Client(), links(ALERT)[0])


# The owner reads an alert address that is established, and no longer the email; but for the last case.
ALERTED: dict[str, tuple[str, Callable[[Other], None], tuple[str, str, str]]] = {
    "a session and the password, told at the alert address": (
        "ada",
        holds_session_and_password,
        ("owner", "owner", "attacker"),
    ),
    "the same, and removes the alert address first": (
        "ada",
        removes_the_alert_address_first,
        ("owner", "owner", "attacker"),
    ),
    "the same, and puts one of its own in its place": (
        "ada",
        puts_one_of_its_own_in_its_place,
        ("owner", "owner", "attacker"),
    ),
    "the mailbox, told at the alert address": ("ada", holds_the_mailbox, ("attacker", "attacker", "attacker")),
    "the mailbox and the password, second step on, told at the alert address": (
        "amara",
        holds_mailbox_and_password,
        ("owner", "owner", "owner"),
    ),
    "the alert address alone": ("ada", holds_the_alert_address, ("owner", "owner", "owner")),
}


@contextmanager
def later(after: timedelta | None) -> Iterator[None]:
    """When the owner reads; never is when the link has long stopped working."""
    with time_machine.travel(timezone.now() + (after or timedelta(hours=73))):
        Tenant.forget_all()
        yield


def owner_takes_it_back(other: Other, link: str) -> None:
    """Presses the button, after a sign-in where the page asks for one and the owner still knows the password."""
    owner = Client()
    page = owner.get(link).content.decode()
    if "Sign in to go on" in page and opens(PASSWORD, other.handle, other.logto):
        token = parse_qs(urlsplit(link).query)["token"][0]
        address = owner.post("/sign-in/undo/", {"token": token})["Location"]
        come_back(owner, other.logto, other.handle, address)
    press(owner, link)


def who_ends_up_with_it(other: Other) -> str:
    """Whose email it has; and where that is the owner's, whether the other one can still sign in."""
    if held(other.logto, other.handle, "primaryEmail") != other.mailbox:
        return "attacker"
    gets_in = opens(THEIRS, other.handle, other.logto) and not asks_for_a_second_step(other)
    return "attacker" if gets_in else "owner"


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("case", CASES)
def test_who_ends_up_with_the_account(db: None, logto: Logto, case: str, time: str) -> None:
    handle, attack, ends = CASES[case]
    other = Other(logto, handle, client_of(logto, handle))
    attack(other)
    offered = links(other.mailbox)
    with later(TIMES[time]):
        if offered:
            owner_takes_it_back(other, offered[0])
        other.resets_the_password()
        assert who_ends_up_with_it(other) == ends[list(TIMES).index(time)]


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("case", ALERTED)
def test_who_ends_up_with_it_where_there_is_an_alert_address(db: None, logto: Logto, case: str, time: str) -> None:
    handle, attack, ends = ALERTED[case]
    other = Other(logto, handle, client_of(logto, handle))
    has_alert_address(logto, handle)
    attack(other)
    offered = links(ALERT)
    with later(TIMES[time]):
        if offered:
            owner_takes_it_back(other, offered[0])
        other.resets_the_password()
        assert who_ends_up_with_it(other) == ends[list(TIMES).index(time)]


def has_alert_address(logto: Logto, handle: str) -> None:
    """It was proven long ago."""
    site, subject = settings.SITES[0], logto.state.person(handle).id
    account = Tenant.of(site).account(subject)
    actor = Actor(site=site, account=account, person=account.person(), language="en")
    alert_address.put(actor, ALERT, stands_already=True)


def test_the_page_has_the_same_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for case, (_handle, _attack, ends) in (CASES | ALERTED).items():
        cells = [f"**{end}**" if end == "attacker" else end for end in ends]
        assert f"| {case[0].upper()}{case[1:]} | {' | '.join(cells)} |" in text
