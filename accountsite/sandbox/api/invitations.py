"""Invitations to organizations (docs/logto.md 10)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, missing_reference, not_found
from accountsite.sandbox.api.events import announce_membership
from accountsite.sandbox.api.expiry import EXPIRES_AT, refuse_past
from accountsite.sandbox.api.guards import (
    Choice,
    Either,
    ListOf,
    Literal,
    Nullable,
    Optional,
    Plain,
    Record,
    Text,
    read_body,
)
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, Message, State
from accountsite.sandbox.web import Answer

routes = Router()

PAYLOAD = Either((Plain("object"), Literal(False)))
NEW = Record(
    {
        "invitee": Text(email=True, minimum=1),
        "organizationId": Text(minimum=1),
        "expiresAt": EXPIRES_AT,
        "inviterId": Optional(Nullable(Text())),
        "organizationRoleIds": Optional(ListOf(Text())),
        "messagePayload": PAYLOAD,
    }
)
ANSWER = Record({"status": Choice(("Accepted", "Revoked")), "acceptedUserId": Optional(Nullable(Text()))})


@routes.get("/api/organization-invitations")
def list_invitations(call: Call) -> Answer:
    """Newest first; `invitee` is compared without regard to capitals."""
    invitee, organization_id, inviter = call.param("invitee"), call.param("organizationId"), call.param("inviterId")
    found = [
        show_invitation(call.state, each)
        for each in reversed(call.state.invitations.values())
        if (not invitee or each["invitee"].lower() == invitee.lower())
        and organization_id in (None, "", each["organizationId"])
        and inviter in (None, "", each["inviterId"])
    ]
    return Answer.json(200, sorted(found, key=lambda each: int(each["createdAt"]), reverse=True))


@routes.post("/api/organization-invitations")
def create(call: Call) -> Answer:
    wanted = read_body(NEW, call.body)
    state, organization_id, invitee = call.state, wanted["organizationId"], wanted["invitee"]
    refuse_past(state, wanted["expiresAt"])
    role_ids = wanted.get("organizationRoleIds", [])
    inviter = wanted.get("inviterId")
    if organization_id not in state.organizations or not set(role_ids) <= set(state.organization_roles):
        raise missing_reference(422)
    if inviter is not None and inviter not in state.people:
        raise missing_reference(422)
    if _is_member(state, organization_id, invitee):
        message = "Input is invalid. The invitee is already a member of the organization."
        raise ApiError(422, "request.invalid_input", message)
    if _has_pending(state, organization_id, invitee):
        message = "The entity already exists. Please check the input and try again."
        raise ApiError(422, "entity.unique_integrity_violation", message)
    invitation = add_invitation(
        state, invitee, organization_id, role_ids=role_ids, inviter_id=inviter, expires_at=wanted["expiresAt"]
    )
    if wanted["messagePayload"] is not False:
        _send(state, invitation, wanted["messagePayload"])
    return Answer.json(201, show_invitation(state, invitation))


@routes.get("/api/organization-invitations/{id}")
def read(call: Call) -> Answer:
    return Answer.json(200, show_invitation(call.state, _find(call)))


@routes.put("/api/organization-invitations/{id}/status")
def answer_invitation(call: Call) -> Answer:
    wanted = read_body(ANSWER, call.body)
    invitation, accepted_by = _find(call), wanted.get("acceptedUserId")
    if show_invitation(call.state, invitation)["status"] != "Pending":
        raise _invalid("The status of the invitation cannot be changed anymore.")
    if wanted["status"] == "Accepted":
        if not accepted_by:
            raise _invalid("The `acceptedUserId` is required when accepting an invitation.")
        _accept(call, invitation, accepted_by)
    invitation |= {"status": wanted["status"], "updatedAt": call.state.now_ms}
    return Answer.json(200, show_invitation(call.state, invitation))


@routes.post("/api/organization-invitations/{id}/message")
def send_again(call: Call) -> Answer:
    _send(call.state, _find(call), call.body)
    return Answer(204)


@routes.delete("/api/organization-invitations/{id}")
def delete(call: Call) -> Answer:
    del call.state.invitations[_find(call)["id"]]
    return Answer(204)


def add_invitation(
    state: State,
    invitee: str,
    organization_id: str,
    *,
    expires_at: int,
    role_ids: list[str] | None = None,
    inviter_id: str | None = None,
    status: str = "Pending",
) -> Json:
    """An invitation as it is kept: roles by their ids, and "Expired" left to `show_invitation`."""
    invitation: Json = {
        "tenantId": TENANT_ID,
        "id": state.new_id(21),
        "inviterId": inviter_id,
        "invitee": invitee,
        "acceptedUserId": None,
        "organizationId": organization_id,
        "status": status,
        "createdAt": state.now_ms,
        "updatedAt": state.now_ms,
        "expiresAt": expires_at,
        "organizationRoles": list(role_ids or []),
    }
    state.invitations[invitation["id"]] = invitation
    return invitation


def show_invitation(state: State, invitation: Json) -> Json:
    roles = [state.organization_roles[each] for each in invitation["organizationRoles"]]
    is_over = invitation["status"] == "Pending" and invitation["expiresAt"] <= state.now_ms
    return invitation | {
        "status": "Expired" if is_over else invitation["status"],
        "organizationRoles": [{key: role[key] for key in ("id", "name")} for role in roles],
    }


def _accept(call: Call, invitation: Json, user_id: str) -> None:
    person = find_person(call.state, user_id)
    if (person.user["primaryEmail"] or "").lower() != invitation["invitee"].lower():
        raise _invalid("The accepted user must have the same email as the invitee.")
    members = call.state.memberships[invitation["organizationId"]]
    held = members.get(person.id, [])
    members[person.id] = [*held, *(each for each in invitation["organizationRoles"] if each not in held)]
    invitation["acceptedUserId"] = person.id
    announce_membership(call, 200, invitation["organizationId"], addedUserIds=[person.id])


def _find(call: Call) -> Json:
    found = call.state.invitations.get(call.names["id"])
    if found is None:
        raise not_found()
    return found


def _is_member(state: State, organization_id: str, invitee: str) -> bool:
    members = (state.people[user_id].user["primaryEmail"] for user_id in state.memberships[organization_id])
    return any((email or "").lower() == invitee.lower() for email in members)


def _has_pending(state: State, organization_id: str, invitee: str) -> bool:
    return any(
        each["organizationId"] == organization_id
        and each["invitee"].lower() == invitee.lower()
        and show_invitation(state, each)["status"] == "Pending"
        for each in state.invitations.values()
    )


def _send(state: State, invitation: Json, payload: Json) -> None:
    organization = state.organizations[invitation["organizationId"]]["name"]
    text = f"You are invited to {organization}. {payload.get('link', '')}".strip()
    state.inbox.append(Message("email", invitation["invitee"], "", text, state.now()))


def _invalid(reason: str) -> ApiError:
    return ApiError(422, "request.invalid_input", f"Input is invalid. {reason}")
