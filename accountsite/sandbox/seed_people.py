"""The invented people. One handle each; tests, the sign-in page and the demo know them by it."""

from __future__ import annotations

from accountsite.sandbox.making import FIREFOX, PASSWORD, add_grant, add_person, add_session
from accountsite.sandbox.seed_settings import SSO_CONNECTOR_ID
from accountsite.sandbox.state import TENANT_ID, Json, Person, State

__all__ = ["PASSWORD", "TOTP_SECRET", "add_grant", "add_person", "add_session", "seed_people"]

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BACKUP_CODES = [f"{number:02d}c0ffee{number:02d}" for number in range(10)]


def seed_people(state: State) -> None:
    _seed_ada(state)
    _seed_amara(state)
    _seed_ways_in(state)
    _seed_situations(state)
    _seed_busy(state)


def _seed_ada(state: State) -> None:
    ada = add_person(
        state,
        "ada",
        "ada0000000ab",
        name="Ada Winterbourne",
        username="ada",
        primaryEmail="ada@winterbourne.example",
        primaryPhone="447700900123",
        avatar="https://fernhill.example/people/ada.png",
        profile={
            "familyName": "Winterbourne",
            "givenName": "Ada",
            "middleName": "Rose",
            "nickname": "Ad",
            "preferredUsername": "ada",
            "profile": "https://winterbourne.example/about",
            "website": "https://winterbourne.example",
            "gender": "female",
            "birthdate": "1988-03-09",
            "zoneinfo": "Europe/London",
            "locale": "en-GB",
            "address": {
                "streetAddress": "4 Larch Lane",
                "locality": "Kendal",
                "region": "Cumbria",
                "postalCode": "LA9 4AA",
                "country": "United Kingdom",
            },
        },
        customData={"teamName": "Orchard", "shoeSize": 39, "newsletter": True, "internalScore": 7},
    )
    ada.configs = {"mfa": {"skipped": False, "skipMfaOnSignIn": False}, "passkeySignIn": {"skipped": False}}
    state.memberships["rowingclub01"][ada.id] = ["orgrolemember00000001"]


def _seed_amara(state: State) -> None:
    amara = add_person(
        state,
        "amara",
        "k3v9q0zt8xw1",
        name="Amara Okafor-Lindqvist",
        username="amara_o",
        primaryEmail="amara@okafor.example",
        primaryPhone="46705550142",
        createdAt=1705050000000,
        profile={
            "nickname": "Amy",
            "birthdate": "1991-06-14",
            "website": "https://okafor.example",
            "zoneinfo": "Europe/Stockholm",
            "locale": "en-GB",
            "address": {
                "streetAddress": "Bergsgatan 12",
                "locality": "Stockholm",
                "postalCode": "112 23",
                "country": "Sweden",
            },
        },
        customData={"workName": "Amara Okafor", "employeeNumber": "HE-204418"},
        identities={"google": _social("amara-google", "Amara Okafor", "amara.okafor@gmail.example")},
    )
    amara.factors = [
        {"id": "factoramaratotp000001", "type": "Totp", "createdAt": "2026-03-03T09:12:00.000Z", "secret": TOTP_SECRET},
        _passkey("factoramarapasskey001", "iCloud Keychain", "2026-05-12T08:30:00.000Z"),
        _passkey("factoramarapasskey002", "YubiKey 5C", "2026-03-03T09:20:00.000Z"),
        {
            "id": "factoramarabackup0001",
            "type": "BackupCode",
            "createdAt": "2026-03-03T09:14:00.000Z",
            "codes": [
                {"code": code} | ({"usedAt": "2026-11-18T08:57:00.000Z"} if number < 8 else {})
                for number, code in enumerate(BACKUP_CODES)
            ],
        },
    ]
    amara.configs = {
        "mfa": {"enabled": True, "skipped": False, "skipMfaOnSignIn": False},
        "passkeySignIn": {"skipped": False},
    }
    amara.sso_identities = [_sso_identity(state, amara, "a.okafor@harbour.example")]
    state.memberships["okaforstudio"][amara.id] = ["orgroleowner000000001"]
    state.memberships["harbourenrgy"][amara.id] = ["orgrolemember00000001"]


def _seed_ways_in(state: State) -> None:
    add_person(
        state,
        "social",
        "social0000ab",
        name="Sol Marchetti",
        primaryEmail=None,
        password=None,
        identities={"google": _social("sol-google", "Sol Marchetti", "sol@gmail.example")},
    )
    passkey = add_person(
        state, "passkey", "passkey000ab", name="Priya Keys", primaryEmail="priya@keys.example", password=None
    )
    passkey.factors = [_passkey("factorpriyapasskey001", "Pixel 9", "2026-04-01T10:00:00.000Z")]
    enterprise = add_person(
        state,
        "enterprise",
        "enterpriseab",
        name="Edwin Harbour",
        primaryEmail="edwin@harbour.example",
        password=None,
    )
    enterprise.sso_identities = [_sso_identity(state, enterprise, "edwin@harbour.example")]
    state.memberships["harbourenrgy"][enterprise.id] = ["orgrolemember00000001"]


def _seed_situations(state: State) -> None:
    add_person(
        state,
        "suspended",
        "suspended0ab",
        name="Suri Stopford",
        username="suri",
        primaryEmail="suri@stopford.example",
        isSuspended=True,
    )
    admin = add_person(
        state, "admin", "admin00000ab", name="Adrian Keeper", username="adrian", primaryEmail="adrian@fernhill.example"
    )
    admin.role_ids = ["roleaccountadmin00001"]
    add_person(
        state,
        "rtl",
        "rtl0000000ab",
        name="ليلى بنت يوسف الزهراني",
        username="layla",
        primaryEmail="layla@zahrani.example",
        profile={"locale": "ar", "zoneinfo": "Asia/Riyadh"},
    )
    add_person(state, "empty", "empty00000ab", name=None, username="nobody_yet", primaryEmail=None)


def _seed_busy(state: State) -> None:
    add_person(
        state,
        "heavy",
        "heavy00000ab",
        name="Hector Vielgerät",
        username="hector",
        primaryEmail="hector@vielgeraet.example",
    )
    add_person(
        state,
        "curious",
        "curious000ab",
        name="Wren Castellanos",
        username="wren",
        primaryEmail="wren@castellanos.example",
        customData={"plan": "garden"},
    )


def _social(provider_id: str, name: str, email: str) -> Json:
    return {"userId": provider_id, "details": {"id": provider_id, "name": name, "email": email}}


def _passkey(factor_id: str, name: str, created_at: str) -> Json:
    return {
        "id": factor_id,
        "type": "WebAuthn",
        "createdAt": created_at,
        "lastUsedAt": created_at,
        "name": name,
        "agent": FIREFOX,
    }


def _sso_identity(state: State, person: Person, email: str) -> Json:
    return {
        "tenantId": TENANT_ID,
        "id": state.new_id(21),
        "userId": person.id,
        "issuer": "https://login.harbour.example",
        "identityId": f"harbour-{person.id}",
        "detail": {"email": email, "name": person.user["name"]},
        "createdAt": state.now_ms,
        "updatedAt": state.now_ms,
        "ssoConnectorId": SSO_CONNECTOR_ID,
    }
