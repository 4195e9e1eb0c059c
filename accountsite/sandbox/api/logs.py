"""Reading the audit log (docs/logto.md 9)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, not_exists_with_id
from accountsite.sandbox.api.paging import page_answer
from accountsite.sandbox.api.search import is_true
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer

routes = Router()

CAP = 10_001
FILTERS = ("userId", "applicationId", "logKey")


@routes.get("/api/logs")
def list_logs(call: Call) -> Answer:
    """Newest first. `logKey` is compared whole; both times are part of the window."""
    start, end = _time(call, "start_time"), _time(call, "end_time")
    if start is not None and end is not None and start > end:
        raise ApiError(400, "log.invalid_time_window", "`end_time` must be after `start_time`.")
    wanted = {name: value for name in FILTERS if (value := call.param(name))}
    found = [row for row in call.state.logs if _fits(wanted, row, start, end)]
    found.sort(key=lambda row: int(row["createdAt"]))
    found.reverse()
    answer = page_answer(call, found)
    if not is_true(call.param("enableCap")) or len(found) < CAP:
        return answer
    headers = [(name, str(CAP) if name == "total-number" else value) for name, value in answer.headers]
    return Answer(answer.status, (*headers, ("total-number-is-capped", "true")), answer.body)


@routes.get("/api/logs/{id}")
def read(call: Call) -> Answer:
    for row in call.state.logs:
        if row["id"] == call.names["id"]:
            return Answer.json(200, row)
    raise not_exists_with_id("logs", call.names["id"])


def _fits(wanted: dict[str, str], row: Json, start: int | None, end: int | None) -> bool:
    if (start is not None and row["createdAt"] < start) or (end is not None and row["createdAt"] > end):
        return False
    payload = row["payload"]
    return all((row["key"] if name == "logKey" else payload.get(name)) == value for name, value in wanted.items())


def _time(call: Call, name: str) -> int | None:
    text = call.param(name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise ApiError(400, "guard.invalid_input", f"The request {name} is invalid.")
    return int(text)
