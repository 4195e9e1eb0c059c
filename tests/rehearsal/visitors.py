"""People who read and change their pages through the proxy, and remember what they were told."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db import connections
from django.test import override_settings

from accountsite.sandbox.seed_people import add_person
from settings_app.sites import Site
from tests.people import client_of
from tests.rehearsal.deployment import Deployment
from tests.rehearsal.tenants import Customer

COOKIE = "__Host-accountsite"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CHANGES_OF_ONE = 3  # mails about more of them within a day go together, later
HANDLES = itertools.count(1)
ARRIVING = threading.Lock()  # settings are the whole process's


@dataclass(frozen=True)
class Answer:
    """Status 0: no answer."""

    status: int
    body: str = ""
    location: str = ""


@dataclass
class Person:
    """Somebody who is signed in at one of the sites."""

    customer: Customer
    handle: str
    cookie: str

    @property
    def email(self) -> str:
        return f"{self.handle}@people.example"

    @property
    def username(self) -> str:
        return str(self.customer.logto.state.person(self.handle).user["username"])


def arrived(customer: Customer, sites: tuple[Site, ...], *, verified: bool = True) -> Person:
    """A new person of this tenant, whose session is in the database already."""
    handle = f"visitor{next(HANDLES)}"
    email = f"{handle}@people.example"
    add_person(customer.logto.state, handle, name=handle, username=handle, primaryEmail=email)
    ours = sorted(sites, key=lambda site: site.base_url != customer.site)
    with ARRIVING, override_settings(SITES=tuple(ours)):
        client = client_of(customer.logto, handle, verified=verified)
    (morsel,) = client.cookies.values()
    return Person(customer, handle, morsel.value)


def ask(deployment: Deployment, host: str, method: str, path: str, *, cookie: str = "", **typed: str) -> Answer:
    """One request on a connection of its own; the proxy's certificate is the rehearsal's."""
    connection = deployment.connect(host)
    address = f"https://{host}:{deployment.port}"
    headers = {"Origin": address, "Referer": address + path, "User-Agent": "Mozilla/5.0 Firefox/140.0"}
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, urlencode(typed) if method == "POST" else None, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode("utf-8", "replace"), answer.headers.get("Location", ""))
    except OSError:
        return Answer(0)
    finally:
        connection.close()


@dataclass
class Record:
    """What all visitors were told."""

    reads: Counter[int] = field(default_factory=Counter)
    writes: Counter[int] = field(default_factory=Counter)
    done: list[tuple[Person, str]] = field(default_factory=list)
    not_so: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def asked(self) -> int:
        return self.reads.total() + self.writes.total()

    @property
    def lost(self) -> int:
        """Requests that got none of the answers that such a request gets."""
        return self.asked - self.reads[200] - self.writes[302]


@dataclass
class Visitors:
    """Threads that go on until the block ends: each changes usernames, reads pages, and checks what it was told."""

    deployment: Deployment
    sites: tuple[Site, ...]
    pause: float = 0.05
    record: Record = field(default_factory=Record)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def busy(self, count: int) -> Iterator[Record]:
        threads = [
            threading.Thread(target=self._visit, args=(self.deployment.customers[number % 2],))
            for number in range(count)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self.record
        finally:
            self._over.set()
            for thread in threads:
                thread.join(120)

    def _visit(self, customer: Customer) -> None:
        try:
            while not self._over.is_set():
                person = arrived(customer, self.sites)
                for number in range(CHANGES_OF_ONE):
                    if not self._over.is_set():
                        self._change_and_read(person, f"{person.handle}_{number}")
                        time.sleep(self.pause)
        finally:
            connections.close_all()

    def _change_and_read(self, person: Person, wanted: str) -> None:
        form = self._timed(person, "GET", "/username/change/")
        token = TOKEN.search(form.body)
        with self.record.lock:
            self.record.reads[form.status if token or form.status != 200 else -1] += 1
        if not token:
            return
        told = self._timed(person, "POST", "/username/change/", csrfmiddlewaretoken=token[1], username=wanted)
        with self.record.lock:
            self.record.writes[told.status] += 1
            if told.status == 302 and told.location.endswith("/security/"):
                self.record.done.append((person, wanted))
                if person.username != wanted:
                    self.record.not_so.append(f"{person.handle} was told {wanted} and is {person.username}")
        page = self._timed(person, "GET", "/security/")
        with self.record.lock:
            self.record.reads[page.status] += 1

    def _timed(self, person: Person, method: str, path: str, **typed: str) -> Answer:
        began = time.monotonic()
        answer = ask(self.deployment, person.customer.host, method, path, cookie=person.cookie, **typed)
        with self.record.lock:
            self.record.slowest = max(self.record.slowest, time.monotonic() - began)
        return answer
