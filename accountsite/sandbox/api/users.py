"""Users: listing, creating, reading, changing, suspending, deleting (docs/logto.md 2)."""

from __future__ import annotations

from accountsite.sandbox.api.columns import refuse_unstorable, stored_text
from accountsite.sandbox.api.errors import ApiError, invalid_entity, not_found
from accountsite.sandbox.api.events import announce_deletion
from accountsite.sandbox.api.guards import (
    NO_SPACE,
    Choice,
    Either,
    Literal,
    Nullable,
    Optional,
    Plain,
    Record,
    Text,
    read_body,
)
from accountsite.sandbox.api.identifiers import refuse_taken
from accountsite.sandbox.api.paging import page_answer
from accountsite.sandbox.api.search import USER_FIELDS, is_true, search
from accountsite.sandbox.oidc.tokens import Tokens
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person, State, hash_password
from accountsite.sandbox.web import Answer

routes = Router()

USERNAME = r"[A-Z_a-z]\w*"
EMAIL = rf"{NO_SPACE}+@{NO_SPACE}+\.{NO_SPACE}+"
PHONE = r"\d+"
LIMITS = {"username": 128, "primaryEmail": 128, "primaryPhone": 128, "name": 128, "avatar": 2048}
PROFILE_KEYS = (
    "familyName", "givenName", "middleName", "nickname", "preferredUsername", "profile", "website", "gender",
    "birthdate", "zoneinfo", "locale",
)  # fmt: skip
ADDRESS_KEYS = ("formatted", "streetAddress", "locality", "region", "postalCode", "country")
ADDRESS = Record({key: Optional(Text()) for key in ADDRESS_KEYS})
PROFILE = Record({key: Optional(Text()) for key in PROFILE_KEYS} | {"address": Optional(ADDRESS)})


def _clearable(schema: Text) -> Optional:
    return Optional(Nullable(Either((schema, Literal("")))))


CHANGES = Record(
    {
        "username": _clearable(Text(pattern=USERNAME)),
        "primaryEmail": _clearable(Text(pattern=EMAIL)),
        "primaryPhone": _clearable(Text(pattern=PHONE)),
        "name": _clearable(Text()),
        "avatar": _clearable(Text(url=True)),
        "customData": Optional(Plain("object")),
        "profile": Optional(PROFILE),
    }
)
NEW_USER = Record(
    {
        "primaryPhone": Optional(Text(pattern=PHONE)),
        "primaryEmail": Optional(Text(pattern=EMAIL)),
        "username": Optional(Text(pattern=USERNAME)),
        "password": Optional(Text(minimum=1)),
        "passwordDigest": Optional(Text()),
        "passwordAlgorithm": Optional(
            Choice(("Argon2i", "Argon2id", "Argon2d", "SHA1", "SHA256", "MD5", "Bcrypt", "Legacy"))
        ),
        "name": Optional(Text()),
        "avatar": Optional(Nullable(Either((Text(url=True), Literal(""))))),
        "customData": Optional(Plain("object")),
        "profile": Optional(PROFILE),
    }
)


def find_person(state: State, user_id: str) -> Person:
    """The person with this id. ApiError 404 `entity.not_found` when there is none."""
    person = state.people.get(user_id)
    if person is None:
        raise not_found()
    return person


def show_user(person: Person) -> Json:
    """The user object (docs/logto.md 2.1)."""
    return person.user | {"hasPassword": person.password_hash is not None}


def update_user(state: State, person: Person, **changes: object) -> None:
    """Write columns of the user and move `updatedAt`."""
    person.user.update(changes)
    person.user["updatedAt"] = state.now_ms


@routes.get("/api/users")
def list_users(call: Call) -> Answer:
    newest_first = reversed(call.state.people.values())
    people = sorted(newest_first, key=lambda person: int(person.user["createdAt"]), reverse=True)
    role_id, organization_id = call.param("excludeRoleId"), call.param("excludeOrganizationId")
    if role_id and organization_id:
        reason = "Parameter `excludeRoleId` and `excludeOrganizationId` cannot be used at the same time."
        raise ApiError(400, "request.invalid_input", f"Input is invalid. {reason}")
    members = call.state.memberships.get(organization_id or "", {})
    people = [person for person in people if role_id not in person.role_ids and person.id not in members]
    return page_answer(call, search([show_user(person) for person in people], call.request.params, USER_FIELDS))


@routes.post("/api/users")
def create(call: Call) -> Answer:
    wanted = read_body(NEW_USER, call.body)
    if "password" in wanted and "passwordDigest" in wanted:
        raise ApiError(400, "user.password_and_digest", "You cannot set both plain text password and password digest.")
    if "passwordDigest" in wanted and "passwordAlgorithm" not in wanted:
        raise ApiError(400, "user.password_algorithm_required", "Password algorithm is required.")
    password, digest = wanted.pop("password", None), wanted.pop("passwordDigest", None)
    algorithm = wanted.pop("passwordAlgorithm", "Argon2i")
    refuse_taken(call.state, wanted, except_id=None)
    person = Person(_new_user(call.state) | _as_stored(wanted))
    person.password_hash = hash_password(password) if password is not None else digest
    person.password_algorithm = algorithm
    every = call.state.roles.values()
    person.role_ids = [role["id"] for role in every if role["isDefault"] and role["type"] == "User"]
    call.state.people[person.id] = person
    return Answer.json(200, show_user(person))


@routes.get("/api/users/{user_id}")
def read(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    shown = show_user(person)
    if is_true(call.param("includeSsoIdentities")):
        shown["ssoIdentities"] = person.sso_identities
    if is_true(call.param("includePasswordHash")):
        has_one = person.password_hash is not None
        shown["passwordDigest"] = person.password_hash
        shown["passwordAlgorithm"] = person.password_algorithm if has_one else None
    return Answer.json(200, shown)


@routes.patch("/api/users/{user_id}")
def change(call: Call) -> Answer:
    changes = read_body(CHANGES, call.body)
    person = find_person(call.state, call.names["user_id"])
    refuse_taken(call.state, changes, except_id=person.id)
    if not changes:
        raise invalid_entity()
    update_user(call.state, person, **_as_stored(changes))
    return Answer.json(200, show_user(person))


@routes.patch("/api/users/{user_id}/is-suspended")
def suspend(call: Call) -> Answer:
    suspended = read_body(Record({"isSuspended": Plain("boolean")}), call.body)["isSuspended"]
    person = find_person(call.state, call.names["user_id"])
    update_user(call.state, person, isSuspended=suspended)
    if suspended:
        end_sessions(call.state, person.id)
    return Answer.json(200, show_user(person))


@routes.delete("/api/users/{user_id}")
def delete(call: Call) -> Answer:
    user_id = call.names["user_id"]
    if user_id == call.names["token_subject"]:
        raise ApiError(400, "user.cannot_delete_self", "You cannot delete yourself.")
    person = find_person(call.state, user_id)
    delete_person(call.state, person)
    announce_deletion(call, person.user)
    return Answer(204)


def delete_person(state: State, person: Person) -> None:
    """The user and everything that goes with them; grants, log rows and uploads stay (docs/logto.md 2.6)."""
    del state.people[person.id]
    end_sessions(state, person.id)
    for members in state.memberships.values():
        members.pop(person.id, None)
    for key in [key for key in state.consent_organizations if key[1] == person.id]:
        del state.consent_organizations[key]
    state.invitations = {
        key: each
        for key, each in state.invitations.items()
        if person.id not in (each["inviterId"], each["acceptedUserId"])
    }


def end_sessions(state: State, user_id: str) -> None:
    """Ends every session of this person and every token given out in them."""
    state.part(Tokens).revoke(user_id=user_id)
    for session in [session for session in state.sessions.values() if session.account_id == user_id]:
        del state.sessions[session.uid]


def _new_user(state: State) -> Json:
    empty = dict.fromkeys(("username", "primaryEmail", "primaryPhone", "name", "avatar"))
    return {
        "id": state.new_id(),
        **empty,
        "customData": {},
        "identities": {},
        "lastSignInAt": None,
        "createdAt": state.now_ms,
        "updatedAt": state.now_ms,
        "profile": {},
        "applicationId": None,
        "cimdClientId": None,
        "isSuspended": False,
    }


def _as_stored(changes: Json) -> Json:
    refuse_unstorable({key: value for key, value in changes.items() if key not in LIMITS})
    return {key: stored_text(value, LIMITS[key]) if key in LIMITS else value for key, value in changes.items()}
