"""Second factors of a user (docs/logto.md 7.1 to 7.3)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import segno

from accountsite.sandbox.api.errors import ApiError, not_found
from accountsite.sandbox.api.guards import IssuesError, ListOf, Optional, Path, Record, Text, read_body
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person, State, iso
from accountsite.sandbox.web import Answer

routes = Router()

SECRET = re.compile(r"[A-Z2-7]+=*")
SECRET_LENGTHS = (16, 24, 32)
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BACKUP_CODE = re.compile(r"[0-9a-fA-F]{10}")
BACKUP_CODES = 10
SHOWN = ("id", "type", "createdAt", "lastUsedAt", "name", "agent")


class _Factor:
    """One of two kinds of body, told apart by `type`."""

    KINDS = {
        "Totp": Record({"type": Text(), "secret": Optional(Text())}),
        "BackupCode": Record({"type": Text(), "codes": Optional(ListOf(Text()))}),
    }

    def read(self, value: object, path: Path = ()) -> object:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind in self.KINDS:
            return self.KINDS[kind].read(value, path)
        options = list(self.KINDS)
        message = "Invalid discriminator value. Expected 'Totp' | 'BackupCode'"
        issue = {"code": "invalid_union_discriminator", "options": options, "path": ["type"], "message": message}
        raise IssuesError([issue])


@routes.get("/api/users/{user_id}/mfa-verifications")
def list_factors(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    return Answer.json(200, [show_factor(factor) for factor in person.factors])


@routes.post("/api/users/{user_id}/mfa-verifications")
def add(call: Call) -> Answer:
    wanted = read_body(_Factor(), call.body)
    person = find_person(call.state, call.names["user_id"])
    if wanted["type"] == "Totp":
        return _add_totp(call.state, person, wanted.get("secret"))
    return _add_backup_codes(call.state, person, wanted.get("codes"))


@routes.delete("/api/users/{user_id}/mfa-verifications/{factor_id}")
def remove(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    left = [factor for factor in person.factors if factor["id"] != call.names["factor_id"]]
    if len(left) == len(person.factors):
        raise not_found()
    person.factors = left
    return Answer(204)


def show_factor(factor: Json) -> Json:
    """What may be seen of a factor: no secret, no credential, no codes."""
    shown = {key: factor[key] for key in SHOWN if key in factor}
    if factor["type"] == "BackupCode":
        shown["remainCodes"] = len(unused_codes(factor))
    return shown


def unused_codes(factor: Json) -> list[str]:
    return [each["code"] for each in factor["codes"] if "usedAt" not in each]


def _add_totp(state: State, person: Person, secret: str | None) -> Answer:
    if any(factor["type"] == "Totp" for factor in person.factors):
        raise ApiError(422, "user.totp_already_in_use", "TOTP is already in use.")
    if secret and (not SECRET.fullmatch(secret) or len(secret) not in SECRET_LENGTHS):
        raise ApiError(422, "user.totp_secret_invalid", "Invalid TOTP secret supplied.")
    if secret is None:
        secret = "".join(BASE32[byte % 32] for byte in state.new_bytes(32))
    person.factors.append(_new_factor(state, "Totp") | {"secret": secret})
    issuer = urlsplit(state.endpoint).netloc
    label = quote(f"{issuer}:{person.user['name'] or person.user['username'] or person.id}")
    uri = f"otpauth://totp/{label}?secret={secret}&period=30&digits=6&algorithm=SHA1&issuer={quote(issuer)}"
    return Answer.json(200, {"type": "Totp", "secret": secret, "secretQrCode": segno.make(uri).png_data_uri(scale=4)})


def _add_backup_codes(state: State, person: Person, codes: list[str] | None) -> Answer:
    sets = [factor for factor in person.factors if factor["type"] == "BackupCode"]
    if any(unused_codes(factor) for factor in sets):
        raise ApiError(422, "user.backup_code_already_in_use", "Backup code is already in use.")
    if len(sets) == len(person.factors):
        raise ApiError(422, "session.mfa.backup_code_can_not_be_alone", "Backup code can not be the only MFA.")
    if codes is None:
        codes = [state.new_bytes(5).hex() for _ in range(BACKUP_CODES)]
    if len(codes) != BACKUP_CODES or not all(BACKUP_CODE.fullmatch(code) for code in codes):
        raise ApiError(422, "user.wrong_backup_code_format", "Backup code format is invalid.")
    person.factors.append(_new_factor(state, "BackupCode") | {"codes": [{"code": code} for code in codes]})
    return Answer.json(200, {"type": "BackupCode", "codes": codes})


def _new_factor(state: State, kind: str) -> Json:
    return {"id": state.new_id(21), "type": kind, "createdAt": iso(state.now())}
