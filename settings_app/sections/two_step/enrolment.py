"""An authenticator that is being set up: its secret, its QR code, and the code that proves that the app has it.

Logto takes a factor without asking for a code and asks for it from then on (docs/logto.md 7.2), so a lost or misread
secret would lock its owner out. Therefore nothing is sent before a code was right.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyotp
import segno
from django.utils.crypto import constant_time_compare
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from settings_app.safeguards import limits, waiting_secrets
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.limits import Limit
from settings_app.shell.http import AccountRequest

PURPOSE = "authenticator"
SECRET_CHARACTERS = 32  # of base32: 160 bits, as RFC 4226 section 4 advises and Logto wants
STEPS_OF_DRIFT = 1  # of 30 seconds, either way (RFC 6238 section 5.2)
MARK_CHARACTERS = 24
NEW, PROVEN, DONE = "new", "proven", "done"


@dataclass(frozen=True)
class Enrolment:
    """`is_proven`: a code was right already, so none is asked for again, and none can be used again."""

    secret: str
    is_proven: bool = False

    @property
    def mark(self) -> str:
        """Tells one set-up from another in a form, and tells nothing about the secret."""
        return digest("enrolment", self.secret)[:MARK_CHARACTERS]

    @property
    def key(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[start : start + 4] for start in range(0, SECRET_CHARACTERS, 4))

    def address(self, request: AccountRequest) -> str:
        """What the QR code says: an `otpauth:` address that names the brand and the person, for the app's list."""
        issuer = request.site.brand.name.replace(":", " ")  # a colon would end the issuer
        name = account_name(request).replace(":", " ")
        return pyotp.TOTP(self.secret).provisioning_uri(name=name, issuer_name=issuer)

    def picture(self, request: AccountRequest) -> SafeString:
        """The QR code as SVG: dark on white whatever the scheme, without inline style, sized by the style sheet."""
        drawn = segno.make(self.address(request), error="l", micro=False)
        svg = drawn.svg_inline(border=0, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
        return mark_safe(svg)  # noqa: S308  # made of numbers alone


def account_name(request: AccountRequest) -> str:
    """How the person knows this account: an identifier that they sign in with, else their name."""
    person = request.person
    return person.email or person.username or (f"+{person.phone}" if person.phone else "") or person.display_name


def waiting(request: AccountRequest) -> Enrolment | None:
    """What this session is setting up; None when there is nothing (any more)."""
    state, secret = _stored(request)
    return Enrolment(secret, is_proven=state == PROVEN) if state in (NEW, PROVEN) else None


def begun(request: AccountRequest) -> Enrolment:
    """What waits, or a new one: a second tab and a wrong code show the same secret."""
    found = waiting(request)
    if found is None:
        found = Enrolment(pyotp.random_base32(SECRET_CHARACTERS))
        waiting_secrets.keep(request, PURPOSE, f"{NEW} {found.secret}")
    return found


def prove(request: AccountRequest, setup: str, code: str) -> Enrolment:
    """The enrolment that the form with the mark `setup` showed, proven by `code`. Raises Declined."""
    if is_done(request, setup):
        raise Declined(_("This app was saved a moment ago."), code="authenticator.done")
    enrolment = waiting(request)
    # guard: enrolment-is-the-one-shown
    if enrolment is None or not constant_time_compare(enrolment.mark, setup):
        words = _("That QR code is no longer good. Remove it from your app, scan the one below and enter its code.")
        raise Declined(words, code="authenticator.gone")
    if enrolment.is_proven:
        return enrolment
    # guard: authenticator-tries-limited
    limits.spend(request, Limit.AUTHENTICATOR_CODE)
    # guard: authenticator-code-right
    if not pyotp.TOTP(enrolment.secret).verify(code, valid_window=STEPS_OF_DRIFT):
        words = _("That code didn’t match. Wait for the next one and try again.")
        raise Declined(words, field="code", code="authenticator.wrong")
    waiting_secrets.keep(request, PURPOSE, f"{PROVEN} {enrolment.secret}")
    return Enrolment(enrolment.secret, is_proven=True)


def finish(request: AccountRequest, enrolment: Enrolment) -> None:
    """Logto has the secret: here only the mark stays, so that a form posted twice is known."""
    # guard: enrolled-secret-forgotten
    waiting_secrets.keep(request, PURPOSE, f"{DONE} {enrolment.mark}")


def is_done(request: AccountRequest, setup: str) -> bool:
    """Whether the set-up with this mark has been finished: its button was pressed twice."""
    return bool(setup) and _stored(request) == (DONE, setup)


def give_up(request: AccountRequest) -> None:
    waiting_secrets.drop(request, PURPOSE)


def _stored(request: AccountRequest) -> tuple[str, str]:
    state, _space, rest = (waiting_secrets.look(request, PURPOSE) or "").partition(" ")
    return state, rest
