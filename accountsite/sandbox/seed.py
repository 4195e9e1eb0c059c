"""The tenant as it is at the start: settings, applications, connectors, organizations and the invented people."""

from __future__ import annotations

from accountsite.sandbox.api.hooks import add_hook
from accountsite.sandbox.api.organization_roles import add_role, add_scope
from accountsite.sandbox.api.organizations import add_organization
from accountsite.sandbox.api.resources import add_resource, add_resource_scope
from accountsite.sandbox.making import SITE_APP_ID
from accountsite.sandbox.seed_api import seed_account_api
from accountsite.sandbox.seed_applications import (
    M2M_APP_ID,
    M2M_APP_SECRET,
    SITE_APP_SECRET,
    add_application,
    seed_applications,
)
from accountsite.sandbox.seed_attached import seed_attached
from accountsite.sandbox.seed_people import seed_people
from accountsite.sandbox.seed_settings import seed_settings
from accountsite.sandbox.state import MANAGEMENT_RESOURCE, TENANT_ID, State
from accountsite.sandbox.webhooks import EVENTS

__all__ = [
    "HOOK_ID",
    "HOOK_SIGNING_KEY",
    "M2M_APP_ID",
    "M2M_APP_SECRET",
    "SITE_APP_ID",
    "SITE_APP_SECRET",
    "add_application",
    "seed_tenant",
]

ADMIN_ROLE_ID = "roleaccountadmin00001"
M2M_ROLE_ID = "rolemachineaccess0001"
MANAGEMENT_RESOURCE_ID = "management-api"
MANAGEMENT_SCOPE_ID = "management-api-all"
BILLING_RESOURCE = "https://billing.fernhill.example"
HOOK_ID = "hookaccountsite000001"
HOOK_SIGNING_KEY = "fernhill-signing-key-for-the-sandbox"


def seed_tenant(state: State, site_url: str) -> None:
    """Fill a fresh state. `site_url` is the account site's own address, without a slash at the end."""
    seed_settings(state, site_url)
    _seed_resources(state)
    _seed_roles(state)
    _seed_organizations(state)
    seed_applications(state, site_url)
    _seed_hook(state, site_url)
    seed_people(state)
    seed_attached(state)
    seed_account_api(state, site_url)


def _seed_resources(state: State) -> None:
    add_resource(state, MANAGEMENT_RESOURCE_ID, "Logto Management API", MANAGEMENT_RESOURCE)
    add_resource_scope(state, MANAGEMENT_RESOURCE_ID, MANAGEMENT_SCOPE_ID, "all", "Default scope for Management API")
    add_resource(state, "fernhillbillingapi001", "Fernhill Billing API", BILLING_RESOURCE)
    add_resource_scope(state, "fernhillbillingapi001", "scopereadinvoices0001", "read:invoices", "See your invoices")
    add_resource_scope(
        state, "fernhillbillingapi001", "scopewriteinvoices001", "write:invoices", "Create and send invoices for you"
    )
    add_resource_scope(
        state, "fernhillbillingapi001", "scopereadusage0000001", "read:usage", "See the organisation's usage"
    )


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
    add_scope(state, "orgscopemembers000001", "read:members", "See who the members are")
    add_scope(state, "orgscopeinvite0000001", "invite:member", "Invite people")
    add_role(
        state,
        "orgroleowner000000001",
        "Owner",
        "Runs the organization",
        scope_ids=["orgscopemembers000001", "orgscopeinvite0000001"],
        resource_scope_ids=["scopereadusage0000001"],
    )
    add_role(state, "orgrolemember00000001", "Member", scope_ids=["orgscopemembers000001"], resource_scope_ids=[])
    add_organization(state, "okaforstudio", name="Okafor Studio", description="Design and print")
    add_organization(state, "harbourenrgy", name="Harbour Energy", description="Wind and water")
    add_organization(state, "rowingclub01", name="Rowing Club")


def _seed_hook(state: State, site_url: str) -> None:
    """The site's own webhook; a test or the control page decides what becomes of it."""
    events = ["PostSignIn", "PostRegister", "PostResetPassword", *(each for each in EVENTS if each.startswith("User."))]
    config = {"url": f"{site_url}/webhooks/logto/"}
    add_hook(state, HOOK_ID, name="Account site", events=events, config=config, signing_key=HOOK_SIGNING_KEY)
