"""A way to Logto by which nothing can be changed, for whoever looks at somebody else's account."""

from __future__ import annotations

from typing import Any, Unpack
from urllib.parse import quote

from .paths import template_of
from .response import Answer
from .transport import Content, Transport

PEOPLE = "users"  # what follows it in an address is whose it is
LOG = "/api/logs"


class OnlyReads(Exception):  # noqa: N818  # what is so, in two words
    """Something was to be changed, or somebody else to be read, by whoever may only look at one person's account."""


class ReadOnlyTransport(Transport):
    """Only GET, and of people only this one. It has no other way to send anything: it holds no token and no pool.

    Everything a `Transport` can do goes through `answer` and `exchange`.
    """

    def __init__(self, transport: Transport, user_id: str) -> None:
        self.site = transport.site
        self._whole = transport
        self._own = quote(user_id, safe="")
        self._user_id = user_id

    def answer(self, method: str, path: str, **content: Unpack[Content]) -> Answer:
        # guard: preview-only-reads
        if method != "GET":
            raise OnlyReads(template_of(path))
        # guard: preview-reads-one-person
        if not self._is_allowed(path, content):
            raise OnlyReads(template_of(path))
        return self._whole.answer(method, path, **content)

    def exchange(self, method: str, path: str, **content: Any) -> Answer:
        raise OnlyReads(template_of(path))

    def sends_at_once(self) -> bool:
        return self._whole.sends_at_once()

    def _is_allowed(self, path: str, content: Content) -> bool:
        """Whether it is of this person, or of nobody in particular."""
        if path == LOG:
            return (content.get("params") or {}).get("userId") == self._user_id
        steps = path.split("/")
        return all(steps[place + 1 : place + 2] == [self._own] for place, step in enumerate(steps) if step == PEOPLE)
