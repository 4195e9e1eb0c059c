"""What the tests of signing in do again and again: begin, go through Logto, come back, and look who is signed in."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.test import Client, RequestFactory

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.tampering import Tampering
from accountsite.sandbox.web import Request
from settings_app.session import SessionStore
from settings_app.shell.http import AccountRequest
from settings_app.signin import oidc
from settings_app.signin.states import Flow
from settings_app.sites import Site

Page = Any  # what Django's test client answers


def site() -> Site:
    found: Site = settings.SITES[0]
    return found


def begin(client: Client, next_path: str = "/") -> str:
    """The address at Logto that the form of the landing page leads to."""
    answer = client.post("/sign-in/", {"next": next_path})
    assert answer.status_code == 302, title_of(answer)
    return str(answer["Location"])


def come_back(client: Client, logto: Logto, handle: str, address: str) -> Page:
    """The site's answer when this person returns from there."""
    return client.get(logto.authorize(handle, address))


def sign_in(client: Client, logto: Logto, handle: str = "ada", next_path: str = "/") -> Page:
    return come_back(client, logto, handle, begin(client, next_path))


def request_of(client: Client) -> AccountRequest:
    """A request of this browser, as a view gets it."""
    request: Any = RequestFactory().get("/verify/")
    request.site = site()
    request.session = session_of(client)
    return request  # type: ignore[no-any-return]


def begin_step_up(client: Client, person: str, target: str = "/profile/") -> str:
    """The address at Logto where `person` is to confirm who they are."""
    request = request_of(client)
    address = oidc.begin(request, flow=Flow.STEP_UP, target=target, person=person)
    request.session.save()
    return address


def session_of(client: Client) -> SessionStore:
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return SessionStore(cookie.value if cookie and cookie.value else None, site=site().host)


def who(client: Client) -> str:
    """The subject signed in in this browser, or nothing."""
    return str(session_of(client).get("subject", ""))


def tampering(logto: Logto) -> Tampering:
    return logto.state.part(Tampering)


def watch(logto: Logto) -> list[Request]:
    """Every request that reaches the sandbox from now on."""
    seen: list[Request] = []
    answer = logto.answer
    logto.answer = lambda request: (seen.append(request), answer(request))[1]  # type: ignore[method-assign,func-returns-value]
    return seen


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def title_of(answer: Page) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""
