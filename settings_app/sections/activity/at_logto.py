"""Rows of Logto's audit log as events: the kinds that mean something to a person, by their names (docs/logto.md 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

from babel.lists import format_list
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settings_app.device import name_of_agent
from settings_app.formats import Formats, in_a_row
from settings_app.logto.types import Application, LogEntry, LogPage
from settings_app.sections.activity.events import ActivityKind, Event
from settings_app.shell.earlier_sign_ins import SIGN_IN, EarlierSignIns

STOPPED = "session.mfa.require_mfa_verification"  # the first step was right, and the second one is asked for
STEPS_TAKE = timedelta(hours=1)  # so long an interaction lives (docs/logto.md 15.3)
SAME_SIGN_IN = timedelta(minutes=1)
CHANGE_IT = gettext_lazy("The first step was right. If that wasn’t you, change your password.")

# What was proven, in words that end the sentence "With …".
PROVEN = {
    "Password": gettext_lazy("password"),
    "NewPasswordIdentity": gettext_lazy("password"),
    "EmailVerificationCode": gettext_lazy("a code by email"),
    "MfaEmailVerificationCode": gettext_lazy("a code by email"),
    "PhoneVerificationCode": gettext_lazy("a code by text message"),
    "MfaPhoneVerificationCode": gettext_lazy("a code by text message"),
    "Social": gettext_lazy("a connected account"),
    "EnterpriseSso": gettext_lazy("a work account"),
    "Totp": gettext_lazy("authenticator app"),
    "WebAuthn": gettext_lazy("passkey"),
    "SignInPasskey": gettext_lazy("passkey"),
    "BackupCode": gettext_lazy("backup code"),
}
WRONG = {
    "Password": gettext_lazy("A wrong password was entered"),
    "Totp": gettext_lazy("A wrong code of your authenticator app was entered"),
    "BackupCode": gettext_lazy("A wrong backup code was entered"),
    "WebAuthn": gettext_lazy("A passkey wasn’t accepted"),
    "MfaEmailVerificationCode": gettext_lazy("A wrong code was entered"),
    "MfaPhoneVerificationCode": gettext_lazy("A wrong code was entered"),
}
ADDED = {
    "Totp": (gettext_lazy("An authenticator app was added when signing in"), "authenticator"),
    "WebAuthn": (gettext_lazy("A passkey was added when signing in"), "passkey"),
    "BackupCode": (gettext_lazy("Backup codes were created when signing in"), "backup-codes"),
}
REGISTERED, RESET = "Interaction.Register.Submit", "Interaction.ForgotPassword.Submit"
OPENED = ("ExchangeTokenBy.AuthorizationCode", "ExchangeTokenBy.DeviceCode")
RENEWED, EXCHANGED, REVOKED = "ExchangeTokenBy.RefreshToken", "ExchangeTokenBy.TokenExchange", "RevokeToken"
BACKUP_CODE = "Interaction.SignIn.Verification.BackupCode.Submit"


def wrong(kind: str) -> str:
    return f"Interaction.SignIn.Verification.{kind}.Submit"


def added(kind: str) -> str:
    return f"Interaction.SignIn.BindMfa.{kind}.Submit"


# Logto finds one whole name at a time, so each of a kind is asked for by itself.
NAMES: dict[ActivityKind, tuple[str, ...]] = {
    ActivityKind.SIGN_INS: (SIGN_IN, *(wrong(kind) for kind in WRONG)),
    ActivityKind.CHANGES: (REGISTERED, RESET, *(added(kind) for kind in ADDED)),
    ActivityKind.APPS: (*OPENED, RENEWED, EXCHANGED, REVOKED),
}


@dataclass(frozen=True)
class Teller:
    """Tells what rows mean to one person."""

    formats: Formats
    applications: Mapping[str, Application]
    sign_ins: LogPage | None
    own_app_id: str

    @cached_property
    def known(self) -> EarlierSignIns:
        return EarlierSignIns.of(self.sign_ins)

    def events(self, rows: Iterable[LogEntry]) -> list[Event]:
        """Without what says nothing to a person, and without what another row says better."""
        return list(self.told(rows))

    def told(self, rows: Iterable[LogEntry]) -> Iterator[Event]:
        """The same one by one, for who needs only the first of many."""
        rows = list({row.id: row for row in rows}.values())
        every = (*rows, *(self.sign_ins.entries if self.sign_ins else ()))
        signed_in = [row for row in every if row.event == SIGN_IN and not row.is_refused]
        told = (self.event(row) for row in rows if not is_part_of_another(row, signed_in))
        yield from (event for event in told if event is not None)

    def event(self, row: LogEntry) -> Event | None:
        tell = TOLD.get(row.event)
        return tell(self, row) if tell and row.at is not None else None

    def sign_in(self, row: LogEntry) -> Event | None:
        if not row.is_refused:
            is_new = self.known.was_new(row, row.at)
            title = _("Signed in from a new device") if is_new else _("Signed in")
            return self.made(row, ActivityKind.SIGN_INS, title, "sign-in", self.ways(row), is_flagged=is_new)
        if row.error != STOPPED:
            return None
        # guard: half-a-sign-in-is-told
        return self.made(
            row,
            ActivityKind.SIGN_INS,
            _("A sign-in stopped at your second step"),
            "sign-in",
            self.ways(row) if row.proven and "Password" not in row.proven else CHANGE_IT,
            is_flagged=True,
        )

    def verification(self, row: LogEntry) -> Event | None:
        kind = row.event.split(".")[3]
        if row.is_refused:
            return self.made(row, ActivityKind.SIGN_INS, WRONG[kind], "refused")
        if row.event == BACKUP_CODE:
            return self.made(row, ActivityKind.SIGN_INS, _("A backup code was used"), "backup-codes")
        return None

    def registered(self, row: LogEntry) -> Event | None:
        return None if row.is_refused else self.made(row, ActivityKind.CHANGES, _("Your account was created"), "user")

    def reset(self, row: LogEntry) -> Event | None:
        if row.is_refused:
            return None
        return self.made(row, ActivityKind.CHANGES, _("Your password was reset"), "password")

    def bound(self, row: LogEntry) -> Event | None:
        title, icon = ADDED[row.event.split(".")[3]]
        return None if row.is_refused else self.made(row, ActivityKind.CHANGES, title, icon)

    def opened(self, row: LogEntry) -> Event | None:
        return self.of_app(row, _("Signed in to %(app)s"))

    def renewed(self, row: LogEntry) -> Event | None:
        return self.of_app(row, _("%(app)s stayed signed in"))

    def exchanged(self, row: LogEntry) -> Event | None:
        return self.of_app(row, _("%(app)s used an access token"), icon="tokens")

    def revoked(self, row: LogEntry) -> Event | None:
        return self.of_app(row, _("%(app)s signed out"))

    def of_app(self, row: LogEntry, words: str, *, icon: str = "apps") -> Event | None:
        """What its server did: address and device are that server's, and say nothing to the person."""
        if row.is_refused or row.at is None:
            return None
        title = words % {"app": self.app(row.application_id)}
        fold = f"{row.event} {row.application_id}"
        return Event(row.id, row.at, ActivityKind.APPS, title, icon, fold=fold, is_answerable=False)

    def made(
        self,
        row: LogEntry,
        kind: ActivityKind,
        title: str | Promise,
        icon: str,
        *notes: str | Promise,
        is_flagged: bool = False,
    ) -> Event | None:
        if row.at is None:
            return None
        return Event(
            id=row.id,
            at=row.at,
            kind=kind,
            title=title,
            icon=icon,
            device=name_of_agent(row.user_agent),
            place=in_a_row((row.city, self.formats.country(row.country))),
            address=row.address,
            app=self.app(row.application_id) if self.is_worth_naming(row.application_id) else "",
            notes=tuple(note for note in notes if note),
            is_flagged=is_flagged,
        )

    def ways(self, row: LogEntry) -> str:
        """`With password and authenticator app`; nothing where Logto did not say."""
        ways = list(dict.fromkeys(str(PROVEN[one]) for one in row.proven if one in PROVEN))
        return _("With %(ways)s") % {"ways": format_list(ways, locale=self.formats.locale)} if ways else ""

    def is_worth_naming(self, application_id: str) -> bool:
        """Not this site, by which everybody comes here, nor one of which nobody knows the name."""
        return application_id in self.applications and application_id != self.own_app_id

    def app(self, application_id: str) -> str:
        """Its name; the host of one that is known by an address (docs/logto.md 20)."""
        if application_id in self.applications and self.applications[application_id].name:
            return self.applications[application_id].name
        return urlsplit(application_id).hostname or _("Another app")


def is_part_of_another(row: LogEntry, signed_in: list[LogEntry]) -> bool:
    """A sign-in that stopped for its second step and went on, and the first tokens of a sign-in that is told itself."""
    if row.at is None:
        return True
    if row.event == SIGN_IN and row.error == STOPPED:
        return any(
            one.at is not None
            and row.at <= one.at <= row.at + STEPS_TAKE
            and (one.address, one.user_agent) == (row.address, row.user_agent)
            for one in signed_in
        )
    if row.event in OPENED:
        return any(
            one.at is not None
            and one.at <= row.at <= one.at + SAME_SIGN_IN
            and one.application_id == row.application_id
            for one in signed_in
        )
    return False


TOLD: dict[str, Callable[[Teller, LogEntry], Event | None]] = {
    SIGN_IN: Teller.sign_in,
    REGISTERED: Teller.registered,
    RESET: Teller.reset,
    RENEWED: Teller.renewed,
    EXCHANGED: Teller.exchanged,
    REVOKED: Teller.revoked,
    **{wrong(kind): Teller.verification for kind in WRONG},
    **{added(kind): Teller.bound for kind in ADDED},
    **dict.fromkeys(OPENED, Teller.opened),
}
