"""The second step of the hosted sign-in: who is asked, what counts (docs/logto.md 7.4)."""

from __future__ import annotations

import pyotp

from accountsite.sandbox.state import Json, Person, State

MANDATORY = ("Mandatory", "PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory")
TIME_STEPS_AROUND = 1
STEP_SECONDS = 30
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
        return _use_totp(_factor(person, "Totp"), code, now)
    return _use_backup_code(person, code, now_iso)


def current_totp(person: Person, now: float) -> str:
    """What the pretend authenticator app shows at this moment; the next one where that was used already."""
    factor, step = _factor(person, "Totp"), int(now) // STEP_SECONDS
    if factor.get("lastUsedTimeStep") == step:
        step += 1
    return pyotp.TOTP(factor["secret"]).generate_otp(step)


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


def _use_totp(factor: Json, code: str, now: float) -> bool:
    """A code is good once, and none older than it is good after it."""
    app, step = pyotp.TOTP(factor.get("secret", "")), int(now) // STEP_SECONDS
    around = range(step - TIME_STEPS_AROUND, step + TIME_STEPS_AROUND + 1)
    found = next((one for one in around if app.generate_otp(one) == code), None)
    if found is None or found <= factor.get("lastUsedTimeStep", -1):
        return False
    factor["lastUsedTimeStep"] = found
    return True


def _use_backup_code(person: Person, code: str, now_iso: str) -> bool:
    wanted = code.strip().lower()
    for factor in person.factors:
        for entry in factor.get("codes", []):
            if factor["type"] == "BackupCode" and entry["code"].lower() == wanted and not entry.get("usedAt"):
                entry["usedAt"] = now_iso
                return True
    return False
