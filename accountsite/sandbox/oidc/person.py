"""What a person does at Logto, without pages: tests sign people in by it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from accountsite.sandbox.oidc.interactions import Interaction, browser_interaction, finish
from accountsite.sandbox.state import Person
from accountsite.sandbox.web import Answer, Request

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto

REDIRECTS = 10
FIELD = re.compile(r'name="([^"]*)" value="([^"]*)"')


@dataclass
class Browser:
    """As much of a browser as the sandbox needs: it keeps cookies."""

    logto: Logto
    user_agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, url: str) -> Answer:
        parts = urlsplit(url)
        return self._ask(Request("GET", parts.path, parts.query, self.headers))

    def submit(self, page: str) -> Answer:
        """What a page does by itself that ends the session of somebody else."""
        headers = self.headers | {"content-type": "application/x-www-form-urlencoded"}
        fields = urlencode(FIELD.findall(page)).encode()
        return self._ask(Request("POST", "/oidc/session/end/confirm", "", headers, fields))

    def _ask(self, request: Request) -> Answer:
        answer = self.logto.answer(request)
        for name, value in answer.headers:
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        return answer

    @property
    def headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        return {"cookie": cookie, "user-agent": self.user_agent}

    @property
    def request(self) -> Request:
        return Request("GET", "/", "", self.headers)


@dataclass
class Browsers:
    """One browser for each person, so that a second authorization finds the first one's session."""

    by_handle: dict[str, Browser] = field(default_factory=dict)


def authorize(logto: Logto, handle: str, url: str, *, browser: Browser | None = None, cancel: bool = False) -> str:
    """Where Logto sends the browser back to, after this person did whatever it asked of them.

    `url` is an authorization address of this sandbox. `cancel` refuses at the consent page. The second factor is
    taken as given. PermissionError when Logto would not let the person go on (suspended, shut out of the application,
    or the address is refused on Logto's own page).
    """
    person = logto.state.person(handle)
    browser = browser or logto.state.part(Browsers).by_handle.setdefault(handle, Browser(logto))
    for _ in range(REDIRECTS):
        answer = browser.get(url)
        if b'name="xsrf"' in answer.body:
            answer = browser.submit(answer.body.decode())
        url = dict(answer.headers).get("location", "")
        if not url:
            raise PermissionError(answer.body.decode())
        if url.startswith(("http://", "https://")) and not url.startswith(f"{logto.endpoint}/"):
            return url
        if not url.startswith("/oidc/"):
            interaction = browser_interaction(logto.state, browser.request)
            assert interaction is not None  # noqa: S101  the answer has just set its cookie
            if cancel and url.startswith("/consent"):
                return interaction.redirect_uri
            url = _done(interaction, person, url)
    raise PermissionError("too many redirects")


def _done(interaction: Interaction, person: Person, url: str) -> str:
    if url.startswith("/consent"):
        interaction.consented = True
    elif person.user["isSuspended"]:
        raise PermissionError("This account is suspended.")
    else:
        return finish(interaction, person.id, {"id": interaction.uid, "type": "Password", "verified": True})
    return f"/oidc/auth/{interaction.uid}"
