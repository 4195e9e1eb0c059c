"""The embedded Logto: one object that answers requests like a Logto server, with no socket of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from accountsite.sandbox import api, oidc, pages
from accountsite.sandbox.access_tokens import revoke_access_tokens
from accountsite.sandbox.api import assets
from accountsite.sandbox.faults import Fault, Faults, faulty_answer
from accountsite.sandbox.meanwhile import MEANWHILE
from accountsite.sandbox.oidc.person import authorize
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.seed import seed_tenant
from accountsite.sandbox.spoiling import SPOILS, spoil
from accountsite.sandbox.state import State
from accountsite.sandbox.web import Answer, Request

NEVER_SPOILT = ("/control", "/inbox", "/sandbox.css")  # or nobody could set things right again


class Logto:
    """`answer(request)` is all there is; `state` is what the tenant holds, `faults` what goes wrong at present.

    `endpoint` is the sandbox's own address, `site_url` that of the account site registered in it. `now` gives
    seconds since 1970, `seed` makes random ids repeatable, `sleep` waits (latencies).
    `sends_webhooks` says whether webhooks go out over HTTP; otherwise they wait in `webhooks.Webhooks` for a test to
    carry them. `password_seconds` is how long each check of a password takes, while everything else waits: 0.06 on a
    real server (docs/logto.md 22).
    """

    def __init__(
        self,
        endpoint: str = "http://localhost:3301",
        *,
        site_url: str = "http://localhost:8000",
        now: Callable[[], float] = time.time,
        seed: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        sends_webhooks: bool = False,
        password_seconds: float = 0.0,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.site_url = site_url.rstrip("/")
        self.faults = Faults()
        self.sends_webhooks = sends_webhooks
        self.password_seconds = password_seconds
        self._now = now
        self._seed = seed
        self._sleep = sleep
        self._lock = threading.RLock()
        self._later: list[Callable[[], None]] = []
        self._routes = Router().include([oidc.routes, pages.routes, assets.served])
        self.state = self.fresh_state()

    def reset(self) -> None:
        """Everything as at the start: the invented people again, no faults. The keys stay: sites have learnt them."""
        with self._lock:
            self.faults.clear()
            keys = self.state.signing_keys
            self.state = self.fresh_state()
            self.state.signing_keys = keys

    def revoke_tokens(self) -> None:
        """Machine tokens made so far stop working; the next one asked for works."""
        with self._lock:
            revoke_access_tokens(self.state)

    def authorize(self, handle: str, url: str, *, cancel: bool = False) -> str:
        """The callback address this person comes back to from an authorization `url`; see `oidc.person.authorize`."""
        return authorize(self, handle, url, cancel=cancel)

    def spend_time_on_password(self) -> None:
        """Called under the lock, so that nobody else is answered meanwhile."""
        if self.password_seconds:
            self._sleep(self.password_seconds)

    def later(self, action: Callable[[], None]) -> None:
        """Run `action` after the answer under way is made and the lock is free, such as a call to the site."""
        self._later.append(action)

    def answer(self, request: Request) -> Answer:
        """The answer to one request; safe to call from many threads. Raises NoAnswerError when a fault says so."""
        seconds, fault = (0.0, None) if request.path.startswith(NEVER_SPOILT) else self.faults.meet(request)
        if seconds:
            self._sleep(seconds)
        if fault is not None and fault.kind in MEANWHILE:
            with self._lock:
                MEANWHILE[fault.kind](self, fault)
            fault = None
        if fault is not None and not fault.after and fault.kind not in SPOILS:
            return faulty_answer(fault, request.path)
        with self._lock:
            answer = self._dispatch(request)
            actions, self._later = self._later, []
        for action in actions:
            action()
        return _spoilt(answer, fault, request.path) if fault is not None else answer

    def _dispatch(self, request: Request) -> Answer:
        if request.path.startswith("/api/") or request.path == "/api":
            return api.answer(self, request)
        found = self._routes.match(request.method, request.path)
        if found is None:
            known = self._routes.knows(request.path)
            return Answer.text(405, "Method Not Allowed") if known else Answer.text(404, "Not Found")
        route, names = found
        return route.handler(Call(self, request, names, pattern=route.pattern))

    def fresh_state(self) -> State:
        """The tenant as at the start."""
        state = State(self.endpoint, self._now, self._seed)
        seed_tenant(state, self.site_url)
        return state


def _spoilt(answer: Answer, fault: Fault, path: str) -> Answer:
    return spoil(fault.kind, answer, fault.which) if fault.kind in SPOILS else faulty_answer(fault, path)
