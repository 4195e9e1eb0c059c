"""The tenant as it is at the start: settings, applications, connectors, organizations and the invented people."""

from __future__ import annotations

from accountsite.sandbox.seed_people import seed_people
from accountsite.sandbox.seed_settings import seed_settings
from accountsite.sandbox.state import MANAGEMENT_RESOURCE, TENANT_ID, ApplicationSecret, Json, State

SITE_APP_ID = "fernhillaccountsite01"
SITE_APP_SECRET = "fernhill-site-secret-for-the-sandbox"
M2M_APP_ID = "fernhillmachineaccess"
M2M_APP_SECRET = "fernhill-machine-secret-for-the-sandbox"
ADMIN_ROLE_ID = "roleaccountadmin00001"
M2M_ROLE_ID = "rolemachineaccess0001"
MANAGEMENT_RESOURCE_ID = "management-api"
MANAGEMENT_SCOPE_ID = "management-api-all"
BILLING_RESOURCE = "https://billing.fernhill.example"
FIRST_PARTY = (("fernhillbilling000001", "Fernhill Billing", "https://billing.fernhill.example"),)
THIRD_PARTY = (
    ("ledgerly0000000000001", "Ledgerly", "https://ledgerly.example"),
    ("tidepoolnotes00000001", "Tidepool Notes", "https://tidepool.example"),
    ("quorum000000000000001", "Quorum", "https://quorum.example"),
)
MANY_APPS = 25


def seed_tenant(state: State, site_url: str) -> None:
    """Fill a fresh state. `site_url` is the account site's own address, without a slash at the end."""
    seed_settings(state, site_url)
    _seed_resources(state)
    _seed_roles(state)
    _seed_organizations(state)
    _seed_applications(state, site_url)
    seed_people(state)


def _seed_resources(state: State) -> None:
    _add_resource(state, MANAGEMENT_RESOURCE_ID, "Logto Management API", MANAGEMENT_RESOURCE)
    _add_scope(state, MANAGEMENT_RESOURCE_ID, MANAGEMENT_SCOPE_ID, "all", "Default scope for Management API")
    _add_resource(state, "fernhillbillingapi001", "Fernhill Billing API", BILLING_RESOURCE)
    _add_scope(state, "fernhillbillingapi001", "scopereadinvoices0001", "read:invoices", "See your invoices")
    _add_scope(
        state, "fernhillbillingapi001", "scopewriteinvoices001", "write:invoices", "Create and send invoices for you"
    )
    _add_scope(state, "fernhillbillingapi001", "scopereadusage0000001", "read:usage", "See the organisation's usage")


def _add_resource(state: State, resource_id: str, name: str, indicator: str) -> None:
    state.resources[resource_id] = {
        "tenantId": TENANT_ID,
        "id": resource_id,
        "name": name,
        "indicator": indicator,
        "isDefault": False,
        "accessTokenTtl": 3600,
        "scopes": [],
    }


def _add_scope(state: State, resource_id: str, scope_id: str, name: str, description: str) -> None:
    scope = {
        "tenantId": TENANT_ID,
        "id": scope_id,
        "resourceId": resource_id,
        "name": name,
        "description": description,
        "createdAt": state.now_ms,
    }
    state.resources[resource_id]["scopes"].append(scope)


def _seed_roles(state: State) -> None:
    _add_role(state, ADMIN_ROLE_ID, "account-admin", "May open the admin area of the account site", "User", [])
    _add_role(state, "rolecustomer000000001", "customer", "Buys things", "User", ["scopereadinvoices0001"])
    _add_role(state, "rolesupport0000000001", "support", "Answers questions", "User", [])
    _add_role(state, M2M_ROLE_ID, "Management API access", "All of it", "MachineToMachine", [MANAGEMENT_SCOPE_ID])
    state.application_roles[M2M_APP_ID] = [M2M_ROLE_ID]


def _add_role(state: State, role_id: str, name: str, description: str, kind: str, scope_ids: list[str]) -> None:
    state.roles[role_id] = {
        "tenantId": TENANT_ID,
        "id": role_id,
        "name": name,
        "description": description,
        "type": kind,
        "isDefault": False,
    }
    state.role_scope_ids[role_id] = scope_ids


def _seed_organizations(state: State) -> None:
    for role_id, name in (("orgroleowner000000001", "Owner"), ("orgrolemember00000001", "Member")):
        state.organization_roles[role_id] = {"id": role_id, "name": name}
    for scope_id, name, description in (
        ("orgscopemembers000001", "read:members", "See who the members are"),
        ("orgscopeinvite0000001", "invite:member", "Invite people"),
    ):
        scope = {"tenantId": TENANT_ID, "id": scope_id, "name": name, "description": description}
        state.organization_scopes[scope_id] = scope
    for organization_id, organization_name, about in (
        ("okaforstudio", "Okafor Studio", "Design and print"),
        ("harbourenrgy", "Harbour Energy", "Wind and water"),
        ("rowingclub01", "Rowing Club", None),
    ):
        state.organizations[organization_id] = {
            "tenantId": TENANT_ID,
            "id": organization_id,
            "name": organization_name,
            "description": about,
            "customData": {},
            "isMfaRequired": False,
            "color": {},
            "branding": {},
            "customCss": None,
            "createdAt": state.now_ms,
        }
        state.memberships[organization_id] = {}


def _seed_applications(state: State, site_url: str) -> None:
    add_application(
        state,
        SITE_APP_ID,
        "Fernhill Account",
        redirect_uris=[f"{site_url}/sign-in/callback/", f"{site_url}/verify/callback/"],
        post_logout_redirect_uris=[f"{site_url}/", f"{site_url}/sign-out/", f"{site_url}/sign-out/done/"],
        secret=SITE_APP_SECRET,
        backchannel_logout_uri=f"{site_url}/sign-out/backchannel/",
    )
    add_application(state, M2M_APP_ID, "Fernhill Account (machine)", kind="MachineToMachine", secret=M2M_APP_SECRET)
    for application_id, name, address in FIRST_PARTY:
        add_application(state, application_id, name, redirect_uris=[f"{address}/callback"])
    for application_id, name, address in THIRD_PARTY:
        add_application(state, application_id, name, redirect_uris=[f"{address}/callback"], third_party=True)
        state.application_experiences[application_id] = {
            "tenantId": TENANT_ID,
            "applicationId": application_id,
            "color": {},
            "branding": {},
            "customCss": None,
            "termsOfUseUrl": f"{address}/terms",
            "privacyPolicyUrl": f"{address}/privacy",
            "displayName": name,
        }
        state.consent_scopes[application_id] = {
            "userScopes": ["profile", "email", "urn:logto:scope:organizations"],
            "resourceScopeIds": ["scopereadinvoices0001", "scopewriteinvoices001"],
            "organizationScopeIds": ["orgscopemembers000001"],
            "organizationResourceScopeIds": ["scopereadusage0000001"],
        }
    for number in range(1, MANY_APPS + 1):
        add_application(
            state,
            f"manyapps{number:013d}",
            f"Sample App {number}",
            redirect_uris=[f"https://sample-{number}.example/callback"],
            third_party=True,
        )


def add_application(
    state: State,
    application_id: str,
    name: str,
    *,
    kind: str = "Traditional",
    redirect_uris: list[str] | None = None,
    post_logout_redirect_uris: list[str] | None = None,
    secret: str | None = None,
    backchannel_logout_uri: str | None = None,
    third_party: bool = False,
) -> Json:
    """Register an application with one secret; the object is the one the Management API shows."""
    metadata: Json = {"redirectUris": redirect_uris or [], "postLogoutRedirectUris": post_logout_redirect_uris or []}
    if backchannel_logout_uri:
        metadata |= {"backchannelLogoutUri": backchannel_logout_uri, "backchannelLogoutSessionRequired": True}
    application: Json = {
        "tenantId": TENANT_ID,
        "id": application_id,
        "name": name,
        "description": None,
        "type": kind,
        "oidcClientMetadata": metadata,
        "customClientMetadata": {},
        "protectedAppMetadata": None,
        "customData": {},
        "isThirdParty": third_party,
        "appLevelAccessControlEnabled": False,
        "createdAt": state.now_ms,
    }
    state.applications[application_id] = application
    value = secret or state.new_secret()
    state.application_secrets[application_id] = [ApplicationSecret("Default secret", value, state.now_ms)]
    return application
