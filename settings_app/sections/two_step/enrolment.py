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

from settings_app.actor import Actor
from settings_app.safeguards import limits, waiting_secrets
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.limits import Limit

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

    def address(self, actor: Actor) -> str:
        """What the QR code says: an `otpauth:` address that names the brand and the person, for the app's list."""
        issuer = actor.site.brand.name.replace(":", " ")  # a colon would end the issuer
        name = account_name(actor).replace(":", " ")
        return pyotp.TOTP(self.secret).provisioning_uri(name=name, issuer_name=issuer)

    def picture(self, actor: Actor) -> SafeString:
        """The QR code as SVG: dark on white whatever the scheme, without inline style, sized by the style sheet."""
        drawn = segno.make(self.address(actor), error="l", micro=False)
        svg = drawn.svg_inline(border=0, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
        # What stands around it has the name; to a screen reader this would be a second image, without one.
        return mark_safe(svg.replace("<svg", '<svg aria-hidden="true"', 1))  # noqa: S308  # made of numbers alone


def account_name(actor: Actor) -> str:
    """How the person knows this account: an identifier that they sign in with, else their name."""
    person = actor.person
    return person.email or person.username or (f"+{person.phone}" if person.phone else "") or person.display_name


def waiting(actor: Actor) -> Enrolment | None:
    """What this session is setting up; None when there is nothing (any more)."""
    state, secret = _stored(actor)
    return Enrolment(secret, is_proven=state == PROVEN) if state in (NEW, PROVEN) else None


def begun(actor: Actor) -> Enrolment:
    """What waits, or a new one: a second tab and a wrong code show the same secret."""
    found = waiting(actor)
    if found is None:
        found = Enrolment(pyotp.random_base32(SECRET_CHARACTERS))
        waiting_secrets.keep(actor, PURPOSE, f"{NEW} {found.secret}")
    return found


def prove(actor: Actor, setup: str, code: str) -> Enrolment:
    """The enrolment that the form with the mark `setup` showed, proven by `code`. Raises Declined."""
    if is_done(actor, setup):
        raise Declined(_("You’ve already added this app."), code="authenticator.done")
    enrolment = waiting(actor)
    # guard: enrolment-is-the-one-shown
    if enrolment is None or not constant_time_compare(enrolment.mark, setup):
        words = _("That QR code has expired. Remove it from your app, then scan the one below and enter its code.")
        raise Declined(words, code="authenticator.gone")
    if enrolment.is_proven:
        return enrolment
    # guard: authenticator-tries-limited
    limits.spend(actor, Limit.AUTHENTICATOR_CODE)
    # guard: authenticator-code-right
    if not pyotp.TOTP(enrolment.secret).verify(code, valid_window=STEPS_OF_DRIFT):
        words = _("That code didn’t match. Wait for the next one and try again.")
        raise Declined(words, field="code", code="authenticator.wrong")
    waiting_secrets.keep(actor, PURPOSE, f"{PROVEN} {enrolment.secret}")
    return Enrolment(enrolment.secret, is_proven=True)


def finish(actor: Actor, enrolment: Enrolment) -> None:
    """Logto has the secret: here only the mark stays, so that a form posted twice is known."""
    # guard: enrolled-secret-forgotten
    waiting_secrets.keep(actor, PURPOSE, f"{DONE} {enrolment.mark}")


def is_done(actor: Actor, setup: str) -> bool:
    """Whether the set-up with this mark has been finished: its button was pressed twice."""
    return bool(setup) and _stored(actor) == (DONE, setup)


def give_up(actor: Actor) -> None:
    waiting_secrets.drop(actor, PURPOSE)


def _stored(actor: Actor) -> tuple[str, str]:
    state, _space, rest = (waiting_secrets.look(actor, PURPOSE) or "").partition(" ")
    return state, rest
