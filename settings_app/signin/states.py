"""The sign-ins that this browser has under way: several at once, each for a quarter of an hour and good once."""

from __future__ import annotations

import enum
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from settings_app.safeguards.one_time import Holder, Kept, StateKind, Use
from settings_app.session import BROWSER
from settings_app.shell.http import AccountRequest
from settings_app.signin.failures import Reason, SignInFailed

# For an hour a late return is told that it took too long.
SIGN_INS = StateKind("sign-in", life=timedelta(minutes=15), most=8, found_for=timedelta(hours=1))


class Flow(enum.StrEnum):
    SIGN_IN = "sign-in"
    STEP_UP = "step-up"
    FORGOTTEN = "forgotten"  # a step-up that was asked for to choose a new password without the current one
    UNDO = "undo"  # proves who holds an undo link, and signs nobody in

    @property
    def confirms(self) -> bool:
        """Whether it is for the person who is signed in already, and signs nobody in."""
        return self in (Flow.STEP_UP, Flow.FORGOTTEN)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only this site knows of a sign-in: the nonce (OpenID Connect Core 3.1.2.1), the verifier (RFC 7636)."""

    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in or step-up under way at Logto; `person` is the subject who is to confirm, `target` where to go on."""

    flow: Flow
    person: str
    target: str
    secrets: Secrets
    requested_at: datetime


def keep(request: AccountRequest, *, flow: Flow, person: str, target: str) -> tuple[str, SignIn]:
    """A new sign-in, and the `state` parameter under which it is found again."""
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(24)
    # 48 bytes are 64 characters, of those that RFC 7636 allows.
    hidden = Secrets(nonce=secrets.token_urlsafe(32), code_verifier=secrets.token_urlsafe(48))
    holder = Holder(request.site.host, request.session[BROWSER], person)
    state = SIGN_INS.keep(holder, flow=flow, target=target, **asdict(hidden))
    return state, SignIn(flow, person, target, hidden, timezone.now())


def take(request: AccountRequest, state: str) -> SignIn:
    """What was kept under this `state`, used up by it. Raises STATE_UNKNOWN or STATE_EXPIRED."""
    kept = SIGN_INS.find(state)
    # guard: state-known
    if kept is None:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    # guard: state-of-this-site
    if kept.holder.site != request.site.host:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    found = _opened(kept)
    # Who signs in as somebody else ends the session here before the browser is back, and its mark with it. Such a
    # return is only told what happened: a step-up signs nobody in.
    is_of_ended_session = found.flow.confirms and BROWSER not in request.session
    # guard: state-of-this-browser
    if kept.holder.mark != request.session.get(BROWSER) and not is_of_ended_session:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    use = SIGN_INS.use_up(kept)
    if use is Use.GONE:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    if use is Use.LATE:
        raise SignInFailed(Reason.STATE_EXPIRED, target=found.target, confirming=found.flow.confirms)
    return found


def _opened(kept: Kept) -> SignIn:
    values = kept.values
    hidden = Secrets(values["nonce"], values["code_verifier"])
    return SignIn(Flow(values["flow"]), kept.holder.subject, values["target"], hidden, kept.started_at)
