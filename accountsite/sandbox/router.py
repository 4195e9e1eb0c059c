"""Which function answers which method and path: one small table, shared by the Management API, OIDC and the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from accountsite.sandbox.web import Answer, Request

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto
    from accountsite.sandbox.state import State


@dataclass(frozen=True)
class Call:
    """One request on its way to the function that answers it.

    `pattern` is the route's, `names` holds the decoded `{name}` parts of the path.
    """

    logto: Logto
    request: Request
    names: Mapping[str, str]
    body: Any = None
    pattern: str = ""

    @property
    def state(self) -> State:
        return self.logto.state

    def param(self, name: str) -> str | None:
        """The first value of a query parameter; None when it is absent."""
        values = self.request.params.get(name)
        return values[0] if values else None


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str
    handler: Handler
    expression: re.Pattern[str]


class Router:
    """Routes in the order they were added; the first that fits answers. A slash at the end changes nothing."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        """Decorator: `handler` answers `method` on `pattern`, in which `{name}` stands for one path segment."""

        def register(handler: Handler) -> Handler:
            self.routes.append(Route(method, pattern, handler, _expression(pattern)))
            return handler

        return register

    def get(self, pattern: str) -> Callable[[Handler], Handler]:
        return self.add("GET", pattern)

    def post(self, pattern: str) -> Callable[[Handler], Handler]:
        return self.add("POST", pattern)

    def put(self, pattern: str) -> Callable[[Handler], Handler]:
        return self.add("PUT", pattern)

    def patch(self, pattern: str) -> Callable[[Handler], Handler]:
        return self.add("PATCH", pattern)

    def delete(self, pattern: str) -> Callable[[Handler], Handler]:
        return self.add("DELETE", pattern)

    def include(self, routers: Iterable[Router]) -> Router:
        for router in routers:
            self.routes.extend(router.routes)
        return self

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        for route in self.routes:
            found = route.expression.fullmatch(path) if route.method == method else None
            if found:
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
        return None

    def knows(self, path: str) -> bool:
        """Whether any method is routed on this path: the difference between 404 and 405."""
        return any(route.expression.fullmatch(path) for route in self.routes)


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", pattern)
    text = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>[^/]+)" for at, part in enumerate(parts))
    return re.compile(text + "/?")
