"""The audit log of the invented people: sign-ins that went well and badly, second factors, refreshed tokens."""

from __future__ import annotations

from accountsite.sandbox.logs import MASKED, interaction_of, write_log
from accountsite.sandbox.making import CHROME, SAFARI, SITE_APP_ID
from accountsite.sandbox.state import Json, Person, Session, State

HOUR_MS = 3600 * 1000
REFRESHES = 25


def seed_logs(state: State) -> None:
    for handle in ("amara", "curious"):
        person = state.person(handle)
        for session in [each for each in state.sessions.values() if each.account_id == person.id]:
            log_sign_in(state, session)
    _log_amara(state)


def log_sign_in(state: State, session: Session) -> None:
    """The rows of one sign-in, at the moment the session began."""
    if session.last_submission is None:
        return
    context: Json = session.last_submission["signInContext"]
    records = session.last_submission["verificationRecords"]
    about: Json = {
        "ip": context.get("ip"),
        "user_agent": context.get("userAgent"),
        "application_id": session.client_id,
        "user_id": session.account_id,
    }
    began = session.payload["iat"] * 1000
    told = interaction_of(context, records, user_id=session.account_id)
    write_log(state, "Interaction.SignIn.Submit", created_at=began, interaction=told, **about)
    params = {
        "grant_type": "authorization_code",
        "code": state.new_secret(43),
        "redirect_uri": "https://fernhill.example/",
    }
    write_log(
        state,
        "ExchangeTokenBy.AuthorizationCode",
        created_at=began + 400,
        **about | {"ip": "192.0.2.80", "user_agent": "python-requests/2.32"},
        params=params,
        scope="openid profile",
        tokenTypes=["AccessToken", "IdToken"],
    )


def log_earlier_sign_in(state: State, person: Person, *, user_agent: str, days_ago: int, **place: str) -> None:
    """One whose session has ended since; `place` may name ip, city and country."""
    context = {"userAgent": user_agent, **place}
    record = {"type": "Password", "verified": True}
    write_log(
        state,
        "Interaction.SignIn.Submit",
        ip=place.get("ip"),
        user_agent=user_agent,
        user_id=person.id,
        application_id=SITE_APP_ID,
        created_at=state.now_ms - days_ago * 24 * HOUR_MS,
        interaction=interaction_of(context, [record], user_id=person.id),
    )


def log_failure(
    state: State,
    person: Person,
    *,
    user_agent: str,
    ip: str,
    at_second_step: bool = False,
    created_at: int | None = None,
) -> None:
    """Somebody tried a wrong password, which names nobody in the log, or a wrong authenticator code, which does."""
    context = {"ip": ip, "userAgent": user_agent}
    identifier = {"type": "username", "value": person.user["username"]}
    about: Json = {
        "ip": ip,
        "user_agent": user_agent,
        "application_id": SITE_APP_ID,
        "created_at": created_at,
    }
    if at_second_step:
        record = {"type": "Password", "identifier": identifier, "verified": True}
        error = {"code": "session.mfa.invalid_totp_code", "message": "Invalid TOTP code."}
        told = interaction_of(context, [record], user_id=person.id)
        key = "Interaction.SignIn.Verification.Totp.Submit"
        write_log(state, key, user_id=person.id, error=error, interaction=told, **about)
        return
    error = {"code": "session.invalid_credentials", "message": "Incorrect account or password."}
    typed = {"password": MASKED, "identifier": identifier}
    key = "Interaction.SignIn.Verification.Password.Submit"
    write_log(state, key, error=error, payload=typed, interaction=interaction_of(context, []), **about)


def _log_amara(state: State) -> None:
    """A wrong password, a wrong authenticator code, an application that refreshes its tokens, a phone known long."""
    amara, now = state.person("amara"), state.now_ms
    home = {"ip": "203.0.113.24", "city": "Stockholm", "country": "Sweden"}
    log_earlier_sign_in(state, amara, user_agent=SAFARI, days_ago=41, **home)
    place: Json = {"user_agent": CHROME, "ip": "198.51.100.200"}
    log_failure(state, amara, created_at=now - 16 * HOUR_MS, **place)
    log_failure(state, amara, created_at=now - 16 * HOUR_MS + 30_000, at_second_step=True, **place)
    for number in range(REFRESHES):
        write_log(
            state,
            "ExchangeTokenBy.RefreshToken",
            created_at=now - (number + 1) * HOUR_MS,
            ip="192.0.2.81",
            user_agent="Ledgerly/4.1",
            user_id=amara.id,
            application_id="ledgerly0000000000001",
            params={"grant_type": "refresh_token"},
            scope="openid profile email offline_access",
            tokenTypes=["AccessToken", "IdToken"],
        )
