"""Organizations, their roles, and invitations to them (docs/logto.md 10)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal

Thing = dict[str, Any]
INVITATIONS = "/api/organization-invitations"
ORGANIZATION_KEYS = {
    "tenantId", "id", "name", "description", "customData", "isMfaRequired", "color", "branding", "customCss",
    "createdAt",
}  # fmt: skip
INVITATION_KEYS = {
    "tenantId", "id", "inviterId", "invitee", "acceptedUserId", "organizationId", "status", "createdAt", "updatedAt",
    "expiresAt", "organizationRoles",
}  # fmt: skip


def in_hours(hours: float) -> int:
    return int((time.time() + hours * 3600) * 1000)


@pytest.fixture
def invite(api: Api, organization: Thing) -> Callable[..., Thing]:
    """Invites somebody to the organization, without a mail."""

    def invited(invitee: str, **more: Any) -> Thing:
        body = {
            "invitee": invitee,
            "organizationId": organization["id"],
            "expiresAt": in_hours(24),
            "messagePayload": False,
        }
        answer = api.post(INVITATIONS, body | more)
        assert answer.status_code == 201, answer.text
        invitation: Thing = answer.json()
        return invitation

    return invited


def test_new_user_has_no_organizations(api: Api, bare_path: str) -> None:
    answer = api.get(f"{bare_path}/organizations")
    assert (answer.status_code, answer.json()) == (200, [])
    assert refusal(api.get("/api/users/nope/organizations")) == (404, "entity.not_found")
    assert refusal(api.get("/api/organizations/nope")) == (404, "entity.not_exists_with_id")
    assert refusal(api.get(f"{INVITATIONS}/nope")) == (404, "entity.not_found")
    assert api.get(f"{INVITATIONS}?invitee=nobody@example.test").json() == []


@pytest.mark.needs_tenant_to_change
def test_member_of_an_organization(
    api: Api, user: Thing, path: str, organization: Thing, organization_role: Thing
) -> None:
    members = f"/api/organizations/{organization['id']}/users"
    assert set(organization) == ORGANIZATION_KEYS
    assert api.get(f"/api/organizations/{organization['id']}").json() == organization
    assert api.post(members, {"userIds": [user["id"]]}).status_code == 201
    roles = {"organizationRoleIds": [organization_role["id"]]}
    assert api.post(f"{members}/{user['id']}/roles", roles).status_code == 201
    role = {"id": organization_role["id"], "name": organization_role["name"]}
    assert api.get(f"{path}/organizations").json() == [organization | {"organizationRoles": [role]}]
    page = api.get(members)
    assert ([each["id"] for each in page.json()], page.headers["Total-Number"]) == ([user["id"]], "1")
    assert page.json()[0]["organizationRoles"] == [role]
    assert api.delete(f"{members}/{user['id']}").status_code == 204
    assert api.get(f"{path}/organizations").json() == []
    assert refusal(api.delete(f"{members}/{user['id']}")) == (404, "entity.not_found")
    assert refusal(api.delete(f"/api/organizations/nope/users/{user['id']}")) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_what_a_role_permits(api: Api, make: Callable[..., Thing], unique: str, resource: Thing) -> None:
    scope = make("/api/organization-scopes", name=f"read:{unique}", description="d")
    known = api.get("/api/organization-scopes").json()
    assert [one["description"] for one in known if one["name"] == f"read:{unique}"] == ["d"]
    role = make(
        "/api/organization-roles",
        name=unique,
        organizationScopeIds=[scope["id"]],
        resourceScopeIds=[resource["scopes"][0]["id"]],
    )
    page = api.get("/api/organization-roles?page_size=100")
    assert int(page.headers["Total-Number"]) >= 1
    assert "Total-Number" in api.get("/api/organization-roles").headers  # never whole
    listed = next(each for each in page.json() if each["id"] == role["id"])
    assert listed["scopes"] == [{"id": scope["id"], "name": scope["name"]}]
    assert [each["name"] for each in listed["resourceScopes"]] == ["read"]
    assert listed["resourceScopes"][0]["resource"] == {"id": resource["id"], "name": resource["name"]}
    assert "scopes" not in api.get(f"/api/organization-roles/{role['id']}").json()
    held = api.get(f"/api/organization-roles/{role['id']}/scopes").json()
    assert [(each["name"], each["description"]) for each in held] == [(scope["name"], "d")]


@pytest.mark.needs_tenant_to_change
def test_accepting_an_invitation(
    api: Api, user: Thing, path: str, bare_path: str, organization_role: Thing, invite: Callable[..., Thing]
) -> None:
    invitation = invite(user["primaryEmail"], organizationRoleIds=[organization_role["id"]])
    role = {"id": organization_role["id"], "name": organization_role["name"]}
    assert set(invitation) == INVITATION_KEYS
    assert (invitation["status"], invitation["organizationRoles"]) == ("Pending", [role])
    assert api.get(f"{INVITATIONS}?invitee={user['primaryEmail'].upper()}").json() == [invitation]
    status = f"{INVITATIONS}/{invitation['id']}/status"
    assert refusal(api.put(status, {"status": "Accepted"})) == (422, "request.invalid_input")
    other = {"status": "Accepted", "acceptedUserId": bare_path.rpartition("/")[2]}
    assert refusal(api.put(status, other)) == (422, "request.invalid_input")
    assert refusal(api.put(status, other | {"acceptedUserId": "nope"})) == (404, "entity.not_found")
    for wrong in ("Declined", "Pending"):
        assert guard_issues(api.put(status, {"status": wrong})) == [("invalid_enum_value", "status")]
    accepted = api.put(status, {"status": "Accepted", "acceptedUserId": user["id"]})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "Accepted")
    assert accepted.json()["acceptedUserId"] == user["id"]
    assert api.get(f"{path}/organizations").json()[0]["organizationRoles"] == [role]
    for again in ({"status": "Accepted", "acceptedUserId": user["id"]}, {"status": "Revoked"}):
        assert refusal(api.put(status, again)) == (422, "request.invalid_input")


@pytest.mark.needs_tenant_to_change
def test_declining_is_revoking(api: Api, unique: str, invite: Callable[..., Thing]) -> None:
    invitation = invite(f"{unique}@example.test")
    status = f"{INVITATIONS}/{invitation['id']}/status"
    assert api.put(status, {"status": "Revoked"}).json()["status"] == "Revoked"
    assert refusal(api.put(status, {"status": "Revoked"})) == (422, "request.invalid_input")
    assert refusal(api.put(f"{INVITATIONS}/nope/status", {"status": "Revoked"})) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_expired_invitation(api: Api, unique: str, invite: Callable[..., Thing], wait: Callable[[float], None]) -> None:
    invitation = invite(f"{unique}@example.test", expiresAt=int(time.time() * 1000) + 1500)
    wait(2)
    assert api.get(f"{INVITATIONS}/{invitation['id']}").json()["status"] == "Expired"
    status = f"{INVITATIONS}/{invitation['id']}/status"
    assert refusal(api.put(status, {"status": "Revoked"})) == (422, "request.invalid_input")
    assert api.delete(f"{INVITATIONS}/{invitation['id']}").status_code == 204
    assert refusal(api.delete(f"{INVITATIONS}/{invitation['id']}")) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_invitation_is_refused(
    api: Api, user: Thing, unique: str, organization: Thing, invite: Callable[..., Thing]
) -> None:
    body = {
        "invitee": f"{unique}@example.test",
        "organizationId": organization["id"],
        "expiresAt": in_hours(1),
        "messagePayload": False,
    }
    invite(body["invitee"])
    assert refusal(api.post(INVITATIONS, body)) == (422, "entity.unique_integrity_violation")
    assert refusal(api.post(INVITATIONS, body | {"expiresAt": 1})) == (400, "request.invalid_input")
    nowhere = api.post(INVITATIONS, body | {"organizationId": "nope"})
    assert refusal(nowhere) == (422, "entity.relation_foreign_key_not_found")
    assert guard_issues(api.post(INVITATIONS, body | {"invitee": "x"})) == [("invalid_string", "invitee")]
    api.post(f"/api/organizations/{organization['id']}/users", {"userIds": [user["id"]]})
    member = api.post(INVITATIONS, body | {"invitee": user["primaryEmail"]})
    assert refusal(member) == (422, "request.invalid_input")
