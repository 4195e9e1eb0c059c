"""The account settings API in the invented tenant: its resource and scopes, who has them, and an app that uses it."""

from __future__ import annotations

from accountsite.sandbox.api.resources import add_resource, add_resource_scope
from accountsite.sandbox.seed_applications import add_application
from accountsite.sandbox.state import TENANT_ID, State

RESOURCE_ID = "accountsettingsapi001"
ROLE_ID = "roleaccountapi0000001"
MOBILE_APP_ID = "fernhillmobile0000001"
MOBILE_REDIRECT = "http://127.0.0.1:8799/callback"
SCOPES = (
    ("scopeaccountread00001", "account:read", "Read the account"),
    ("scopeaccountwrite0001", "account:write", "Change the profile"),
    ("scopeaccountsecure001", "account:security", "Change how the person signs in, and end access"),
)


def seed_account_api(state: State, site_url: str) -> None:
    """Everybody has the role: in Logto only a role gives a person the scopes of an API."""
    add_resource(state, RESOURCE_ID, "Account settings API", f"{site_url}/api")
    for scope_id, name, description in SCOPES:
        add_resource_scope(state, RESOURCE_ID, scope_id, name, description)
    state.roles[ROLE_ID] = {
        "tenantId": TENANT_ID,
        "id": ROLE_ID,
        "name": "account-settings",
        "description": "Lets apps use the account settings API",
        "type": "User",
        "isDefault": True,
    }
    state.role_scope_ids[ROLE_ID] = [scope_id for scope_id, _name, _description in SCOPES]
    for person in state.people.values():
        person.role_ids.append(ROLE_ID)
    add_application(state, MOBILE_APP_ID, "Fernhill Mobile", kind="Native", redirect_uris=[MOBILE_REDIRECT])
