"""Applications, roles and organizations as the site reads them (docs/logto.md 10, 11.1, 14)."""

from __future__ import annotations

from typing import Any

import pytest

from accountsite.sandbox.state import State
from tests.contract.calls import Api, guard_issues, refusal

APPLICATION_KEYS = {
    "tenantId", "id", "name", "description", "type", "oidcClientMetadata", "customClientMetadata",
    "protectedAppMetadata", "customData", "isThirdParty", "appLevelAccessControlEnabled", "createdAt",
}  # fmt: skip


def test_applications_are_listed_without_pages(api: Api) -> None:
    answer = api.get("/api/applications")
    assert answer.status_code == 200
    assert "Total-Number" not in answer.headers
    assert api.app_id in {application["id"] for application in answer.json()}
    assert all(set(application) - {"secret"} == APPLICATION_KEYS for application in answer.json())
    paged = api.get("/api/applications?page=1&page_size=1")
    assert (len(paged.json()), paged.headers["Total-Number"]) == (1, str(len(answer.json())))


@pytest.mark.parametrize("third_party", [True, False])
def test_applications_by_party(api: Api, third_party: bool) -> None:
    answer = api.get(f"/api/applications?isThirdParty={str(third_party).lower()}")
    assert answer.status_code == 200
    assert all(application["isThirdParty"] is third_party for application in answer.json())


def test_applications_by_type(api: Api) -> None:
    answer = api.get("/api/applications?types=MachineToMachine&types=SPA")
    assert answer.status_code == 200
    assert {application["type"] for application in answer.json()} <= {"MachineToMachine", "SPA"}


@pytest.mark.parametrize(("query", "where"), [("types=Nope", "types"), ("isThirdParty=maybe", "isThirdParty")])
def test_applications_refuse(api: Api, query: str, where: str) -> None:
    assert guard_issues(api.get(f"/api/applications?{query}")) == [("invalid_union", where)]


@pytest.mark.parametrize("query", ["search=", "search=x&mode=nope", "search=(&mode=posix"])
def test_search_of_applications_that_makes_no_sense_breaks_the_server(api: Api, query: str) -> None:
    assert refusal(api.get(f"/api/applications?{query}")) == (500, None)


def test_one_application(api: Api) -> None:
    answer = api.get(f"/api/applications/{api.app_id}")
    assert answer.status_code == 200
    assert set(answer.json()) - {"secret"} == APPLICATION_KEYS | {"isAdmin"}
    assert answer.json()["type"] == "MachineToMachine"
    assert refusal(api.get("/api/applications/nope")) == (404, "entity.not_exists_with_id")


def test_secrets_of_an_application(api: Api) -> None:
    answer = api.get(f"/api/applications/{api.app_id}/secrets")
    assert answer.status_code == 200
    for secret in answer.json():
        assert set(secret) == {"tenantId", "applicationId", "name", "value", "createdAt", "expiresAt"}


def test_new_user_has_no_roles(api: Api, bare_path: str) -> None:
    answer = api.get(f"{bare_path}/roles")
    assert (answer.status_code, answer.json(), answer.headers["Total-Number"]) == (200, [], "0")
    assert refusal(api.get("/api/users/nope/roles")) == (404, "entity.not_found")


def test_role_that_does_not_exist(api: Api, bare_path: str) -> None:
    wanted = {"roleIds": ["nope"]}
    assert refusal(api.post(f"{bare_path}/roles", wanted)) == (404, "entity.not_exists_with_id")
    assert refusal(api.put(f"{bare_path}/roles", wanted)) == (404, "entity.not_exists_with_id")
    assert guard_issues(api.post(f"{bare_path}/roles", {"roleIds": [""]})) == [("too_small", "roleIds.0")]
    empty = api.post(f"{bare_path}/roles", {"roleIds": []})
    assert (empty.status_code, empty.json()) == (201, {"roleIds": [], "addedRoleIds": []})


@pytest.mark.needs_applications
def test_roles_of_a_user(api: Api, bare_path: str, tenant: State) -> None:
    customer, admin, machine = "rolecustomer000000001", "roleaccountadmin00001", "rolemachineaccess0001"
    first = api.post(f"{bare_path}/roles", {"roleIds": [customer]})
    assert (first.status_code, first.json()) == (201, {"roleIds": [customer], "addedRoleIds": [customer]})
    second = api.post(f"{bare_path}/roles", {"roleIds": [customer, admin]})
    assert second.json() == {"roleIds": [customer, admin], "addedRoleIds": [admin]}
    assert refusal(api.post(f"{bare_path}/roles", {"roleIds": [machine]})) == (422, "user.invalid_role_type")
    page = api.get(f"{bare_path}/roles?page_size=1")
    assert (len(page.json()), page.headers["Total-Number"]) == (1, "2")
    assert set(page.json()[0]) == {"tenantId", "id", "name", "description", "type", "isDefault"}
    assert [role["id"] for role in api.get(f"{bare_path}/roles?search=%25custom%25").json()] == [customer]
    assert api.put(f"{bare_path}/roles", {"roleIds": [admin]}).json() == {"roleIds": [admin]}
    assert api.delete(f"{bare_path}/roles/{admin}").status_code == 204
    assert refusal(api.delete(f"{bare_path}/roles/{admin}")) == (404, "entity.not_found")


def test_new_user_has_no_organizations(api: Api, bare_path: str) -> None:
    answer = api.get(f"{bare_path}/organizations")
    assert (answer.status_code, answer.json()) == (200, [])
    assert refusal(api.get("/api/users/nope/organizations")) == (404, "entity.not_found")
    assert refusal(api.get("/api/organizations/nope")) == (404, "entity.not_exists_with_id")


@pytest.mark.needs_applications
def test_organizations_of_a_user(api: Api, tenant: State) -> None:
    amara: Any = tenant.person("amara").id
    answer = api.get(f"/api/users/{amara}/organizations")
    assert answer.status_code == 200
    assert set(answer.json()[0]) == {
        "tenantId", "id", "name", "description", "customData", "isMfaRequired", "color", "branding", "customCss",
        "createdAt", "organizationRoles",
    }  # fmt: skip
    assert set(answer.json()[0]["organizationRoles"][0]) == {"id", "name"}
