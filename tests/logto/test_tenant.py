"""What belongs to the tenant: read once, kept without its secrets, served stale when Logto is down."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
import requests
import responses

from settings_app.logto import tenant as tenant_module
from settings_app.logto.errors import NotFound, Unavailable
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import (
    AccountCenter,
    ApiResource,
    Application,
    ApplicationLook,
    ConsentScopes,
    CustomProfileField,
    FieldPolicy,
    OrganizationLooks,
    OrganizationRole,
    Permission,
    PublicSignInExperience,
    ServiceStatus,
    SignInExperience,
    SsoConnector,
)
from settings_app.sites import Site

LOGTO = "https://logto.test"

READS: dict[str, tuple[Callable[[Tenant], object], str, object, object]] = {
    "sign_in_experience": (lambda t: t.sign_in_experience(), "/api/sign-in-exp", {}, SignInExperience()),
    "public_sign_in_experience": (
        lambda t: t.public_sign_in_experience(),
        "/api/.well-known/sign-in-exp",
        {"ssoConnectors": [{"id": "sso1", "connectorName": "Acme"}], "forgotPassword": {"email": True, "phone": False}},
        PublicSignInExperience(sso_connectors=(SsoConnector("sso1", "Acme"),), resets_password_by_email=True),
    ),
    "connectors": (
        lambda t: [c.id for c in t.connectors()],
        "/api/connectors",
        [{"id": "c1"}, {"id": "c2"}],
        ["c1", "c2"],
    ),
    "account_center": (
        lambda t: t.account_center(),
        "/api/account-center",
        {
            "enabled": True,
            "fields": {"customData": "ReadOnly", "name": "Edit", "email": "Sometimes"},
            "profileFields": [{"name": "name"}],
        },
        AccountCenter(enabled=True, custom_data=FieldPolicy.READ_ONLY, name=FieldPolicy.EDIT, profile_fields=("name",)),
    ),
    "custom_profile_fields": (
        lambda t: t.custom_profile_fields(),
        "/api/custom-profile-fields",
        [{"name": "b", "type": "Text", "sieOrder": 2}, {"name": "a", "type": "Url", "sieOrder": 1}],
        (CustomProfileField("a", "Url", order=1), CustomProfileField("b", "Text", order=2)),
    ),
    "applications": (
        lambda t: t.applications(),
        "/api/applications",
        [{"id": "a1", "name": "Shop", "secret": "app-secret", "isThirdParty": True}],
        {"a1": Application("a1", "Shop", is_third_party=True)},
    ),
    "organization": (
        lambda t: t.organization("studio")(),
        "/api/organizations/studio",
        {"id": "studio", "name": "Okafor Studio", "description": None, "branding": {"logoUrl": "https://x.test/l"}},
        OrganizationLooks("studio", "Okafor Studio", "", "https://x.test/l"),
    ),
    "organization_roles": (
        lambda t: t.organization_roles(),
        "/api/organization-roles",
        [
            {
                "id": "owner",
                "name": "Owner",
                "description": "Runs it",
                "scopes": [{"id": "s1", "name": "read:members"}],
                "resourceScopes": [{"id": "s2", "name": "read:usage", "resource": {"id": "r1", "name": "Billing"}}],
            }
        ],
        {
            "owner": OrganizationRole(
                "owner",
                "Owner",
                "Runs it",
                (Permission("s1", "read:members"),),
                (Permission("s2", "read:usage", api="Billing"),),
            )
        },
    ),
    "role_permissions": (
        lambda t: t.role_permissions("support")(),
        "/api/roles/support/scopes",
        [{"id": "s2", "name": "read:usage", "description": "See usage", "resource": {"id": "r1", "name": "Billing"}}],
        (Permission("s2", "read:usage", "See usage", "Billing"),),
    ),
    "api_resources": (
        lambda t: t.api_resources(),
        "/api/resources",
        [
            {
                "indicator": "https://api.test",
                "name": "API",
                "accessTokenTtl": 600,
                "scopes": [{"id": "s", "name": "read"}],
            }
        ],
        (ApiResource("https://api.test", "API", 600, (Permission("s", "read"),)),),
    ),
    "organization_scopes": (
        lambda t: t.organization_scopes(),
        "/api/organization-scopes",
        [{"id": "s", "name": "read", "description": "Read it"}],
        (Permission("s", "read", "Read it"),),
    ),
    "consent_scopes_of": (
        lambda t: t.consent_scopes_of("a1")(),
        "/api/applications/a1/user-consent-scopes",
        {
            "userScopes": ["email"],
            "resourceScopes": [{"resource": {"indicator": "https://api.test"}, "scopes": [{"name": "read"}]}],
            "organizationResourceScopes": [
                {"resource": {"indicator": "https://api.test"}, "scopes": [{"name": "use"}]}
            ],
        },
        ConsentScopes({"https://api.test": ("read",)}, {"https://api.test": ("use",)}),
    ),
    "look_of": (
        lambda t: t.look_of("a1")(),
        "/api/applications/a1/sign-in-experience",
        {"displayName": "Shop", "termsOfUseUrl": "https://x.test/t", "branding": {"logoUrl": "https://x.test/l"}},
        ApplicationLook("Shop", "https://x.test/t", "", "https://x.test/l"),
    ),
    "storage": (
        lambda t: t.storage(),
        "/api/user-assets/service-status",
        {"status": "ready", "allowUploadMimeTypes": ["image/png"], "maxUploadFileSize": 20971520},
        ServiceStatus(is_ready=True),
    ),
}


@pytest.mark.parametrize(("read", "path", "body", "result"), READS.values(), ids=READS.keys())
def test_each_read_is_one_call_and_kept(
    tenant: Tenant,
    wire: responses.RequestsMock,
    read: Callable[[Tenant], object],
    path: str,
    body: object,
    result: object,
) -> None:
    mounted = wire.get(f"{LOGTO}{path}", json=body)
    assert [read(tenant), read(tenant)] == [result, result]
    assert mounted.call_count == 1


@pytest.mark.parametrize(("read", "path", "body", "result"), READS.values(), ids=READS.keys())
def test_what_is_known_serves_while_logto_is_down(
    tenant: Tenant,
    wire: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[Tenant], object],
    path: str,
    body: object,
    result: object,
) -> None:
    monkeypatch.setattr(tenant_module, "LIFE_SECONDS", -1.0)
    wire.get(f"{LOGTO}{path}", json=body)
    read(tenant)
    wire.replace("GET", f"{LOGTO}{path}", body=requests.ConnectionError("refused"))
    assert read(tenant) == result


def test_what_is_due_is_loaded_at_the_same_time(tenant: Tenant, wire: responses.RequestsMock) -> None:
    mounted = [wire.get(f"{LOGTO}{path}", json=body) for _, path, body, _ in READS.values()]
    tenant.warm()
    assert [read(tenant) for read, *_ in READS.values()] == [result for *_, result in READS.values()]
    tenant.warm()
    tenant.settle()
    assert [read.call_count for read in mounted] == [1] * len(READS)


def test_loading_ahead_fails_silently(tenant: Tenant, wire: responses.RequestsMock) -> None:
    tenant.warm()
    tenant.settle()
    with pytest.raises(Unavailable):
        tenant.account_center()


def test_nothing_known_and_logto_down_is_an_error(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/account-center", body=requests.ConnectionError("refused"))
    with pytest.raises(Unavailable):
        tenant.account_center()


@pytest.mark.parametrize("said", [{}, {"enabled": None}, {"enabled": "true"}, {"fields": {"email": "Off"}}])
def test_an_account_center_that_does_not_say_whether_it_is_on_opens_nothing(
    tenant: Tenant, wire: responses.RequestsMock, said: dict[str, object]
) -> None:
    wire.get(f"{LOGTO}/api/account-center", json=said)
    with pytest.raises(Unavailable, match="unexpected"):
        tenant.account_center()


def test_the_secrets_of_connectors_and_applications_are_not_kept(tenant: Tenant, wire: responses.RequestsMock) -> None:
    config = {"clientSecret": "kept-secret", "templates": [{"usageType": "Generic", "content": "kept-secret"}]}
    wire.get(f"{LOGTO}/api/connectors", json=[{"id": "c1", "config": config, "configTemplate": "kept-secret"}])
    wire.get(f"{LOGTO}/api/applications", json=[{"id": "a1", "name": "Shop", "secret": "kept-secret"}])
    connector, applications = tenant.connectors()[0], tenant.applications()
    assert connector.has_generic_template is True
    assert applications == {"a1": Application("a1", "Shop")}
    assert "kept-secret" not in f"{vars(connector)} {connector!r} {applications!r}"


def test_a_persons_own_data_is_never_kept(tenant: Tenant, wire: responses.RequestsMock) -> None:
    read = wire.get(f"{LOGTO}/api/users/ada", json={"id": "ada", "isSuspended": False})
    tenant.account("ada").person()
    tenant.account("ada").person()
    assert read.call_count == 2


def test_an_application_is_read_without_its_secret(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/applications/a1", json={"id": "a1", "name": "Shop", "secret": "kept-secret"})
    application = tenant.application("a1")
    assert application == Application("a1", "Shop")
    assert "kept-secret" not in f"{vars(application)} {application!r}"


def test_an_application_that_is_gone_is_not_found(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/applications/a1", status=404, json={"code": "entity.not_exists_with_id"})
    with pytest.raises(NotFound):
        tenant.application("a1")


def test_permissions_are_described_by_their_own_words(tenant: Tenant, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/organization-scopes", json=[{"id": "s1", "name": "a", "description": "See members"}])
    apis = [{"id": "r1", "scopes": [{"id": "s2", "name": "b", "description": "See usage"}, {"id": "s3"}, 5]}, {}]
    wire.get(f"{LOGTO}/api/resources", json=apis)
    assert tenant.permission_descriptions() == {"s1": "See members", "s2": "See usage"}
    assert len(wire.calls) == 3  # the token, and each of the two


def test_people_are_named_by_one_call_and_nobody_else_is(tenant: Tenant, wire: responses.RequestsMock) -> None:
    query = [("search.id", "a"), ("search.id", "b"), ("mode.id", "exact"), ("page_size", "100")]
    matcher = responses.matchers.query_string_matcher(urlencode(query))
    people = [{"id": "a", "name": "Ada"}, {"id": "b", "username": "boss"}, {"id": "c", "name": "Cleo"}]
    wire.get(f"{LOGTO}/api/users", json=people, match=[matcher])
    assert tenant.names_of(["b", "a", "b"]) == {"a": "Ada", "b": ""}
    assert tenant.names_of([]) == {}


def test_a_list_in_pages_is_read_to_its_end(tenant: Tenant, wire: responses.RequestsMock) -> None:
    for page, count in ((1, 100), (2, 3)):
        matcher = responses.matchers.query_param_matcher({"page": page, "page_size": 100})
        wire.get(f"{LOGTO}/api/organization-roles", json=[{"id": f"{page}-{n}"} for n in range(count)], match=[matcher])
    assert len(tenant.organization_roles()) == 103


def test_a_site_has_one_tenant_until_it_is_forgotten(site: Site) -> None:
    first = Tenant.of(site)
    assert Tenant.of(site) is first
    Tenant.forget_all()
    assert Tenant.of(site) is not first


def test_a_forked_worker_begins_with_nothing(site: Site) -> None:
    Tenant.of(site)
    child = os.fork()
    if child == 0:
        os._exit(len(tenant_module._tenants))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert site in tenant_module._tenants


def test_looks_that_were_never_given_or_cannot_be_read_are_empty(tenant: Tenant, wire: responses.RequestsMock) -> None:
    for name, answer in {
        "known": {"json": {"displayName": "Shop"}},
        "never": {"status": 404, "json": {"code": "entity.not_exists_with_id"}},
        "broken": {"status": 500, "json": {"message": "x"}},
    }.items():
        wire.get(f"{LOGTO}/api/applications/{name}/sign-in-experience", **answer)  # type: ignore[arg-type]  # of several kinds
    found = tenant.looks_of(["known", "never", "broken"])
    assert {name: look.name for name, look in found.items()} == {"known": "Shop", "never": "", "broken": ""}
    tenant.looks_of(["known", "never"])
    assert len(wire.calls) == 4  # the token, and each of the three once
