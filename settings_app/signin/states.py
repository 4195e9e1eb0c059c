"""The sign-ins that this browser has under way: several at once, each for a quarter of an hour and good once."""

from __future__ import annotations

import enum
import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from settings_app.models import SignInState
from settings_app.session import BROWSER
from settings_app.shell.http import AccountRequest
from settings_app.signin.failures import Reason, SignInFailed

LIFE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)  # until then a late return is told that it took too long
MOST_AT_ONCE = 8


class Flow(enum.StrEnum):
    SIGN_IN = "sign-in"
    STEP_UP = "step-up"
    FORGOTTEN = "forgotten"  # a step-up that was asked for to choose a new password without the current one
    UNDO = "undo"  # proves who holds an undo link, and signs nobody in

    @property
    def confirms(self) -> bool:
        """Whether it is for the person who is signed in already, and signs nobody in."""
        return self in (Flow.STEP_UP, Flow.FORGOTTEN)


def keep(request: AccountRequest, *, flow: Flow, person: str, target: str) -> tuple[str, SignInState]:
    """A new state, as the `state` parameter and its row. The row holds only a digest of the parameter."""
    now = timezone.now()
    SignInState.objects.filter(requested_at__lt=now - FORGOTTEN_AFTER).delete()
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(24)
    of_this_browser = {"site": request.site.host, "browser": request.session[BROWSER]}
    older = SignInState.objects.filter(**of_this_browser).order_by("-requested_at").values_list("key", flat=True)
    # guard: states-bounded
    SignInState.objects.filter(key__in=list(older[MOST_AT_ONCE - 1 :])).delete()
    state = secrets.token_urlsafe(32)
    row = SignInState.objects.create(
        **of_this_browser,
        key=_digest(state),
        purpose=flow,
        person=person,
        target=target,
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),  # 64 characters of those RFC 7636 allows
        requested_at=now,
    )
    return state, row


def take(request: AccountRequest, state: str) -> SignInState:
    """The row of this `state`, which is used up by it. Raises STATE_UNKNOWN or STATE_EXPIRED."""
    row = SignInState.objects.filter(key=_digest(state), site=request.site.host).first()
    # guard: state-known
    if row is None:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    # Who signs in as somebody else ends the session here before the browser is back, and its mark with it. Such a
    # return is only told what happened: a step-up signs nobody in.
    is_of_ended_session = Flow(row.purpose).confirms and BROWSER not in request.session
    # guard: state-of-this-browser
    if row.browser != request.session.get(BROWSER) and not is_of_ended_session:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    # guard: state-used-once
    if not SignInState.objects.filter(key=row.key).delete()[0]:
        raise SignInFailed(Reason.STATE_UNKNOWN)
    # guard: state-expires
    if row.requested_at <= timezone.now() - LIFE:
        raise SignInFailed(Reason.STATE_EXPIRED, target=row.target, confirming=Flow(row.purpose).confirms)
    return row


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
