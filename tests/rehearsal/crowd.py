"""Many people who are signed in, in no hurry: each reads pages and changes things, and checks what became of them."""

from __future__ import annotations

import http.client
import itertools
import random
import re
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from settings_app.safeguards.limits import Limit, Scope
from settings_app.sites import Site
from tests.rehearsal.deployment import Connection, Deployment
from tests.rehearsal.visitors import COOKIE, TOKEN, Answer, Person, arrived

READ = (
    "/",
    "/profile/",
    "/security/",
    "/sessions/",
    "/activity/",
    "/apps/",
    "/organizations/",
    "/data/",
    "/delete/",
    "/secure/",
    "/profile/name/change/",
    "/password/change/",
)
CHANGED_IN = 4  # of so many visits one changes something
ASKED_ON_ONE = 200  # before a connection is made anew: the proxy closes it after a thousand
CODE_SECONDS = 10.0
CODES_OF_ONE = next(rule.count for rule in Limit.CODE_SEND.rules if rule.scope is Scope.PERSON)  # within an hour
BUSY = "This site is busy"
PROBLEMS = re.compile(r'class="(?:field__error"|banner banner--bad)[^>]*>(.*?)</(?:p|ul)>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
LINES = threading.local()


@dataclass
class Told:
    """What everybody was answered."""

    reads: Counter[int] = field(default_factory=Counter)
    writes: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    not_so: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    limited: int = 0  # refused by a limit that was spent indeed
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def asked(self) -> int:
        return self.reads.total() + self.writes.total()

    def times(self) -> str:
        ranked = sorted(self.seconds)
        return (
            f"median {statistics.median(ranked) * 1000:.0f} ms, 99 of 100 within"
            f" {ranked[len(ranked) * 99 // 100]:.2f} s, slowest {ranked[-1]:.2f} s"
        )


@dataclass
class Spent:
    """What one person asked for that a limit counts."""

    surely: int = 0  # told as done, so counted
    perhaps: int = 0  # every try: one that was told of something else may have been counted before


@dataclass
class Crowd:
    """`people` at a time `at_once` of them ask for something."""

    deployment: Deployment
    people: list[Person]
    told: Told = field(default_factory=Told)
    wanted: dict[tuple[str, str], str] = field(default_factory=dict)
    codes: defaultdict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def of(cls, deployment: Deployment, sites: tuple[Site, ...], count: int) -> Crowd:
        tenants = itertools.cycle(deployment.customers)
        return cls(deployment, [arrived(next(tenants), sites) for _number in range(count)])

    def again(self) -> Crowd:
        """The same people, told anew. Numbers go on: an email that one has, or was just sent a code to, is refused."""
        return replace(self, told=Told(), wanted={})

    def come(self, seconds: float, at_once: int) -> None:
        """Each in turn, so that nobody is asked for twice at the same moment."""
        until = time.monotonic() + seconds
        free, lock = itertools.cycle(self.people), threading.Lock()
        rng = random.Random(1)  # noqa: S311  # the same order each time

        def go_on() -> None:
            try:
                while time.monotonic() < until:
                    with lock:
                        person, is_change = next(free), rng.randrange(CHANGED_IN) == 0
                        page, change = rng.choice(READ), rng.choice(CHANGES)
                    if is_change:
                        change(self, person)
                    else:
                        self.read(person, page)
            finally:
                hang_up()

        with ThreadPoolExecutor(at_once) as pool:
            for one in [pool.submit(go_on) for _thread in range(at_once)]:
                one.result()

    def read(self, person: Person, path: str) -> Answer:
        answer = self.ask(person, "GET", path)
        with self.told.lock:
            self.told.reads[answer.status] += 1
            if is_busy(answer):
                self.told.busy += 1
            elif answer.status != 200:
                self.told.odd.append(f"GET {path}: {answer.status} {answer.location}{problems(answer)}")
        return answer

    def write(self, person: Person, path: str, *, limit: Spent | None = None, **typed: str) -> bool:
        """Whether it was told as done. `limit` counts such tries of the person, where that many may meet a limit."""
        token = TOKEN.search(self.read(person, path).body)
        if not token:
            return False
        answer = self.ask(person, "POST", path, csrfmiddlewaretoken=token[1], **typed)
        is_done = answer.status == 302
        may_be_spent = limit is not None and limit.perhaps >= CODES_OF_ONE
        is_spent = limit is not None and limit.surely >= CODES_OF_ONE
        if limit:
            limit.perhaps += 1
            limit.surely += is_done
        with self.told.lock:
            self.told.writes[answer.status] += 1
            if is_busy(answer):
                self.told.busy += 1
            elif answer.status == 429 and may_be_spent:
                self.told.limited += 1
            elif not is_done or is_spent:
                self.told.odd.append(f"POST {path}: {answer.status}{problems(answer)}")
        return is_done

    def is_so(self, person: Person, what: str, wanted: str) -> None:
        held = held_by(person)[what]
        with self.told.lock:
            self.told.done[what] += 1
            self.wanted[person.handle, what] = wanted
            if held != wanted:
                self.told.not_so.append(f"{what} of {person.handle} was told as {wanted} and is {held}")

    def changes_nickname(self, person: Person) -> None:
        wanted = f"Nick {next(self._numbers)}"
        if self.write(person, "/profile/nickname/change/", nickname=wanted):
            self.is_so(person, "nickname", wanted)

    def changes_username(self, person: Person) -> None:
        wanted = f"{person.handle}_{next(self._numbers)}"
        if self.write(person, "/username/change/", username=wanted):
            self.is_so(person, "username", wanted)

    def changes_email(self, person: Person) -> None:
        wanted = f"{person.handle}.{next(self._numbers)}@people.example"
        if self.write(person, "/email/change/", limit=self.codes[person.handle], email=wanted):
            code = code_for(person, wanted)
            if self.write(person, "/email/confirm/", code=code):
                self.is_so(person, "email", wanted)

    def lost(self) -> list[str]:
        """What was told as done last, and is not so in the end."""
        by_handle = {person.handle: person for person in self.people}
        return [
            f"{what} of {handle} should be {value} and is {held_by(by_handle[handle])[what]}"
            for (handle, what), value in self.wanted.items()
            if held_by(by_handle[handle])[what] != value
        ]

    def ask(self, person: Person, method: str, path: str, **typed: str) -> Answer:
        host = person.customer.host
        address = f"https://{host}:{self.deployment.port}"
        headers = {"Origin": address, "User-Agent": "Mozilla/5.0 Firefox/140.0", "Cookie": f"{COOKIE}={person.cookie}"}
        if typed:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            connection = line_to(self.deployment, host)
            connection.request(method, path, urlencode(typed) if typed else None, headers)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            hang_up()
            return Answer(0)
        with self.told.lock:
            self.told.seconds.append(time.monotonic() - began)
        return Answer(answer.status, body, answer.headers.get("Location", ""))


CHANGES: tuple[Callable[[Crowd, Person], None], ...] = (
    Crowd.changes_nickname,
    Crowd.changes_nickname,
    Crowd.changes_username,
    Crowd.changes_email,
)


def is_busy(answer: Answer) -> bool:
    """No place was free. Any other 503 is a failure."""
    return answer.status == 503 and answer.body.startswith(BUSY)


def problems(answer: Answer) -> str:
    """What the page says is wrong."""
    return "".join(f" “{' '.join(TAG.sub(' ', one).split())}”" for one in PROBLEMS.findall(answer.body))


def held_by(person: Person) -> dict[str, str]:
    user = person.customer.logto.state.person(person.handle).user
    return {
        "nickname": user["profile"].get("nickname", ""),
        "username": user["username"],
        "email": user["primaryEmail"],
    }


def code_for(person: Person, address: str) -> str:
    """It is sent beside the request."""
    until = time.monotonic() + CODE_SECONDS
    while time.monotonic() < until:
        if message := person.customer.logto.state.latest_message(address):
            return message.code
        time.sleep(0.05)
    return ""


def line_to(deployment: Deployment, host: str) -> Connection:
    """A connection of this thread, used again as browsers do."""
    known: dict[str, tuple[Connection, Iterator[int]]] = LINES.__dict__.setdefault("known", {})
    if host not in known or next(known[host][1]) >= ASKED_ON_ONE:
        if host in known:
            known[host][0].close()
        known[host] = (deployment.connect(host), itertools.count())
    return known[host][0]


def hang_up() -> None:
    for connection, _asked in LINES.__dict__.pop("known", {}).values():
        connection.close()
