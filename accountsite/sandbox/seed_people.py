"""The invented people. One handle each; tests, the sign-in page and the demo know them by it."""

from __future__ import annotations

from typing import Any

from accountsite.sandbox.seed_settings import SSO_CONNECTOR_ID
from accountsite.sandbox.state import (
    GRANT_SECONDS,
    SESSION_SECONDS,
    TENANT_ID,
    Grant,
    Json,
    Person,
    Session,
    State,
    hash_password,
)

PASSWORD = "Larch-meadow-59"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BACKUP_CODES = [f"{number:02d}c0ffee{number:02d}" for number in range(10)]
DAY_MS = 24 * 3600 * 1000
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


def seed_people(state: State) -> None:
    _seed_ada(state)
    _seed_amara(state)
    _seed_ways_in(state)
    _seed_situations(state)
    _seed_heavy(state)


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
    add_session(state, amara, user_agent=SAFARI, city="Stockholm", country="Sweden", ip="203.0.113.24", hours_ago=2)
    add_session(state, amara, user_agent=CHROME, city="Gothenburg", country="Sweden", ip="198.51.100.7", hours_ago=15)
    add_session(state, amara, user_agent=None, hours_ago=9 * 24)
    add_grant(state, amara, "ledgerly0000000000001", "openid profile email", days_ago=3)
    add_grant(state, amara, "tidepoolnotes00000001", "openid profile", days_ago=120)
    add_grant(state, amara, "quorum000000000000001", "openid profile", days_ago=150)
    add_grant(state, amara, "fernhillbilling000001", "openid profile", days_ago=1)


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


def _seed_heavy(state: State) -> None:
    heavy = add_person(
        state,
        "heavy",
        "heavy00000ab",
        name="Hector Vielgerät",
        username="hector",
        primaryEmail="hector@vielgeraet.example",
    )
    for number in range(40):
        add_session(
            state,
            heavy,
            user_agent=(FIREFOX, SAFARI, CHROME)[number % 3],
            city="Lisbon",
            country="Portugal",
            ip=f"203.0.113.{number + 1}",
            hours_ago=number + 1,
        )
    for number in range(1, 26):
        add_grant(state, heavy, f"manyapps{number:013d}", "openid profile email", days_ago=number)


def add_person(
    state: State, handle: str, user_id: str | None = None, *, password: str | None = PASSWORD, **fields: Any
) -> Person:
    """Add an invented person. `fields` are those of the user object (docs/logto.md 2.1), the rest is empty."""
    user: Json = {
        "id": user_id or state.new_id(),
        "username": None,
        "primaryEmail": f"{handle}@people.example",
        "primaryPhone": None,
        "name": handle.capitalize(),
        "avatar": None,
        "customData": {},
        "identities": {},
        "lastSignInAt": None,
        "createdAt": state.now_ms - 400 * DAY_MS,
        "updatedAt": state.now_ms - 2 * DAY_MS,
        "profile": {},
        "applicationId": None,
        "cimdClientId": None,
        "isSuspended": False,
    }
    user |= fields
    hashed = None if password is None else hash_password(password)
    person = Person(user, handle, password_hash=hashed, plain_password=password)
    state.people[person.id] = person
    return person


def add_session(
    state: State,
    person: Person,
    *,
    client_id: str = "fernhillaccountsite01",
    user_agent: str | None = FIREFOX,
    hours_ago: float = 0,
    ip: str | None = None,
    city: str | None = None,
    country: str | None = None,
    method: str = "Password",
) -> Session:
    """A Logto session of this person, begun `hours_ago`, in which `client_id` was signed in (docs/logto.md 8.1)."""
    began = int(state.now() - hours_ago * 3600)
    context = {"ip": ip, "userAgent": user_agent, "city": city, "country": country}
    payload: Json = {
        "exp": began + SESSION_SECONDS,
        "iat": began,
        "jti": state.new_secret(43),
        "uid": state.new_secret(21),
        "kind": "Session",
        "loginTs": began,
        "accountId": person.id,
        "authorizations": {client_id: {"sid": state.new_secret(21), "grantId": state.new_secret(43)}},
    }
    record: Json = {"id": state.new_id(21), "type": method, "verified": True}
    if method == "Password":
        record["identifier"] = {"type": "username", "value": person.user["username"]}
    submission: Json = {
        "interactionEvent": "SignIn",
        "userId": person.id,
        "verificationRecords": [record],
        "signInContext": {key: value for key, value in context.items() if value is not None},
    }
    session = Session(payload, submission, client_id)
    state.sessions[session.uid] = session
    return session


def add_grant(
    state: State,
    person: Person,
    client_id: str,
    scope: str,
    *,
    days_ago: float = 0,
    resources: Json | None = None,
    session: Session | None = None,
    grant_id: str | None = None,
) -> Grant:
    """What this person allowed an application (docs/logto.md 8.2)."""
    began = int(state.now() - days_ago * 24 * 3600)
    payload: Json = {
        "exp": began + GRANT_SECONDS,
        "iat": began,
        "jti": state.new_secret(43),
        "kind": "Grant",
        "clientId": client_id,
        "accountId": person.id,
        "openid": {"scope": scope},
    }
    if resources:
        payload["resources"] = resources
    grant = Grant(grant_id or state.new_secret(43), payload, session.uid if session else None)
    state.grants[grant.id] = grant
    return grant


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
