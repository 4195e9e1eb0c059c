"""Recently verified: for a few minutes after confirming who they are, a person may change what is sensitive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from settings_app.logto.account import Account
from settings_app.safeguards import confirmation
from settings_app.session import VERIFIED
from settings_app.shell.http import AccountRequest

FORGOTTEN = confirmation.FORGOTTEN
FOR_ITS_OWN_PAGE = "password-for-its-own-page"  # the password, typed on the way to the page that changes it
LOOK_SECONDS = 1.5  # nobody waits longer to be let in; what is not known by then confirms nothing
# What stands for the current password during one change, and what it is worth after that.
STANDS_FOR_PASSWORD = {FORGOTTEN: "sign-in", FOR_ITS_OWN_PAGE: "password"}


def mark_verified(request: AccountRequest, account: Account, *, method: str) -> None:
    """The person of this session has just confirmed who they are, by `method`. Gives the session a new id."""
    confirmation.begin(request.session, confirmation.look(account), method=method, at=timezone.now())
    # guard: new-session-id-when-verified
    request.session.cycle_key()


def count_sign_in(request: AccountRequest, account: Account, *, at: datetime) -> None:
    """Somebody has just signed in. Who proved who they are a moment ago, at Logto at `at`, is not asked again.

    That of an older session at Logto does not count, nor one from before a second factor was added.
    """
    # guard: older-sign-in-confirms-nothing
    if at + timedelta(seconds=settings.VERIFIED_SECONDS) <= timezone.now():
        return
    basis = confirmation.look(
        account,
        # guard: sign-in-waits-a-moment-only
        seconds=LOOK_SECONDS,
    )
    # guard: sign-in-with-unknown-factors-confirms-nothing
    if basis.factors is None:
        return
    # guard: sign-in-before-a-factor-confirms-nothing
    if any(factor.created_at is None or factor.created_at > at for factor in basis.factors or ()):
        return
    confirmation.begin(request.session, basis, method="sign-in", at=at)


def verified_until(request: HttpRequest) -> datetime | None:
    """When the person has to confirm again, or None when they have to now."""
    verified = request.session.get(VERIFIED)
    if not verified:
        return None
    verified_at = datetime.fromtimestamp(verified["at"], UTC)
    until = verified_at + timedelta(seconds=settings.VERIFIED_SECONDS)
    # guard: verification-ends
    if not verified_at <= timezone.now() < until:
        return None
    return until


def is_outdated(request: AccountRequest) -> bool:
    """Whether a second factor was added elsewhere since the person confirmed."""
    return confirmation.is_outdated(request.account, request.session.get(VERIFIED) or {})


def end_verification(request: HttpRequest) -> None:
    """From now on the person has to confirm again."""
    request.session.pop(VERIFIED, None)


def current_password_is_proved(request: HttpRequest) -> bool:
    """Whether the person confirmed for this very purpose, by the password itself or by a fresh sign-in at Logto."""
    # guard: current-password-asked
    if request.session.get(VERIFIED, {}).get("how") not in STANDS_FOR_PASSWORD:
        return False
    return verified_until(request) is not None


def ask_for_the_password_again(request: HttpRequest) -> None:
    """They have just chosen a password: from now on it is asked for."""
    if current_password_is_proved(request):
        verified = request.session[VERIFIED]
        request.session[VERIFIED] = verified | {"how": STANDS_FOR_PASSWORD[verified["how"]]}
