"""The second step of the hosted sign-in: who is asked, what counts (docs/logto.md 7.4)."""

from __future__ import annotations

import pyotp

from accountsite.sandbox.state import Json, Person, State

MANDATORY = ("Mandatory", "PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory")
TIME_STEPS_AROUND = 1
CODE_FACTORS = {"EmailVerificationCode": "primaryEmail", "PhoneVerificationCode": "primaryPhone"}


def factors_to_ask(state: State, person: Person) -> list[str]:
    """The kinds of factor one of which this person must give; empty when none is asked."""
    mfa = person.configs.get("mfa", {})
    if state.sign_in_experience["mfa"]["policy"] not in MANDATORY and (
        mfa.get("enabled") is False or mfa.get("skipMfaOnSignIn")
    ):
        return []
    return bound_factors(state, person)


def factor_is_right(person: Person, kind: str, code: str, *, now: float, now_iso: str) -> bool:
    """Whether this answer counts. A backup code is used up by it."""
    if kind == "WebAuthn":
        return True  # the button stands in for the passkey
    if kind == "Totp":
        secret = _factor(person, "Totp").get("secret", "")
        return pyotp.TOTP(secret).verify(code, for_time=int(now), valid_window=TIME_STEPS_AROUND)
    return _use_backup_code(person, code, now_iso)


def current_totp(person: Person, now: float) -> str:
    """What the pretend authenticator app shows at this moment."""
    return pyotp.TOTP(_factor(person, "Totp")["secret"]).at(int(now))


def unused_backup_codes(person: Person) -> list[str]:
    sets = [factor for factor in person.factors if factor["type"] == "BackupCode"]
    return [code["code"] for factor in sets for code in factor["codes"] if not code.get("usedAt")]


def bound_factors(state: State, person: Person) -> list[str]:
    enabled = state.sign_in_experience["mfa"]["factors"]
    bound = {factor["type"] for factor in person.factors if factor["type"] != "BackupCode"}
    if unused_backup_codes(person):
        bound.add("BackupCode")
    bound |= {kind for kind, key in CODE_FACTORS.items() if person.user.get(key)}
    return [kind for kind in enabled if kind in bound]


def _factor(person: Person, kind: str) -> Json:
    return next(factor for factor in person.factors if factor["type"] == kind)


def _use_backup_code(person: Person, code: str, now_iso: str) -> bool:
    wanted = code.strip().lower()
    for factor in person.factors:
        for entry in factor.get("codes", []):
            if factor["type"] == "BackupCode" and entry["code"].lower() == wanted and not entry.get("usedAt"):
                entry["usedAt"] = now_iso
                return True
    return False
