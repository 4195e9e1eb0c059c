"""What the person reads when an account was not connected: one sentence for each reason, none of them Logto's."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.logto.errors import LogtoError, NotFound, Refused, TooManyRequests, Unavailable
from settings_app.safeguards.declined import Declined

NO_STATE = _("That page only works on the way back from connecting an account. Nothing was changed.")
AMBIGUOUS = _("%(name)s sent an answer we couldn’t use. Nothing was changed. Start again.")
CONFIRM_AGAIN = _("It’s been more than 10 minutes, so we need to check it’s you again. Then start again.")
CHANGED_MEANWHILE = _("This changed in another window. Check what’s connected now, then start again.")
SAME_ACCOUNT = _("You’ve already connected that %(name)s account. Nothing was changed.")

STOPPED = _("You cancelled at %(name)s. Nothing was changed.")
PROVIDER_BUSY = _("%(name)s can’t do this right now. Nothing was changed. Try again in a few minutes.")
PROVIDER_REFUSED = _("%(name)s didn’t allow it. Nothing was changed.")
PROVIDER_DOWN = _("%(name)s isn’t responding. Nothing was changed. Try again in a few minutes.")
CODE_REFUSED = _("Your confirmation from %(name)s has expired or was already used. Nothing was changed. Start again.")
UNUSABLE = _("%(name)s sent an answer we couldn’t use. Nothing was changed. Start again.")
IN_USE = _("That %(name)s account belongs to a different %(brand)s account. Sign in with it to manage it.")
GONE = _("You can no longer connect %(name)s. Nothing was changed.")
NOT_HERE = _("You can’t connect %(name)s from this page.")
MISCONFIGURED = _(
    "You can’t connect %(name)s because of a problem with how we set it up. We need to fix this on our side."
)
BUSY = _("Too many requests right now. Nothing was changed. Wait a moment, then start again.")
NOT_CONFIRMED = _(
    "We lost the connection, so we can’t tell yet whether %(name)s was connected. Check again in a minute."
)
LOGTO_DOWN = _("We can’t save right now. Nothing was changed. Start again in a moment.")

# What providers say by `error`: RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, some in their own way.
STOPS = {"access_denied", "user_denied", "user_cancelled", "user_cancelled_login", "user_cancelled_authorize"}
STOPS |= {"consent_required", "interaction_required", "login_required", "account_selection_required"}
BUSY_PROVIDER = {"server_error", "temporarily_unavailable"}


def provider_error(error: str) -> Declined:
    """For an answer that carries an error instead of a code."""
    if error in STOPS:
        return Declined(STOPPED, code="provider.stopped")
    if error in BUSY_PROVIDER:
        return Declined(PROVIDER_BUSY, code="provider.busy")
    return Declined(PROVIDER_REFUSED, code="provider.refused")


def linking_failed(error: LogtoError) -> Promise:
    """For what Logto answered when it was given the provider's answer (docs/logto.md 5.4)."""
    if isinstance(error, Refused):
        return refused(error)
    if isinstance(error, NotFound):
        return GONE
    if isinstance(error, TooManyRequests):
        return BUSY
    if isinstance(error, Unavailable) and error.may_have_happened and error.method != "GET":
        return NOT_CONFIRMED
    # A failure of Logto's own without a code is what it says when the provider could not be reached.
    return PROVIDER_DOWN if isinstance(error, Unavailable) and error.status == 500 and not error.code else LOGTO_DOWN


def refused(error: Refused) -> Promise:
    if error.code == "user.identity_already_in_use":
        return IN_USE
    if error.status == 501:
        return NOT_HERE
    if error.status == 401 or error.code == "connector.authorization_failed":
        return CODE_REFUSED
    return GONE if error.code == "session.invalid_connector_id" else UNUSABLE
