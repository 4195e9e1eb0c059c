"""What third-party applications may ask for, what they are given, and how they look (docs/logto.md 11.2, 14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from settings_app.logto.types import Organization, Person, Role
from settings_app.sections.apps.claims import CLAIMS, Known, claims_of
from tests.contract.calls import Api, guard_issues, plain_text, refusal
from tests.contract.person import Application, Browser
from tests.contract.person import claims_of as claims_in
from tests.userinfo import filled

pytestmark = pytest.mark.needs_tenant_to_change

Thing = dict[str, Any]
EMPTY: dict[str, list[Any]] = {
    "organizationScopes": [], "resourceScopes": [], "organizationResourceScopes": [], "userScopes": [],
}  # fmt: skip


@pytest.fixture
def partner(new_application: Callable[..., Application]) -> Application:
    """A third-party application that may ask for nothing yet."""
    return new_application(third_party=True)


@pytest.fixture
def scopes(partner: Application) -> str:
    return f"/api/applications/{partner.id}/user-consent-scopes"


@pytest.fixture
def organization_scope(make: Callable[..., Thing], unique: str) -> Thing:
    return make("/api/organization-scopes", name=f"read:{unique}", description="d")


def short(scope: Thing) -> Thing:
    return {key: scope[key] for key in ("id", "name", "description")}


def test_four_kinds_are_added_and_removed_one_by_one(
    api: Api, scopes: str, resource: Thing, organization_scope: Thing
) -> None:
    read, write = resource["scopes"]
    assert api.get(scopes).json() == EMPTY
    wanted = {
        "userScopes": ["profile", "urn:logto:scope:organizations"],
        "resourceScopes": [read["id"], write["id"]],
        "organizationScopes": [organization_scope["id"]],
        "organizationResourceScopes": [read["id"]],
    }
    for _ in range(2):
        assert plain_text(api.post(scopes, wanted)) == (201, "text/plain", "Created")
    about = {key: resource[key] for key in ("id", "name", "indicator")}
    found = api.get(scopes).json()
    assert found | {"userScopes": sorted(found["userScopes"])} == {  # in no order
        "organizationScopes": [short(organization_scope)],
        "resourceScopes": [{"resource": about, "scopes": [short(read), short(write)]}],
        "organizationResourceScopes": [{"resource": about, "scopes": [short(read)]}],
        "userScopes": wanted["userScopes"],
    }
    removed = [
        f"user-scopes/{quote('urn:logto:scope:organizations', safe='')}",
        f"resource-scopes/{read['id']}",
        f"organization-scopes/{organization_scope['id']}",
        f"organization-resource-scopes/{read['id']}",
    ]
    for address in removed:
        assert api.delete(f"{scopes}/{address}").status_code == 204
        assert refusal(api.delete(f"{scopes}/{address}")) == (404, "entity.not_found")
    left = {"resourceScopes": [{"resource": about, "scopes": [short(write)]}], "userScopes": ["profile"]}
    assert api.get(scopes).json() == EMPTY | left


@pytest.mark.parametrize("scope", ["nope", "openid"])
def test_unknown_user_scope(api: Api, scopes: str, scope: str) -> None:
    assert guard_issues(api.post(scopes, {"userScopes": [scope]})) == [("invalid_enum_value", "userScopes.0")]


def test_unknown_ids_are_named(api: Api, scopes: str) -> None:
    answer = api.post(scopes, {"resourceScopes": ["nope"], "organizationScopes": ["nope2"]})
    assert refusal(answer) == (422, "application.user_consent_scopes_not_found")
    assert answer.json()["data"] == {
        "invalidOrganizationScopes": ["nope2"],
        "invalidResourceScopes": ["nope"],
        "invalidOrganizationResourceScopes": [],
    }


def test_permissions_are_refused(api: Api, scopes: str, application: Application) -> None:
    resources = api.get("/api/resources?includeScopes=true").json()
    management = next(each for each in resources if each["indicator"] == api.resource)
    wanted = {"resourceScopes": [management["scopes"][0]["id"]]}
    assert refusal(api.post(scopes, wanted)) == (422, "application.consent_management_api_scopes_not_allowed")
    own = f"/api/applications/{application.id}/user-consent-scopes"
    assert api.get(own).json() == EMPTY
    refused = api.post(own, {"userScopes": ["profile"]})
    assert refusal(refused) == (422, "application.third_party_application_only")
    nowhere = "/api/applications/nope/user-consent-scopes"
    assert refusal(api.get(nowhere)) == (404, "entity.not_exists_with_id")
    assert refusal(api.post(nowhere, {"userScopes": ["profile"]})) == (404, "entity.not_exists_with_id")
    assert guard_issues(api.delete(f"{scopes}/nope-scopes/x")) == [("invalid_enum_value", "scopeType")]
    assert api.put(scopes, {}).status_code == 405


def test_organizations_given_at_consent_can_be_narrowed(
    api: Api, user: Thing, partner: Application, organization: Thing, application: Application
) -> None:
    path = f"/api/applications/{partner.id}/users/{user['id']}/consent-organizations"
    wanted = {"organizationIds": [organization["id"]]}
    assert refusal(api.put(path, wanted)) == (422, "organization.require_membership")
    api.post(f"/api/organizations/{organization['id']}/users", {"userIds": [user["id"]]})
    for _ in range(2):
        assert plain_text(api.post(path, wanted)) == (201, "text/plain", "Created")
    page = api.get(path)
    assert (page.json(), page.headers["Total-Number"]) == ({"organizations": [organization]}, "1")
    assert api.put(path, wanted).status_code == 204
    twice = {"organizationIds": [organization["id"]] * 2}
    assert refusal(api.put(path, twice)) == (500, None)
    assert guard_issues(api.post(path, {"organizationIds": []})) == [("too_small", "organizationIds")]
    assert api.delete(f"{path}/{organization['id']}").status_code == 204
    assert refusal(api.delete(f"{path}/{organization['id']}")) == (404, "entity.not_found")
    assert api.put(path, {"organizationIds": []}).status_code == 204
    own = f"/api/applications/{application.id}/users/{user['id']}/consent-organizations"
    assert refusal(api.get(own)) == (422, "application.third_party_application_only")
    assert refusal(api.put(own, wanted)) == (422, "application.third_party_application_only")
    nowhere = f"/api/applications/nope/users/{user['id']}/consent-organizations"
    assert refusal(api.get(nowhere)) == (404, "entity.not_exists_with_id")
    assert refusal(api.put(nowhere, wanted)) == (404, "entity.not_exists_with_id")
    assert guard_issues(api.put(path, {})) == [("invalid_type", "organizationIds")]
    assert refusal(api.get(f"{path}?page=0")) == (400, "guard.invalid_pagination")
    nobody = f"/api/applications/{partner.id}/users/nope/consent-organizations"
    assert refusal(api.get(nobody)) == (404, "entity.not_found")


def test_consent_gives_organizations_and_revoking_the_grant_leaves_them(
    api: Api, user: Thing, path: str, third_party: Application, organization: Thing, browser: Browser
) -> None:
    api.post(f"/api/organizations/{organization['id']}/users", {"userIds": [user["id"]]})
    scope = "openid profile urn:logto:scope:organizations"
    token = browser.tokens(third_party, user, scope=scope, organization_ids=(organization["id"],))
    assert claims_in(token["id_token"])["organizations"] == [organization["id"]]
    given = f"/api/applications/{third_party.id}/users/{user['id']}/consent-organizations"
    assert api.get(given).json() == {"organizations": [organization]}
    (grant,) = api.get(f"{path}/grants").json()["grants"]
    assert set(grant["payload"]["openid"]["scope"].split()) == set(scope.split())
    api.delete(f"{path}/grants/{grant['id']}")
    assert api.get(given).json() == {"organizations": [organization]}


def test_what_the_application_sees_at_userinfo(
    api: Api, user: Thing, third_party: Application, organization: Thing, browser: Browser
) -> None:
    api.post(f"/api/organizations/{organization['id']}/users", {"userIds": [user["id"]]})
    token = browser.tokens(third_party, user, scope="openid profile email urn:logto:scope:organizations")
    seen = api.get("/oidc/me", token=token["access_token"]).json()
    assert (seen["sub"], seen["email"], seen["email_verified"]) == (user["id"], user["primaryEmail"], True)
    assert (seen["name"], seen["username"], seen["picture"]) == ("Con Tract", user["username"], None)
    about = {key: organization[key] for key in ("id", "name", "description")}
    assert (seen["organizations"], seen["organization_data"]) == ([organization["id"]], [about])
    assert not {"phone_number", "address", "custom_data", "roles"} & set(seen)


def test_every_value_that_an_application_sees_is_worked_out_here_as_well(
    api: Api,
    user: Thing,
    path: str,
    third_party: Application,
    organization: Thing,
    organization_role: Thing,
    make: Callable[..., Thing],
    unique: str,
    browser: Browser,
) -> None:
    """One organization of two is chosen at the consent, and both are told; an emptied preferred username stays so."""
    other = make("/api/organizations", name=f"Other {unique}", description="o")
    for each in (organization, other):
        api.post(f"/api/organizations/{each['id']}/users", {"userIds": [user["id"]]})
    held = {"organizationRoleIds": [organization_role["id"]]}
    api.post(f"/api/organizations/{other['id']}/users/{user['id']}/roles", held)
    role = make("/api/roles", name=f"role {unique}", description="d", type="User")
    api.post(f"{path}/roles", {"roleIds": [role["id"]]})
    profile = {"familyName": "Tract", "preferredUsername": "", "birthdate": "1990-01-02", "address": {"country": "SE"}}
    api.patch(f"{path}/profile", {"profile": profile})
    api.patch(f"{path}/custom-data", {"customData": {"plan": {"seats": [1, 2]}, "beta": False}})
    api.put(f"{path}/identities/github", {"userId": "g1", "details": {"id": "g1", "name": "Con", "rawData": {"a": 1}}})
    wanted = [scope for scope in CLAIMS if scope != "openid"]
    api.post(f"/api/applications/{third_party.id}/user-consent-scopes", {"userScopes": wanted})
    scope = " ".join(("openid", *wanted))
    token = browser.tokens(third_party, user, scope=scope, organization_ids=(organization["id"],))
    seen = api.get("/oidc/me", token=token["access_token"]).json()
    known = Known(
        Person.from_api(api.get(f"{path}?includeSsoIdentities=true").json()),
        tuple(Organization.from_api(one) for one in api.get(f"{path}/organizations").json()),
        tuple(Role.from_api(one) for one in api.get(f"{path}/roles").json()),
    )
    assert sorted(seen["organizations"]) == sorted([organization["id"], other["id"]])
    assert seen["preferred_username"] == ""
    assert filled(claims_of(CLAIMS, known)) == filled(seen)


def test_user_scope_withdrawn_lives_on_in_grants(
    api: Api, user: Thing, third_party: Application, browser: Browser
) -> None:
    token = browser.tokens(third_party, user, scope="openid email")
    scopes = f"/api/applications/{third_party.id}/user-consent-scopes"
    assert api.delete(f"{scopes}/user-scopes/email").status_code == 204
    assert api.get("/oidc/me", token=token["access_token"]).json()["email"] == user["primaryEmail"]
    back = browser.sign_in(third_party, user, scope="openid email")
    assert (back["error"], back["scope"]) == ("invalid_scope", "email")


def test_look_of_an_application(api: Api, partner: Application) -> None:
    look = f"/api/applications/{partner.id}/sign-in-experience"
    assert refusal(api.get(look)) == (404, "entity.not_exists_with_id")
    first = {"displayName": "Partner", "termsOfUseUrl": "https://p.test/t", "branding": {"logoUrl": "https://p.test/l"}}
    made = api.put(look, first)
    assert made.status_code == 201
    assert made.json() == first | {
        "tenantId": made.json()["tenantId"],
        "applicationId": partner.id,
        "color": {},
        "customCss": None,
        "privacyPolicyUrl": None,
    }
    again = api.put(look, {"displayName": "Partner 2"})
    assert (again.status_code, again.json()) == (200, made.json() | {"displayName": "Partner 2"})
    assert api.get(look).json() == again.json()
    assert refusal(api.put(look, {})) == (422, "entity.invalid_input")
    assert guard_issues(api.put(look, {"displayName": "d" * 257})) == [("too_big", "displayName")]
    nowhere = api.put("/api/applications/nope/sign-in-experience", {"displayName": "x"})
    assert refusal(nowhere) == (404, "entity.not_exists_with_id")
