"""The account-center settings: which fields a person may see and edit (docs/logto.md 4.5)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, invalid_entity
from accountsite.sandbox.api.guards import (
    Choice,
    IssuesError,
    ListOf,
    Nullable,
    Optional,
    Path,
    Plain,
    Record,
    Text,
    read_body,
)
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.seed_settings import ACCOUNT_FIELDS
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer

routes = Router()


class _WebAddress:
    """A text that must be an http or https address."""

    def read(self, value: object, path: Path = ()) -> object:
        text = Text().read(value, path)
        if text and not text.startswith(("http://", "https://")):
            message = f"{path[-1]} must be a valid http(s) URL"
            raise IssuesError([{"code": "custom", "message": message, "path": list(path)}], aborted=False)
        return text


CHANGES = Record(
    {
        "enabled": Optional(Plain("boolean")),
        "fields": Optional(Record({name: Optional(Choice(("Off", "ReadOnly", "Edit"))) for name in ACCOUNT_FIELDS})),
        "webauthnRelatedOrigins": Optional(ListOf(Text())),
        "deleteAccountUrl": Optional(Nullable(_WebAddress())),
        "customCss": Optional(Nullable(Text())),
        "profileFields": Optional(Nullable(ListOf(Record({"name": Text()})))),
    }
)


@routes.get("/api/account-center")
def read(call: Call) -> Answer:
    return Answer.json(200, call.state.account_center)


@routes.get("/api/.well-known/account-center")
def read_public(call: Call) -> Answer:
    return Answer.json(200, call.state.account_center)


@routes.patch("/api/account-center")
def change(call: Call) -> Answer:
    """`fields` is replaced as a whole; profile fields that do not exist are taken without a word and left out."""
    wanted = read_body(CHANGES, call.body)
    if not wanted:
        raise invalid_entity()
    if wanted.get("profileFields"):
        wanted["profileFields"] = _known_once(call, wanted["profileFields"])
    call.state.account_center |= wanted
    return Answer.json(200, call.state.account_center)


def _known_once(call: Call, entries: list[Json]) -> list[Json]:
    """Those of the catalogue; not even `name` and `avatar` count unless they are in it."""
    names = [entry["name"] for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"Input is invalid. Duplicate profile field names: {', '.join(twice)}"
        raise ApiError(400, "request.invalid_input", message, data={"duplicateNames": twice})
    return [entry for entry in entries if entry["name"] in call.state.profile_fields]
