"""A fresh sign-in at Logto as a confirmation: the app's own ID token of it, for a nonce that was given out here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from settings_app.api.problems import Problem
from settings_app.api.request import ApiRequest
from settings_app.api.tokens import AT_LOGTO, refused
from settings_app.models import OneTimeState
from settings_app.safeguards.app_confirmations import SIGNING_IN
from settings_app.safeguards.one_time import Kept, Use, opened, session_of
from settings_app.signin.failures import SignInFailed
from settings_app.signin.provider import provider_of
from settings_app.signin.tokens import check_times, signed_by

ROUNDING_SECONDS = 2.0  # both clocks tell whole seconds


def check_fresh_sign_in(request: ApiRequest, text: str) -> None:
    """Raises Problem for a token that proves no sign-in of this person, in this app, since the nonce was given out."""
    try:
        token = signed_by(provider_of(request.site), text)
        # guard: fresh-sign-in-times
        check_times(token.claims)
    except SignInFailed as failed:
        raise (refused(failed) if failed.reason in AT_LOGTO else not_fresh("token")) from None
    claims = token.claims
    # guard: fresh-sign-in-issuer
    if claims.get("iss") != request.site.issuer:
        raise not_fresh("issuer")
    # guard: fresh-sign-in-in-this-app
    if claims.get("aud") not in (request.token.application, [request.token.application]):
        raise not_fresh("audience")
    # guard: fresh-sign-in-of-this-person
    if claims.get("sub") != request.token.subject:
        raise not_fresh("person")
    begun = begun_with(request, str(claims.get("nonce", "")))
    # guard: fresh-sign-in-for-this-nonce
    if begun is None:
        raise not_fresh("nonce")
    # guard: fresh-sign-in-is-fresh
    if not is_since(begun, claims):
        raise not_fresh("auth_time")
    # guard: fresh-sign-in-counts-once
    if SIGNING_IN.use_up(begun) is not Use.GOOD:
        raise not_fresh("nonce")


def begun_with(request: ApiRequest, nonce: str) -> Kept | None:
    """What this app began for this person with that nonce."""
    holder = session_of(request.actor)
    rows = OneTimeState.objects.filter(kind=SIGNING_IN.name, site=holder.site, mark=holder.mark, subject=holder.subject)
    found = (opened(row) for row in rows.order_by("-started_at"))
    return next((kept for kept in found if kept and nonce and kept.values["nonce"] == nonce), None)


def is_since(begun: Kept, claims: Mapping[str, Any]) -> bool:
    """Both times of the token are of Logto's clock, so ours need not agree with it."""
    auth_time = claims.get("auth_time")
    if not isinstance(auth_time, (int, float)) or isinstance(auth_time, bool):
        return False
    asked_at = claims["iat"] - (timezone.now() - begun.started_at).total_seconds()
    return bool(auth_time >= asked_at - ROUNDING_SECONDS)


def not_fresh(reason: str) -> Problem:
    return Problem(422, f"sign_in.{reason}", _("Sign in again to confirm it’s you."))
