"""Lists in pages: `page`, `page_size`, `Total-Number` and `Link` (docs/logto.md 0.5)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.router import Call
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer

DEFAULT_PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 100


def page_answer(call: Call, items: Sequence[Json]) -> Answer:
    """One page of `items` with its headers. ApiError 400 `guard.invalid_pagination`."""
    shown, headers = one_page(call, items)
    return Answer.json(200, shown, *headers)


def one_page(call: Call, items: Sequence[Json]) -> tuple[list[Json], tuple[tuple[str, str], ...]]:
    """The page that is asked for and the headers that go with it."""
    page = _number(call, "page", 1, None)
    size = _number(call, "page_size", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)
    start = (page - 1) * size
    headers = (("total-number", str(len(items))), ("link", _link(call, page, size, len(items))))
    return list(items[start : start + size]), headers


def optional_page_answer(call: Call, items: Sequence[Json]) -> Answer:
    """Everything, without headers, unless a page is asked for."""
    if call.param("page") is None and call.param("page_size") is None:
        return Answer.json(200, list(items))
    return page_answer(call, items)


def _number(call: Call, name: str, default: int, largest: int | None) -> int:
    text = call.param(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1 or (largest is not None and int(text) > largest):
        raise ApiError(400, "guard.invalid_pagination", "The request pagination value is invalid.")
    return int(text)


def _link(call: Call, page: int, size: int, total: int) -> str:
    last = max(1, -(-total // size))
    pages = {
        "first": 1,
        "prev": page - 1 if page > 1 else None,
        "last": last,
        "next": page + 1 if page < last else None,
    }
    return ", ".join(f'<{_address(call, number)}>; rel="{rel}"' for rel, number in pages.items() if number)


def _address(call: Call, page: int) -> str:
    """Logto's own links lack the `/api` prefix."""
    query = {name: ",".join(values) for name, values in call.request.params.items()} | {"page": str(page)}
    return f"{call.logto.endpoint}{call.request.path.removeprefix('/api')}?{urlencode(query)}"
