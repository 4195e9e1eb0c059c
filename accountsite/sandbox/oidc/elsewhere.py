"""Sign-ins from devices that no browser of a test stands for: session, log rows and webhook, without the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountsite.sandbox.making import CHROME, SITE_APP_ID, add_session
from accountsite.sandbox.oidc.traces import tell_of_sign_in
from accountsite.sandbox.seed_logs import log_failure, log_sign_in
from accountsite.sandbox.state import Session

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto


def sign_in_elsewhere(
    logto: Logto,
    handle: str,
    *,
    user_agent: str = CHROME,
    ip: str = "198.51.100.77",
    city: str | None = None,
    country: str | None = None,
    client_id: str = SITE_APP_ID,
) -> Session:
    """This person signs in at this moment on another device. KeyError when there is no such person."""
    state, person = logto.state, logto.state.person(handle)
    session = add_session(state, person, client_id=client_id, user_agent=user_agent, ip=ip, city=city, country=country)
    person.user["lastSignInAt"] = state.now_ms
    log_sign_in(state, session)
    tell_of_sign_in(logto, person, client_id, sign_in_id=state.new_id(21), user_agent=user_agent, ip=ip)
    return session


def fail_elsewhere(
    logto: Logto, handle: str, *, user_agent: str = CHROME, ip: str = "198.51.100.77", at_second_step: bool = False
) -> None:
    """Somebody tries to, with a wrong password or a wrong authenticator code."""
    person = logto.state.person(handle)
    log_failure(logto.state, person, user_agent=user_agent, ip=ip, at_second_step=at_second_step)
