"""The invented people as the sign-in page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from accountsite.sandbox.state import Person, State

WAY_RECORDS = {"password": "Password", "passkey": "SignInWebAuthn", "social": "Social", "enterprise": "EnterpriseSso"}


@dataclass(frozen=True)
class Entry:
    """One line of the list: who, how they come in, and what is worth knowing."""

    handle: str
    name: str
    initials: str
    identifiers: str
    way: str
    password: str
    notes: tuple[str, ...]


def entries(state: State) -> list[Entry]:
    return [_entry(state, person) for person in state.people.values()]


def way_in(person: Person) -> str:
    """How this person comes in: by password when there is one."""
    if person.password_hash is not None:
        return "password"
    if any(factor["type"] == "WebAuthn" for factor in person.factors):
        return "passkey"
    return "enterprise" if person.sso_identities else "social"


def by_handle_or_id(state: State, name: str) -> Person | None:
    for person in state.people.values():
        if name in (person.handle, person.id):
            return person
    return None


def _entry(state: State, person: Person) -> Entry:
    user = person.user
    name = user["name"] or user["username"] or person.id
    phone = f"+{user['primaryPhone']}" if user["primaryPhone"] else None
    identifiers = (user["username"], user["primaryEmail"], phone)
    return Entry(
        handle=person.handle or person.id,
        name=name,
        initials="".join(word[0] for word in name.split()[:2]).upper(),
        identifiers=" · ".join(str(text) for text in identifiers if text) or person.id,
        way=way_in(person),
        password=person.plain_password or "",
        notes=tuple(_notes(state, person)),
    )


def _notes(state: State, person: Person) -> list[str]:
    notes = ["apps of every odd kind"] if person.handle == "curious" else []
    if person.user["isSuspended"]:
        notes.append("suspended")
    if any(state.roles.get(role_id, {}).get("name") == "account-admin" for role_id in person.role_ids):
        notes.append("admin")
    way = way_in(person)
    if way != "password":
        notes.append({"passkey": "passkey only", "social": "social only", "enterprise": "through the company"}[way])
    elif person.factors:
        notes.append("two steps")
    sessions = sum(session.account_id == person.id for session in state.sessions.values())
    apps = len({grant.client_id for grant in state.grants.values() if grant.account_id == person.id})
    if sessions > 10:
        notes.append(f"{sessions} sessions")
    if apps > 10:
        notes.append(f"{apps} apps")
    return notes
