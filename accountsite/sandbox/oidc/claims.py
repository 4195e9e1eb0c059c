"""Which claims a scope gives, in the ID token and at userinfo (docs/logto.md 11.2)."""

from __future__ import annotations

from accountsite.sandbox.state import Json, Person, State

PROFILE_CLAIMS = {
    "familyName": "family_name",
    "givenName": "given_name",
    "middleName": "middle_name",
    "nickname": "nickname",
    "profile": "profile",
    "website": "website",
    "gender": "gender",
    "birthdate": "birthdate",
    "zoneinfo": "zoneinfo",
    "locale": "locale",
}
SCOPES = (
    "openid",
    "offline_access",
    "profile",
    "email",
    "phone",
    "address",
    "custom_data",
    "identities",
    "roles",
    "urn:logto:scope:organizations",
    "urn:logto:scope:organization_roles",
    "urn:logto:scope:sessions",
    "urn:logto:scope:trusted_devices",
)
EXTENDED_CLAIMS = (
    "custom_data",
    "identities",
    "sso_identities",
    "roles",
    "organizations",
    "organization_data",
    "organization_roles",
)
CLAIMS = (
    "sub",
    "name",
    *PROFILE_CLAIMS.values(),
    "preferred_username",
    "picture",
    "updated_at",
    "username",
    "created_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
    *EXTENDED_CLAIMS,
    "sid",
    "auth_time",
    "iss",
)


def userinfo_claims(state: State, person: Person, scope: str) -> Json:
    """Everything the scope gives."""
    scopes = scope.split()
    claims: Json = {"sub": person.id}
    if "profile" in scopes:
        claims |= _profile(person.user)
    if "email" in scopes:
        claims |= {"email": person.user["primaryEmail"], "email_verified": bool(person.user["primaryEmail"])}
    if "phone" in scopes:
        claims |= {
            "phone_number": person.user["primaryPhone"],
            "phone_number_verified": bool(person.user["primaryPhone"]),
        }
    if "address" in scopes and person.user["profile"].get("address") is not None:
        claims["address"] = person.user["profile"]["address"]
    return claims | _extended(state, person, scopes)


def id_token_claims(state: State, person: Person, scope: str) -> Json:
    """The same, without the extended claims that the tenant keeps out of ID tokens."""
    enabled = state.id_token_config["enabledExtendedClaims"]
    hidden = set(EXTENDED_CLAIMS).difference(enabled)
    return {name: value for name, value in userinfo_claims(state, person, scope).items() if name not in hidden}


def _profile(user: Json) -> Json:
    """Of the profile what is stored, also when it is empty; a preferred username falls back to the username."""
    profile = user["profile"]
    claims: Json = {"name": user["name"]}
    claims |= {claim: profile[key] for key, claim in PROFILE_CLAIMS.items() if profile.get(key) is not None}
    preferred = profile.get("preferredUsername")
    preferred = user["username"] if preferred is None else preferred
    claims |= {} if preferred is None else {"preferred_username": preferred}
    return claims | {
        "picture": user["avatar"],
        "updated_at": user["updatedAt"],
        "username": user["username"],
        "created_at": user["createdAt"],
    }


def _extended(state: State, person: Person, scopes: list[str]) -> Json:
    claims: Json = {}
    if "custom_data" in scopes:
        claims["custom_data"] = person.user["customData"]
    if "identities" in scopes:
        shown = [{key: each[key] for key in ("issuer", "identityId", "detail")} for each in person.sso_identities]
        claims |= {"identities": person.user["identities"], "sso_identities": shown}
    if "roles" in scopes:
        claims["roles"] = [state.roles[role_id]["name"] for role_id in person.role_ids]
    member_of = {name: roles[person.id] for name, roles in state.memberships.items() if person.id in roles}
    if "urn:logto:scope:organizations" in scopes:
        claims["organizations"] = list(member_of)
        claims["organization_data"] = [
            {key: state.organizations[name].get(key) for key in ("id", "name", "description")} for name in member_of
        ]
    if "urn:logto:scope:organization_roles" in scopes:
        claims["organization_roles"] = [
            f"{name}:{state.organization_roles[role_id]['name']}"
            for name, role_ids in member_of.items()
            for role_id in role_ids
        ]
    return claims
