"""What the page of each failed sign-in says, in plain words; `pages.py` draws it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.signin.failures import Reason


@dataclass(frozen=True)
class FailureWords:
    """`ours` marks what only the people who run this site can mend: those pages carry a reference for the log."""

    status: int
    title: str | Promise
    text: str | Promise
    ours: bool = False
    icon: str = "refused"


WORDS = {
    Reason.CANCELLED: FailureWords(
        200,
        _("You didn’t finish signing in"),
        _("You cancelled, so you’re not signed in. You can try again whenever you like."),
        icon="sign-in",
    ),
    Reason.ACCESS_DENIED: FailureWords(
        403,
        _("You weren’t signed in"),
        _("The sign-in was cancelled or refused. If you didn’t cancel it, your account may not have access."),
    ),
    Reason.INVALID_SCOPE: FailureWords(
        502,
        _("There’s a problem with sign-in"),
        _("The sign-in service doesn’t allow what this site asks for. We need to fix this on our side."),
        ours=True,
    ),
    Reason.LOGIN_REQUIRED: FailureWords(
        403,
        _("You need to sign in again"),
        _("The sign-in service needs something from you before it can let you in. Start again."),
        icon="sign-in",
    ),
    Reason.STATE_EXPIRED: FailureWords(
        400,
        _("That took too long"),
        _("You have 15 minutes to finish signing in. Nothing was changed. Start again."),
        icon="clock",
    ),
    Reason.STATE_UNKNOWN: FailureWords(
        400,
        _("This sign-in no longer works"),
        _(
            "It was already used, it began in another browser, or your browser blocks cookies for this site. "
            "Start again from here."
        ),
    ),
    Reason.WRONG_NONCE: FailureWords(
        400,
        _("This sign-in began somewhere else"),
        _("It didn’t begin in this browser, so we didn’t sign you in. Start again from here."),
        ours=True,
    ),
    Reason.WRONG_ISSUER: FailureWords(
        400,
        _("We couldn’t trust this sign-in"),
        _("It didn’t come from our sign-in service, so we didn’t sign you in. Start again from here."),
        ours=True,
    ),
    Reason.CLOCKS_DIFFER: FailureWords(
        502,
        _("There’s a problem with our clocks"),
        _(
            "This site’s clock and the sign-in service’s clock are more than a minute apart, so we can’t check "
            "your sign-in. We need to fix this on our side."
        ),
        ours=True,
        icon="clock",
    ),
    Reason.TOKEN_REFUSED: FailureWords(
        502,
        _("We couldn’t confirm your sign-in"),
        _("The sign-in service’s answer didn’t pass our checks, so we didn’t sign you in. Start again from here."),
        ours=True,
    ),
    Reason.NOT_FRESH: FailureWords(
        403,
        _("We couldn’t confirm it’s you"),
        _("We need a new sign-in, and that was an earlier one. Nothing was changed."),
    ),
    Reason.ANOTHER_PERSON: FailureWords(
        403,
        _("You’ve been signed out"),
        _("You confirmed with a different account from the one you were using here. Nothing was changed."),
    ),
    Reason.NOT_THIS_ACCOUNT: FailureWords(
        403,
        _("That’s a different account"),
        _("The link you opened belongs to another account. Nothing was changed. Open it again to try again."),
    ),
    Reason.SESSION_ENDED: FailureWords(
        403,
        _("You’ve been signed out"),
        _("You were away too long to confirm it’s you. Sign in to carry on where you left off."),
        icon="clock",
    ),
    Reason.SIGNED_OUT_HERE_ONLY: FailureWords(
        503,
        _("You’re only signed out here"),
        _(
            "We couldn’t sign you out of the sign-in service, so someone using this browser may get back in "
            "without a password. On a shared computer, close the browser."
        ),
        ours=True,
        icon="unreachable",
    ),
    Reason.LOGTO_DOWN: FailureWords(
        503,
        _("We can’t reach the sign-in service right now"),
        _("It isn’t responding. Your account is safe. Wait a moment, then try again."),
        ours=True,
        icon="unreachable",
    ),
    Reason.MISCONFIGURED: FailureWords(
        502,
        _("There’s a problem with sign-in"),
        _("This site and the sign-in service aren’t set up to work together. We need to fix this on our side."),
        ours=True,
    ),
    Reason.OTHER: FailureWords(
        502,
        _("Signing in didn’t work"),
        _("The sign-in service ran into a problem, so you weren’t signed in. Start again from here."),
        ours=True,
    ),
}
