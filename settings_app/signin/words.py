"""What the page of each failed sign-in says, in plain words; `pages.py` draws it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.signin.failures import Reason


@dataclass(frozen=True)
class Words:
    """`ours` marks what only the people who run this site can mend: those pages carry a reference for the log."""

    status: int
    title: str | Promise
    text: str | Promise
    ours: bool = False
    icon: str = "refused"


WORDS = {
    Reason.CANCELLED: Words(
        200,
        _("You stopped signing in"),
        _("You’re not signed in, and nothing was changed. You can sign in whenever you like."),
        icon="sign-in",
    ),
    Reason.ACCESS_DENIED: Words(
        403,
        _("You weren’t signed in"),
        _("The sign-in was cancelled or declined. If you didn’t cancel it, your account may not be allowed in here."),
    ),
    Reason.INVALID_SCOPE: Words(
        502,
        _("Signing in isn’t set up correctly"),
        _(
            "The sign-in service doesn’t allow what this site asks for. The people who run this site have to "
            "change that."
        ),
        ours=True,
    ),
    Reason.LOGIN_REQUIRED: Words(
        403,
        _("You need to sign in again"),
        _("The sign-in service wants to ask you something before it can let you in. Start again to answer it."),
        icon="sign-in",
    ),
    Reason.STATE_EXPIRED: Words(
        400,
        _("That took too long"),
        _("A sign-in has to be finished within 15 minutes. Nothing was changed; start again."),
        icon="clock",
    ),
    Reason.STATE_UNKNOWN: Words(
        400,
        _("This sign-in can’t be used"),
        _(
            "It was used already, or it began in another browser, or this browser keeps no cookies for this site. "
            "Start again from here."
        ),
    ),
    Reason.WRONG_NONCE: Words(
        400,
        _("This sign-in isn’t yours to use"),
        _(
            "The answer belongs to a sign-in that wasn’t started in this browser, so you weren’t signed in. "
            "Start again from here."
        ),
        ours=True,
    ),
    Reason.WRONG_ISSUER: Words(
        400,
        _("The answer came from the wrong place"),
        _("It doesn’t come from the sign-in service of this site, so you weren’t signed in. Start again from here."),
        ours=True,
    ),
    Reason.CLOCKS_DIFFER: Words(
        502,
        _("The clocks don’t agree"),
        _(
            "The clock of this site and the clock of the sign-in service are more than a minute apart, so we can’t "
            "tell whether your sign-in still counts. The people who run this site have to set the clocks right."
        ),
        ours=True,
        icon="clock",
    ),
    Reason.TOKEN_REFUSED: Words(
        502,
        _("We couldn’t confirm your sign-in"),
        _("The sign-in service’s answer didn’t pass our checks, so you weren’t signed in. Start again from here."),
        ours=True,
    ),
    Reason.NOT_FRESH: Words(
        403,
        _("We couldn’t confirm it’s you"),
        _("That was an earlier sign-in, and we need a new one. Nothing was changed."),
    ),
    Reason.ANOTHER_PERSON: Words(
        403,
        _("You’ve been signed out"),
        _("You confirmed with a different account than the one you were using here. Nothing was changed."),
    ),
    Reason.SESSION_ENDED: Words(
        403,
        _("You’ve been signed out"),
        _("You were away too long to confirm it’s you. Sign in to carry on where you left off."),
        icon="clock",
    ),
    Reason.SIGNED_OUT_HERE_ONLY: Words(
        503,
        _("You’re signed out, but only here"),
        _(
            "We couldn’t reach the sign-in service to sign you out there too, so signing in again may not ask for "
            "anything. On a shared computer, close the browser."
        ),
        ours=True,
        icon="unreachable",
    ),
    Reason.LOGTO_DOWN: Words(
        503,
        _("We can’t reach the sign-in service right now"),
        _("It isn’t answering. Your account is safe. Wait a moment, then try again."),
        ours=True,
        icon="unreachable",
    ),
    Reason.MISCONFIGURED: Words(
        502,
        _("Signing in isn’t set up correctly"),
        _("This site and the sign-in service don’t fit together. The people who run this site have to change that."),
        ours=True,
    ),
    Reason.OTHER: Words(
        502,
        _("Signing in didn’t work"),
        _("The sign-in service couldn’t carry on. You weren’t signed in. Start again from here."),
        ours=True,
    ),
}
