"""What Logto wants to be answered before somebody who proved who they are goes on (docs/logto.md 7.6).

Only the API of the sign-in pages says so; the sandbox's own pages leave these steps out.
"""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.oidc.interactions import Interaction
from accountsite.sandbox.pages.factors import MANDATORY, bound_factors
from accountsite.sandbox.state import Json, Person, State

PASSKEY = "passkeySignIn"
SECOND_FACTOR = "mfa"


def ask_first(state: State, interaction: Interaction, person: Person) -> None:
    """Refuses as long as a passkey or a second factor is to be set up, or that to be skipped."""
    settings = state.sign_in_experience
    if settings[PASSKEY].get("enabled") and not _has_passkey(person) and not _skipped(interaction, person, PASSKEY):
        raise ApiError(422, "user.passkey_preferred", "Create a passkey to simplify your sign-in process.")
    policy, factors = settings["mfa"]["policy"], settings["mfa"]["factors"]
    may_skip = policy not in MANDATORY
    if not factors or policy == "NoPrompt" or (may_skip and _skipped(interaction, person, SECOND_FACTOR)):
        return
    bound = bound_factors(state, person)
    if may_skip and not person.configs.get("mfa", {}).get("enabled", bool(bound)):
        message = "For better account security, we recommend binding MFA to your account."
        raise ApiError(422, "user.suggest_mfa", message)
    if not bound:
        told = {"availableFactors": factors} | ({"skippable": True} if may_skip else {})
        raise ApiError(422, "user.missing_mfa", "You need to bind additional MFA before signing-in.", data=told)


def remember_skipped(interaction: Interaction, person: Person) -> None:
    """What was skipped is not asked again."""
    for name in sorted(interaction.skipped):
        before: Json = person.configs.get(name, {})
        person.configs[name] = before | {"skipped": True}


def _has_passkey(person: Person) -> bool:
    return any(factor["type"] == "WebAuthn" for factor in person.factors)


def _skipped(interaction: Interaction, person: Person, name: str) -> bool:
    return name in interaction.skipped or bool(person.configs.get(name, {}).get("skipped"))
