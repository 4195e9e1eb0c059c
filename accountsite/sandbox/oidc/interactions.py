"""What a person is in the middle of: an authorization request that waits for sign-in or consent.

A browser is in one of them at a time, the one begun last: with two tabs at the sign-in page, whichever is finished
leads to where the newer one was going, and the other finds nothing to go on with.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from accountsite.sandbox.oidc.sessions import INTERACTION_COOKIE
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Request

INTERACTION_SECONDS = 3600


@dataclass
class Interaction:
    """One interrupted authorization request, kept as its raw query.

    `user_id` is set when the person is identified, `finished` when a second factor, if there is one, was given too;
    `session_uid` says in which session the request then was signed in.
    """

    uid: str
    query: str
    client_id: str
    redirect_uri: str
    expires_at: float
    extra: dict[str, str] = field(default_factory=dict)
    records: list[Json] = field(default_factory=list)
    user_id: str | None = None
    finished: bool = False
    session_uid: str | None = None
    consented: bool = False
    verified: dict[str, str] = field(default_factory=dict)  # verification id -> whose it is
    second_factor: bool = False
    skipped: set[str] = field(default_factory=set)
    mailed_code: str = ""
    reset_identifier: str = ""
    event: str = "SignIn"
    new_password: str = ""


@dataclass
class Interactions:
    """All of them, by uid; a browser holds its newest one in a cookie."""

    waiting: dict[str, Interaction] = field(default_factory=dict)


def add_interaction(
    state: State, *, query: str, client_id: str, redirect_uri: str, extra: dict[str, str]
) -> Interaction:
    interaction = Interaction(
        uid=state.new_secret(21),
        query=query,
        client_id=client_id,
        redirect_uri=redirect_uri,
        expires_at=state.now() + INTERACTION_SECONDS,
        extra=extra,
    )
    state.part(Interactions).waiting[interaction.uid] = interaction
    return interaction


def find_interaction(state: State, uid: str | None) -> Interaction | None:
    found = state.part(Interactions).waiting.get(uid or "")
    return found if found is not None and found.expires_at > state.now() else None


def browser_interaction(state: State, request: Request) -> Interaction | None:
    """The interaction this browser is in. None when it has none, or the hour is over."""
    return find_interaction(state, request.cookies.get(INTERACTION_COOKIE))


def close_interaction(state: State, interaction: Interaction) -> None:
    state.part(Interactions).waiting.pop(interaction.uid, None)


def finish(interaction: Interaction, user_id: str, *records: Json) -> str:
    """The person is signed in as far as the pages are concerned; the address that makes it so."""
    interaction.user_id = user_id
    interaction.records.extend(records)
    interaction.finished = True
    return f"/oidc/auth/{interaction.uid}"
