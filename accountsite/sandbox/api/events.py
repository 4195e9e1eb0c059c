"""What a call to the Management API tells the webhooks (docs/logto.md 15.1)."""

from __future__ import annotations

import json
import re

from accountsite.sandbox.router import Call
from accountsite.sandbox.state import CALLER, Json
from accountsite.sandbox.web import Answer
from accountsite.sandbox.webhooks import announce

# Calls whose answer is the event's data.
EVENTS = {
    ("POST", "/api/users"): "User.Created",
    ("PATCH", "/api/users/{user_id}"): "User.Data.Updated",
    ("PATCH", "/api/users/{user_id}/password"): "User.Data.Updated",
    ("PATCH", "/api/users/{user_id}/profile"): "User.Data.Updated",
    ("PATCH", "/api/users/{user_id}/custom-data"): "User.Data.Updated",
    ("PATCH", "/api/users/{user_id}/is-suspended"): "User.SuspensionStatus.Updated",
}


def announce_answer(call: Call, answer: Answer) -> None:
    """The event of this call, if it has one, with the answer as its data."""
    event = EVENTS.get((call.request.method, call.pattern))
    if event is not None:
        content = _caller(call) | _path(call, answer.status) | {"data": json.loads(answer.body)}
        announce(call.logto, event, content)


def announce_deletion(call: Call, user: Json) -> None:
    announce(call.logto, "User.Deleted", _caller(call) | {"data": dict(user)} | _path(call, 204))


def announce_settings(call: Call, user: Json) -> None:
    """A change of Logto's own settings about a user is told without the path."""
    announce(call.logto, "User.Data.Updated", _caller(call) | {"data": dict(user)})


def announce_membership(call: Call, status: int, organization_id: str, **users: list[str]) -> None:
    """`users` are `addedUserIds` and `removedUserIds`; empty ones are left out."""
    told = {name: user_ids for name, user_ids in users.items() if user_ids}
    content = _caller(call) | _path(call, status) | {"organizationId": organization_id} | told
    announce(call.logto, "Organization.Membership.Updated", content)


def _caller(call: Call) -> Json:
    agent = call.request.headers.get("user-agent")
    return ({"userAgent": agent} if agent else {}) | {"ip": CALLER}


def _path(call: Call, status: int) -> Json:
    return {
        "path": call.request.path.removeprefix("/api"),
        "method": call.request.method,
        "status": status,
        "params": {_camel(name): call.names[name] for name in re.findall(r"\{(\w+)\}", call.pattern)},
        "matchedRoute": re.sub(r"\{(\w+)\}", lambda found: f":{_camel(found[1])}", call.pattern.removeprefix("/api")),
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
