"""What a person may do with each field: the tenant's account-center setting, or this site's default without one."""

from __future__ import annotations

from settings_app.logto.types import AccountCenter, FieldPolicy

# Where the tenant never switched its account center on, nobody decided anything: then people manage their own account.
DEFAULT = FieldPolicy.EDIT


def policy(center: AccountCenter, field: str) -> FieldPolicy:
    """What a person may do with `field`, by its name in `AccountCenter`."""
    return center.policy(field) if center.enabled else DEFAULT
