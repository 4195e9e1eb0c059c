"""Applications and roles (docs/logto.md 11.1, 14.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal
from tests.contract.person import Application

Thing = dict[str, Any]
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


@pytest.fixture
def given_to_all(api: Api) -> list[str]:
    """The names of the tenant's default roles, which new people get by themselves."""
    roles = api.get("/api/roles?type=User&page_size=100").json()
    return sorted(role["name"] for role in roles if role["isDefault"])


def test_new_user_has_the_default_roles_alone(api: Api, bare_path: str, given_to_all: list[str]) -> None:
    answer = api.get(f"{bare_path}/roles")
    assert answer.status_code == 200
    assert sorted(role["name"] for role in answer.json()) == given_to_all
    assert answer.headers["Total-Number"] == str(len(given_to_all))
    assert refusal(api.get(f"{bare_path}/roles?page=0")) == (400, "guard.invalid_pagination")
    assert refusal(api.get("/api/users/nope/roles")) == (404, "entity.not_found")


def test_role_that_does_not_exist(api: Api, bare_path: str) -> None:
    wanted = {"roleIds": ["nope"]}
    assert refusal(api.post(f"{bare_path}/roles", wanted)) == (404, "entity.not_exists_with_id")
    assert refusal(api.put(f"{bare_path}/roles", wanted)) == (404, "entity.not_exists_with_id")
    assert guard_issues(api.post(f"{bare_path}/roles", {"roleIds": [""]})) == [("too_small", "roleIds.0")]
    assert refusal(api.post("/api/users/nope/roles", {"roleIds": []})) == (404, "entity.not_found")
    empty = api.post(f"{bare_path}/roles", {"roleIds": []})
    assert (empty.status_code, empty.json()) == (201, {"roleIds": [], "addedRoleIds": []})


def test_malformed_role(api: Api) -> None:
    assert guard_issues(api.post("/api/roles", {"description": "d"})) == [("invalid_type", "name")]
    for part in ("scopes", "users"):
        assert refusal(api.get(f"/api/roles/nope/{part}")) == (404, "entity.not_exists_with_id")
    assert refusal(api.post("/api/roles/nope/scopes", {"scopeIds": ["nope"]})) == (404, "entity.not_exists_with_id")


@pytest.mark.needs_tenant_to_change
def test_roles_of_a_user(
    api: Api, bare_path: str, make: Callable[..., Thing], unique: str, given_to_all: list[str]
) -> None:
    customer, admin = (
        make("/api/roles", name=f"{name} {unique}", description=name)["id"] for name in ("customer", "admin")
    )
    machine = make("/api/roles", name=f"machine {unique}", description="m", type="MachineToMachine")["id"]
    first = api.post(f"{bare_path}/roles", {"roleIds": [customer]})
    assert (first.status_code, first.json()) == (201, {"roleIds": [customer], "addedRoleIds": [customer]})
    second = api.post(f"{bare_path}/roles", {"roleIds": [customer, admin]})
    assert second.json() == {"roleIds": [customer, admin], "addedRoleIds": [admin]}
    assert refusal(api.post(f"{bare_path}/roles", {"roleIds": [machine]})) == (422, "user.invalid_role_type")
    page = api.get(f"{bare_path}/roles?page_size=1")
    assert (len(page.json()), page.headers["Total-Number"]) == (1, str(2 + len(given_to_all)))
    assert set(page.json()[0]) == {"tenantId", "id", "name", "description", "type", "isDefault"}
    assert [role["id"] for role in api.get(f"{bare_path}/roles?search=%25customer%25").json()] == [customer]
    lacking = api.get(f"/api/users?excludeRoleId={admin}&page_size=100").json()
    assert bare_path.rpartition("/")[2] not in {person["id"] for person in lacking}
    people = api.get(f"/api/roles/{admin}/users").json()
    assert [person["id"] for person in people] == [bare_path.rpartition("/")[2]]
    listed = next(role for role in api.get("/api/roles?type=User&page_size=100").json() if role["id"] == admin)
    assert (listed["usersCount"], listed["applicationsCount"]) == (1, 0)
    assert api.put(f"{bare_path}/roles", {"roleIds": [admin]}).json() == {"roleIds": [admin]}
    assert api.delete(f"{bare_path}/roles/{admin}").status_code == 204
    assert refusal(api.delete(f"{bare_path}/roles/{admin}")) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_what_a_role_permits(api: Api, make: Callable[..., Thing], resource: Thing, unique: str) -> None:
    read, write = resource["scopes"]
    role = make("/api/roles", name=unique, description="d", scopeIds=[read["id"]])
    address = f"/api/roles/{role['id']}/scopes"
    (held,) = api.get(address).json()
    assert (held["name"], held["resource"]["indicator"]) == ("read", resource["indicator"])
    assert guard_issues(api.post(address, {"scopeIds": "all"})) == [("invalid_type", "scopeIds")]
    assert refusal(api.post(address, {"scopeIds": ["nope"]})) == (404, "entity.not_exists_with_id")
    assert api.post(address, {"scopeIds": [write["id"]]}).status_code == 201
    assert {scope["name"] for scope in api.get(address).json()} == {"read", "write"}


@pytest.mark.needs_tenant_to_change
def test_changing_an_application(api: Api, third_party: Application) -> None:
    address = f"/api/applications/{third_party.id}"
    addresses = {"redirectUris": ["https://p.test/cb2"], "postLogoutRedirectUris": []}
    with_logo = api.patch(address, {"oidcClientMetadata": addresses | {"logoUri": "https://p.test/l.png"}})
    assert with_logo.json()["oidcClientMetadata"] == addresses | {"logoUri": "https://p.test/l.png"}
    without = api.patch(address, {"oidcClientMetadata": addresses})
    assert (without.status_code, without.json()["oidcClientMetadata"]) == (200, addresses)
    incomplete = api.patch(address, {"oidcClientMetadata": {"logoUri": "https://p.test/l.png"}})
    assert guard_issues(incomplete) == [
        ("invalid_type", "oidcClientMetadata.redirectUris"),
        ("invalid_type", "oidcClientMetadata.postLogoutRedirectUris"),
    ]
    for ignored in ({"isThirdParty": False}, {"type": "SPA", "name": "new"}):
        changed = api.patch(address, ignored).json()
        assert (changed["isThirdParty"], changed["type"]) == (True, "Traditional")
    script = addresses | {"redirectUris": ["javascript:alert(1)"]}
    assert api.patch(address, {"oidcClientMetadata": script}).status_code == 200
    assert refusal(api.patch("/api/applications/nope", {"name": "x"})) == (404, "entity.not_exists_with_id")
    assert api.delete(address).status_code == 204
    assert refusal(api.delete(address)) == (404, "entity.not_exists_with_id")


def test_application_is_refused(api: Api) -> None:
    machine = api.post("/api/applications", {"name": "x", "type": "MachineToMachine", "isThirdParty": True})
    assert refusal(machine) == (400, "application.invalid_third_party_application_type")
    assert guard_issues(api.post("/api/applications", {"type": "SPA"})) == [("invalid_type", "name")]
    nonsense = {"redirectUris": ["nonsense"], "postLogoutRedirectUris": []}
    answer = api.post("/api/applications", {"name": "x", "type": "SPA", "oidcClientMetadata": nonsense})
    assert guard_issues(answer) == [("custom", "oidcClientMetadata.redirectUris.0")]


@pytest.mark.needs_tenant_to_change
def test_several_secrets(api: Api, application: Application) -> None:
    secrets = f"/api/applications/{application.id}/secrets"
    assert guard_issues(api.post(secrets, {})) == [("invalid_type", "name")]
    roles = f"/api/applications/{application.id}/roles"
    assert guard_issues(api.post(roles, {"roleIds": "all"})) == [("invalid_type", "roleIds")]
    assert api.post(secrets, {"name": "second"}).status_code == 201
    assert refusal(api.post(secrets, {"name": "second"})) == (422, "application.secret_name_exists")
    assert refusal(api.post(secrets, {"name": "third", "expiresAt": 1})) == (400, "request.invalid_input")
    assert api.delete(f"{secrets}/second").status_code == 204
