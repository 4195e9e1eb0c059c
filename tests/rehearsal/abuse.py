"""What somebody sends who means harm, through the proxy and past it: each step says what was sent and what answered."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from urllib.parse import quote, urlencode

from settings_app.models import OneTimeState, Session
from settings_app.sites import Site
from tests.rehearsal.crowd import code_for, held_by
from tests.rehearsal.deployment import Deployment
from tests.rehearsal.load import MOST_GROWTH_MB, megabytes_of
from tests.rehearsal.tenants import LOOPBACK
from tests.rehearsal.visitors import COOKIE, TOKEN, Answer, Person, arrived, ask

Sites = tuple[Site, ...]
Headers = Mapping[str, str | None] | None

ANSWER_SECONDS = 30.0  # other work may keep every core
SILENCE_SECONDS = 2.0  # after which nothing more is expected
STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
# Answered by the site, and by the proxy never: a hidden request for it that gets through shows itself.
HIDDEN = "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n"
SEEN = b"ok\n"


class Wire:
    """Bytes to the proxy, or past it to the first server of the site."""

    def __init__(self, deployment: Deployment, host: str, *, past: bool) -> None:
        self.port = deployment.sites[0].port if past else deployment.port
        self.socket = socket.create_connection((LOOPBACK, self.port), 10)
        if not past:
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            self.socket = trusting.wrap_socket(self.socket, server_hostname=host)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def send(self, sent: bytes) -> None:
        self.socket.sendall(sent)

    def heard(self, silence: float = SILENCE_SECONDS) -> bytes:
        """Everything until it closes, or says nothing more for a while."""
        told, until = b"", time.monotonic() + ANSWER_SECONDS
        self.socket.settimeout(silence)
        while time.monotonic() < until:
            try:
                piece = self.socket.recv(65536)
            except TimeoutError:
                if told:
                    break
                continue
            except OSError:
                break
            if not piece:
                break
            told += piece
        return told


def exchanged(deployment: Deployment, host: str, sent: bytes, *, past: bool, silence: float = SILENCE_SECONDS) -> bytes:
    with Wire(deployment, host, past=past) as wire:
        try:
            wire.send(sent)
        except OSError:
            return b""
        return wire.heard(silence)


def statuses(told: bytes) -> str:
    return " ".join(found.decode() for found in STATUS.findall(told)) or "closed"


HEAD = "POST /sign-in/ HTTP/1.1\r\nHost: {host}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
# Each hides a second request behind a first one, to whoever reads lengths another way.
SMUGGLED = {
    "CL.TE": HEAD + FORM + "Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
    "TE.CL": HEAD + FORM + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n{hidden}\r\n0\r\n\r\n",
    "TE written oddly": HEAD
    + FORM
    + "Transfer-Encoding : chunked\r\nContent-Length: {length}\r\n\r\n0\r\n\r\n{hidden}",
    "TE of an unknown kind": HEAD + FORM + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}",
    "TE behind a tab": HEAD + FORM + "Transfer-Encoding:\tchunked\r\nContent-Length: {length}\r\n\r\n0\r\n\r\n{hidden}",
    "TE twice": HEAD + FORM + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{hidden}",
    "TE and an underscore": HEAD + FORM + "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{hidden}",
    "CL twice, of two lengths": HEAD + FORM + "Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{hidden}",
    "CL as a list": HEAD + FORM + "Content-Length: 0, 0\r\n\r\n{hidden}",
    "CL with a plus": HEAD + FORM + "Content-Length: +0\r\n\r\n{hidden}",
    "CL below nothing": HEAD + FORM + "Content-Length: -1\r\n\r\n{hidden}",
    "a header over two lines": HEAD + FORM + "X-A: b\r\n Content-Length: 9\r\nContent-Length: 0\r\n\r\n{hidden}",
    "bare line feeds": HEAD.replace("\r", "") + FORM.replace("\r", "") + "Content-Length: 0\n\n{hidden}",
    "a bare return in a header": HEAD + FORM + "X-A: b\rContent-Length: 9\r\nContent-Length: 0\r\n\r\n{hidden}",
    "a NUL in a header": HEAD + FORM + "X-A: b\0c\r\nContent-Length: 0\r\n\r\n{hidden}",
    "an extension of a chunk": HEAD + FORM + "Transfer-Encoding: chunked\r\n\r\n0;a=b\r\n\r\n{hidden}",
    "an extension that ends a line": HEAD + FORM + "Transfer-Encoding: chunked\r\n\r\n2;\nxx\r\n0\r\n\r\n{hidden}",
    "a chunk of a huge length": HEAD + FORM + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n\r\n{hidden}",
    "a chunk of a length that is none": HEAD + FORM + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n{hidden}",
    "HTTP/1.0 in chunks": HEAD.replace("1.1", "1.0") + FORM + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
    "a body with GET": "GET /sign-in/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{hidden}",
    "no version": "GET /healthz\r\n\r\n{hidden}",
    "a space in the address": "GET /sign-in/ HTTP/1.1 HTTP/1.1\r\nHost: {host}\r\n\r\n{hidden}",
}
# Two requests, as a careful client may send them: past the proxy the second one is its own and may be answered.
TWO_REQUESTS = {
    "bare line feeds",
    "a NUL in a header",
    "an extension of a chunk",
    "TE behind a tab",
    "TE and an underscore",
    "a header over two lines",
}


def smuggled_requests(deployment: Deployment, sites: Sites) -> str:
    """Through the proxy none of them reaches the site."""
    host = f"{deployment.customers[0].host}:{deployment.port}"
    hidden = HIDDEN.format(host=host)
    seen = []
    for name, shape in SMUGGLED.items():
        sent = shape.format(host=host, hidden=hidden, length=len(hidden) + 5).encode("latin-1")
        through, past = (exchanged(deployment, deployment.customers[0].host, sent, past=one) for one in (False, True))
        assert SEEN not in through, (name, through)
        if name not in TWO_REQUESTS:
            assert SEEN not in past, (name, past)
        seen.append(f"{name}: {statuses(through)} | {statuses(past)}")
    return f"{len(seen)} shapes, none got through; answers of the proxy | of the site\n      " + "\n      ".join(seen)


def requests_in_a_row(deployment: Deployment, sites: Sites) -> str:
    """Two people's requests sent at once on one connection: each gets its own page, in order."""
    customer = deployment.customers[0]
    people = [arrived(customer, sites) for _number in range(2)]
    host = f"{customer.host}:{deployment.port}"
    line = "GET /username/change/ HTTP/1.1\r\nHost: {}\r\nConnection: {}\r\nCookie: {}={}\r\n\r\n"
    ways = zip(("keep-alive", "close"), people, strict=True)
    sent = "".join(line.format(host, way, COOKIE, person.cookie) for way, person in ways).encode()
    seen = []
    for past in (False, True):
        heard = exchanged(deployment, customer.host, sent, past=past, silence=ANSWER_SECONDS)
        told = heard.decode("utf-8", "replace")
        places = [told.find(f'value="{person.username}"') for person in people]
        assert 0 < places[0] < places[1] or (past and places[1] == -1), places
        seen.append(statuses(told.encode()))
    return f"two people's requests in one packet: {seen[0]} through the proxy, {seen[1]} past it; each their own page"


HOSTS = (
    "evil.example",
    "{host}.evil.example",
    "{host}@evil.example",
    "evil.example/{host}",
    "{name}",
    "{name}:1",
    "",
    "[::1]",
    "{host}, evil.example",
)
TRICKS = {
    "X-Forwarded-Host": "evil.example",
    "X-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "Forwarded": "host=evil.example;proto=http",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "1",
    "X-HTTP-Method-Override": "DELETE",
    "X-Method-Override": "POST",
    "X_Forwarded_Host": "evil.example",
    "Script-Name": "/evil",
    "Remote-User": "admin",
}


def hosts_and_headers(deployment: Deployment, sites: Sites) -> str:
    """No host but the site's own is answered, and no header says where the site is or what is asked."""
    customer = deployment.customers[0]
    name, host = customer.host, f"{customer.host}:{deployment.port}"
    seen = []
    for shape in HOSTS:
        other = shape.format(host=host, name=name)
        sent = f"GET /sign-in/ HTTP/1.1\r\nHost: {other}\r\nConnection: close\r\n\r\n".encode()
        told = [exchanged(deployment, name, sent, past=past) for past in (False, True)]
        assert not any(b" 200 " in one[:20] or b"Set-Cookie" in one for one in told), (other, told)
        seen.append(f"{other or 'none'}: {statuses(told[0])} | {statuses(told[1])}".replace(host, "HOST"))
    twice = f"GET /sign-in/ HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode()
    whole = f"GET https://evil.example/sign-in/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    for words, sent in (("two of them", twice), ("another one in the address", whole)):
        told = [exchanged(deployment, name, sent, past=past) for past in (False, True)]
        assert not any(b"evil.example" in one for one in told), told
        seen.append(f"{words}: {statuses(told[0])} | {statuses(told[1])}")
    usual = drawn(exchanged(deployment, name, get("/sign-in/", host), past=False))
    for header, value in TRICKS.items():
        for past in (False, True):
            page = exchanged(deployment, name, get("/sign-in/", host, f"{header}: {value}\r\n"), past=past)
            assert drawn(page) == usual, (header, past)
            assert b"evil" not in page, (header, past)
    return f"{len(seen)} hosts, {len(TRICKS)} headers, which change nothing of a page\n      " + "\n      ".join(seen)


def get(path: str, host: str, headers: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n".encode()


def drawn(told: bytes) -> str:
    """A page without what is drawn by lot."""
    return re.sub(r'value="[^"]*"|[0-9a-f]{16,}', "", told.partition(b"\r\n\r\n")[2].decode("utf-8", "replace"))


def slow_and_large(deployment: Deployment, sites: Sites) -> str:
    """Heads and bodies that never end, and ones that are too large: through the proxy others are served as ever."""
    customer = deployment.customers[0]
    host = f"{customer.host}:{deployment.port}"
    before = max(megabytes_of(one) for one in deployment.sites[0].workers())
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(deployment, customer.host, past=False)) for _number in range(SLOW)]
        begun = f"POST /sign-in/ HTTP/1.1\r\nHost: {host}\r\n"
        for number, wire in enumerate(wires):
            more = f"{FORM}Content-Length: 100000\r\n\r\na=" if number % 2 else ""
            with contextlib.suppress(OSError):  # where opening all of them takes long, the proxy has given up the first
                wire.send((begun + more).encode())
        answered = [answered_meanwhile(deployment, customer.host, wires) for _time in range(5)]
    assert max(answered) < 5, answered
    large = []
    for past in (False, True):
        body = b"a=" + b"x" * 11_000_000
        head = f"{HEAD.format(host=host)}{FORM}Content-Length: {len(body)}\r\n\r\n".encode()
        large.append(statuses(exchanged(deployment, customer.host, head + body, past=past)))
        many = "".join(f"X-{number}: {'x' * 100}\r\n" for number in range(2000))
        large.append(statuses(exchanged(deployment, customer.host, get("/sign-in/", host, many), past=past)))
        long = f"/sign-in/?{'x' * 100_000}"
        large.append(statuses(exchanged(deployment, customer.host, get(long, host), past=past)))
    assert not any(one.startswith(("200", "500")) for one in large), large
    after = max(megabytes_of(one) for one in deployment.sites[0].workers())
    assert after <= before + 30, (before, after)
    return (
        f"{SLOW} heads and bodies that trickle through the proxy: others answered within {max(answered):.1f} s; 11 MB"
        f" of a form, 2000 headers, a long address: {', '.join(large[:3])} through it, {', '.join(large[3:])} past it;"
        f" {before} MB before, {after} MB after"
    )


SLOW = 120


def answered_meanwhile(deployment: Deployment, host: str, wires: Iterable[Wire]) -> float:
    """Seconds until somebody else has a page, after one more byte on each wire."""
    for wire in wires:
        with contextlib.suppress(OSError):  # given up by the proxy
            wire.send(b"X")
    began = time.monotonic()
    assert ask(deployment, host, "GET", "/sign-in/").status == 200
    return time.monotonic() - began


def sent_by(
    deployment: Deployment, person: Person, path: str, *, past: bool = False, headers: Headers = None, **typed: str
) -> Answer:
    """A form of this person, or a page where nothing is typed; of `headers`, which are sent too, None takes one out."""
    host = f"{person.customer.host}:{deployment.port}"
    usual = {"Host": host, "Origin": f"https://{host}", "Cookie": f"{COOKIE}={person.cookie}"} | dict(headers or {})
    body = urlencode(typed)
    if typed:
        usual |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    lines = [f"{'POST' if typed else 'GET'} {path} HTTP/1.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in usual.items() if value is not None]
    told = exchanged(deployment, person.customer.host, ("\r\n".join(lines) + "\r\n\r\n" + body).encode(), past=past)
    head, _blank, page = told.decode("utf-8", "replace").partition("\r\n\r\n")
    location = re.search(r"^Location: (.*)$", head, re.MULTILINE | re.IGNORECASE)
    return Answer(int((STATUS.findall(told) or [b"0"])[0]), head + page, location[1].strip() if location else "")


def token_for(deployment: Deployment, person: Person, path: str) -> str:
    found = TOKEN.search(sent_by(deployment, person, path).body)
    assert found, path
    return found[1]


def guesses_from_many_addresses(deployment: Deployment, sites: Sites) -> str:
    """A password and a code, each try as if from another network: what one person may is counted all the same."""
    person = arrived(deployment.customers[0], sites, verified=False)
    token = token_for(deployment, person, "/verify/")
    words: list[int] = []
    for number in range(12):
        spoofed = {"X-Forwarded-For": f"203.0.{number}.7"}
        typed = {"csrfmiddlewaretoken": token, "password": f"wrong {number}"}
        words.append(sent_by(deployment, person, "/verify/", past=number % 2 == 1, headers=spoofed, **typed).status)
    assert words == [200] * 5 + [429] * 7, words
    other = arrived(deployment.customers[0], sites)
    wanted = f"{other.handle}@guessed.example"
    form = token_for(deployment, other, "/email/change/")
    assert sent_by(deployment, other, "/email/change/", csrfmiddlewaretoken=form, email=wanted).status == 302
    right = code_for(other, wanted)
    wrong = [f"{number:06}" for number in range(8) if f"{number:06}" != right]
    form = token_for(deployment, other, "/email/confirm/")
    codes = [
        sent_by(
            deployment, other, "/email/confirm/", headers={"X-Forwarded-For": f"198.51.{number}.7"},
            csrfmiddlewaretoken=form, code=code,
        ).status
        for number, code in enumerate([*wrong, right])
    ]  # fmt: skip
    assert held_by(other)["email"] != wanted, codes
    return (
        f"12 wrong passwords, half past the proxy with addresses made up: {words.count(200)} were tried,"
        f" {words.count(429)} refused; {len(wrong)} wrong codes and the right one after them:"
        f" {' '.join(map(str, codes))}, the email is as before"
    )


def a_flood_of_visitors(deployment: Deployment, sites: Sites) -> str:
    """Whoever only looks leaves nothing behind; whoever begins to sign in leaves little, for an hour."""
    customer = deployment.customers[0]
    host = f"{customer.host}:{deployment.port}"
    before = Session.objects.count(), OneTimeState.objects.count()
    megabytes = max(megabytes_of(one) for one in deployment.sites[0].workers())
    looked = Counter(
        statuses(exchanged(deployment, customer.host, get("/sign-in/", host), past=True)) for _n in range(FLOOD)
    )
    between = Session.objects.count(), OneTimeState.objects.count()
    assert between == before, (before, between)
    begin = f"{HEAD.format(host=host)}{FORM}Origin: https://{host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    began = Counter(statuses(exchanged(deployment, customer.host, begin.encode(), past=True)) for _n in range(FLOOD))
    after = Session.objects.count(), OneTimeState.objects.count()
    assert set(looked) == {"200"}, looked
    assert set(began) <= {"302", "429"}, began
    assert max(after[0] - before[0], after[1] - before[1]) <= FLOOD, (before, after)
    grown = max(megabytes_of(one) for one in deployment.sites[0].workers()) - megabytes
    assert grown <= MOST_GROWTH_MB, grown
    return (
        f"{FLOOD} who look: no row; {FLOOD} who begin to sign in: {after[0] - before[0]} sessions and"
        f" {after[1] - before[1]} states, which go after an hour; {grown} MB more"
    )


def forms_of_other_pages(deployment: Deployment, sites: Sites) -> str:
    """Cross-site requests, with and without htmx, and with methods in disguise: nothing is changed."""
    customer, elsewhere = deployment.customers
    person, stranger = (arrived(customer, sites) for _number in range(2))
    before = held_by(person)
    path, wanted = "/username/change/", "taken_over"
    own, others = (token_for(deployment, one, path) for one in (person, stranger))
    theirs = f"https://{elsewhere.host}:{deployment.port}"
    tries: dict[str, tuple[Headers, dict[str, str]]] = {
        "no token": ({}, {}),
        "no token, htmx": ({"HX-Request": "true"}, {}),
        "somebody else's token": ({}, {"csrfmiddlewaretoken": others}),
        "another page's origin": ({"Origin": "https://evil.example"}, {"csrfmiddlewaretoken": own}),
        "another page's origin, htmx": (
            {"Origin": "https://evil.example", "HX-Request": "true", "X-CSRFToken": own},
            {},
        ),
        "no page's origin": ({"Origin": "null"}, {"csrfmiddlewaretoken": own}),
        "the other site's origin": ({"Origin": theirs}, {"csrfmiddlewaretoken": own}),
        "a sibling's origin": (
            {"Origin": f"https://x.{customer.host}:{deployment.port}"},
            {"csrfmiddlewaretoken": own},
        ),
        "neither origin nor referrer": ({"Origin": None}, {"csrfmiddlewaretoken": own}),
        "another page's referrer": (
            {"Origin": None, "Referer": "https://evil.example/"},
            {"csrfmiddlewaretoken": own},
        ),
    }
    seen = []
    for name, (headers, typed) in tries.items():
        answer = sent_by(deployment, person, path, past=False, headers=headers, username=wanted, **typed)
        assert answer.status == 403, (name, answer.status)
        seen.append(f"{name}: {answer.status}")
    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        query = f"?_method=POST&username={wanted}&csrfmiddlewaretoken={own}"
        answer = sent_by(deployment, person, path + query, headers={header: "POST"})
        seen.append(f"GET with {header}: {answer.status}")
    assert held_by(person) == before
    return "; ".join(seen) + "; the username is as before"


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "/%09/evil.example/",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://{host}@evil.example/",
    "https://{host}.evil.example/",
    "https://evil.example/{host}",
    "/profile/\r\nLocation: https://evil.example/",
    "/@evil.example",
)
LEADING = (
    "/sign-in/?next={}",
    "/verify/?next={}",
    "/?return_to={}",
    "/account/username?redirect={}",
    "/sign-out/?next={}",
)


def ways_out(deployment: Deployment, sites: Sites) -> str:
    """Every parameter that names a page leads to this site or to nowhere."""
    customer = deployment.customers[0]
    person = arrived(customer, sites)
    host = f"{customer.host}:{deployment.port}"
    asked = 0
    for shape in LEADING:
        for other in ELSEWHERE:
            path = shape.format(quote(other.format(host=host), safe=""))
            answer = sent_by(deployment, person, path)
            assert 0 < answer.status < 500, (path, answer.status)
            assert is_ours(answer.location, host), (path, answer.location)
            assert 'href="https://evil' not in answer.body, path
            asked += 1
    for path in (
        "//evil.example/profile",
        "//evil.example/%2e%2e",
        "/%2f%2fevil.example/profile",
        "/\\evil.example/profile",
    ):
        for past in (False, True):
            answer = sent_by(deployment, person, path, past=past)
            assert is_ours(answer.location, host), (path, answer.location)
            asked += 1
    return f"{asked} addresses that name a page elsewhere, in {len(LEADING)} parameters and as paths: none leads there"


def is_ours(location: str, host: str) -> bool:
    return not location or location.startswith(f"https://{host}/") or bool(re.match(r"/(?![/\\])", location))


def what_may_be_kept(deployment: Deployment, sites: Sites) -> str:
    """No cache keeps a page, whatever its status, and no page elsewhere frames one; files alone are kept."""
    customer = deployment.customers[0]
    person = arrived(customer, sites)
    seen: Counter[int] = Counter()
    tricks = {"X-Forwarded-Host": "evil.example", "Range": "bytes=0-9", "If-None-Match": "*", "Accept": "text/css"}
    for path in (
        "/",
        "/profile/",
        "/sign-in/",
        "/nowhere/",
        "/profile.css",
        "/profile/x.css",
        "/sign-in/callback/",
        "/?a=1",
    ):
        answer = sent_by(deployment, person, path, headers=tricks)
        head = answer.body.lower()
        assert "cache-control: no-store" in head, (path, answer.status)
        assert "frame-ancestors" in head, (path, answer.status)
        assert "x-content-type-options: nosniff" in head, (path, answer.status)
        seen[answer.status] += 1
    return (
        ", ".join(f"{count} of {status}" for status, count in sorted(seen.items())) + ": all no-store, framed by none"
    )


def ids_of_others(deployment: Deployment, sites: Sites) -> str:
    """Session fixation: an id that somebody brings along is never taken over, signed in or not."""
    customer = deployment.customers[0]
    made_up = Person(customer, "nobody", "z" * 32)
    host = f"{customer.host}:{deployment.port}"
    begun = sent_by(deployment, made_up, "/sign-in/", next="/profile/")
    given = re.search(rf"^set-cookie: {COOKIE}=([^;]*)(.*)$", begun.body, re.IGNORECASE | re.MULTILINE)
    assert begun.status == 302, begun.status
    assert given, begun.body[:500]
    assert given[1] not in ("", made_up.cookie)
    assert all(word in given[2].lower() for word in ("secure", "httponly", "path=/", "samesite=lax")), given[2]
    assert "domain=" not in given[2].lower()
    person = arrived(customer, sites)
    tossed = f"{COOKIE}={person.cookie}; \u2000{COOKIE}={arrived(customer, sites).cookie}"
    page = sent_by(deployment, person, "/username/change/", headers={"Cookie": tossed})
    assert f'value="{person.username}"' in page.body
    return f"an id made up is replaced by one of ours, of {host} alone; a cookie under a name like ours is not ours"


FLOOD = 150

STEPS: tuple[Callable[[Deployment, Sites], str], ...] = (
    forms_of_other_pages,
    ids_of_others,
    guesses_from_many_addresses,
    what_may_be_kept,
    requests_in_a_row,
    hosts_and_headers,
    smuggled_requests,
    ways_out,
    a_flood_of_visitors,
    slow_and_large,
)
