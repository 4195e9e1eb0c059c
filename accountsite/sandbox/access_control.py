"""App-level access control: who may use an application that keeps others out (docs/logto.md 14.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from accountsite.sandbox.state import Json, State

KINDS = ("userIds", "userRoleIds", "organizationIds", "organizationRoleRules")


@dataclass
class AccessControl:
    """The rules by application id, as the API shows them."""

    rules: dict[str, Json] = field(default_factory=dict)

    def rules_of(self, application_id: str) -> Json:
        return self.rules.get(application_id, {kind: [] for kind in KINDS})


def is_shut_out(state: State, application: Json, user_id: str) -> bool:
    """Whether the application keeps this person out."""
    if not application.get("appLevelAccessControlEnabled"):
        return False
    rules = state.part(AccessControl).rules_of(application["id"])
    roles = state.people[user_id].role_ids
    organizations = [key for key, members in state.memberships.items() if user_id in members]
    return not (
        user_id in rules["userIds"]
        or set(roles) & set(rules["userRoleIds"])
        or set(organizations) & set(rules["organizationIds"])
    )
