"""Who is signed in: the session store and the few things a session says.

The browser holds a random id and nothing else; the database holds its digest, so a copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone
from django.utils.crypto import get_random_string

from settings_app.lifetimes import absolute_seconds, idle_seconds
from settings_app.models import Session
from settings_app.prepared import Prepared
from settings_app.tenancy import of_tenant, rows_of, site_at, tenant_of

SESSION_ID_LENGTH = 32  # of 36 letters and digits: 165 bits (ASVS 7.2.3)
TOUCH_EVERY = timedelta(minutes=1)
ROTATED_IS_KNOWN_FOR = timedelta(minutes=1)
ENDED_IS_KNOWN_FOR = timedelta(hours=1)  # who comes back meanwhile is told, and finds again what they had typed
SWEPT_AT_ONCE = 20
VERIFIED = "verified"  # when and how the person confirmed last (shell/verification.py)
STAYS_ENDED = (VERIFIED,)  # what another request took out meanwhile, no change of this one brings back
MAY_ADMINISTER = "may_administer"  # who signed in had the role; it only says whom to ask Logto about
BROWSER = "browser"  # names this browser to its sign-ins that are under way
SURVIVES_SIGN_IN = ("draft", "language", "theme", "zone", "frame", BROWSER)  # sign-ins may be under way in other tabs

_STORED = Prepared(Session.objects.filter, "session_key", "site")


class SessionStore(DatabaseStore):
    """Sessions in our own table, each bound to one site and refused on every other.

    `ended_subject` names the person of a session that ran out; `was_rotated` says that another tab got a new id.
    """

    anonymous_seconds = 3600
    ended_subject = ""
    was_rotated = False
    _loaded: str = ""  # what was stored when this was read

    def __init__(self, session_key: str | None = None, site: str = "") -> None:
        super().__init__(session_key)
        self.site = site

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _digest(self) -> str:
        return digest_of(self.session_key or "")

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        row = _STORED.first(session_key=self._digest(), site=self.site)
        if row is None:
            return self._nothing()
        # guard: session-of-this-tenant
        if row.tenant not in ("", tenant_of(self.site)):
            return self._nothing()  # the site was moved to another tenant: other people, whatever their ids
        if row.rotated:
            # guard: rotated-session
            self.was_rotated = row.last_seen > now - ROTATED_IS_KNOWN_FOR
            return self._nothing()
        # guard: session-lifetime
        if row.expire_date <= now or row.last_seen <= now - timedelta(seconds=idle_seconds(site_at(self.site))):
            self.ended_subject = row.subject
            return self._nothing()
        if row.last_seen <= now - TOUCH_EVERY:
            Session.objects.filter(session_key=row.session_key).update(last_seen=now)
        self._loaded = row.session_data
        data: dict[str, Any] = self.decode(row.session_data)
        return data

    def _nothing(self) -> dict[str, Any]:
        self._session_key, self._loaded = None, ""
        return {}

    def exists(self, session_key: str) -> bool:
        return False  # 32 random characters: the insert below fails loudly if they ever repeat

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # of Django's base, not in its stubs
        if not must_create:
            if not self._merge(data):
                raise UpdateError
            return
        now = timezone.now()
        row = {"expire_date": now + timedelta(seconds=self.anonymous_seconds), **self._columns(data)}
        try:
            with transaction.atomic():
                Session.objects.create(session_key=self._digest(), site=self.site, last_seen=now, **row)
        except IntegrityError as error:
            raise CreateError from error

    def _merge(self, data: dict[str, Any], **columns: Any) -> bool:
        """Writes the keys that this request changed, and `columns`, over whatever is stored now. False: it has ended.

        A request that began earlier brings nothing back that another one took out or replaced meanwhile.
        """
        before = self.decode(self._loaded) if self._loaded else {}
        gone = before.keys() - data.keys()
        changed = {name: value for name, value in data.items() if name not in before or before[name] != value}
        had = [name for name in STAYS_ENDED if name in before]
        while row := Session.objects.filter(session_key=self._digest(), site=self.site, rotated=False).first():
            stored = self.decode(row.session_data)
            # guard: only-changed-keys-are-written
            data = {name: value for name, value in stored.items() if name not in gone} | changed
            # guard: ended-confirmation-stays-ended
            data = {name: value for name, value in data.items() if name not in had or name in stored}
            values = self._columns(data) | columns
            # Of two at the same moment the second one finds the row changed, and merges again.
            same = Session.objects.filter(session_key=row.session_key, session_data=row.session_data, rotated=False)
            if same.update(**values):
                self._loaded = values["session_data"]
                return True
        return False

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        ends_at = data.get("ends_at")
        return {
            "session_data": self.encode(data),
            "tenant": tenant_of(self.site),
            "subject": data.get("subject", ""),
            "sid": data.get("sid", ""),
            **({"expire_date": datetime.fromisoformat(ends_at)} if ends_at else {}),
        }

    def delete(self, session_key: str | None = None) -> None:
        if session_key is None and self.session_key is not None:
            Session.objects.filter(session_key=self._digest(), site=self.site).delete()

    def cycle_key(self) -> None:
        """A new id for the same contents. The old id is kept for a minute, only to tell other tabs to reload.

        Raises SessionInterrupted when the session was ended, or got another id, since it was loaded.
        """
        data = dict(self.items())  # what is kept is read under the old id
        if self.session_key is None:
            self.create()
            return
        old, new, now = self._digest(), new_id(), timezone.now()
        with transaction.atomic():
            # The row itself moves: whoever ends the person's sessions at this moment waits for it and then ends it.
            moved = self._merge(data, session_key=digest_of(new), last_seen=now)
            # guard: ended-session-stays-ended
            if not moved:
                raise SessionInterrupted("The session ended or was renewed meanwhile.")
            _leave_sign(old, self.site, now)
        self._session_key = new
        self.modified = True

    def begin_anew(self) -> None:
        """A new id for who has just signed in; the old one opens nothing from here on, whatever became of it."""
        self.items()
        with transaction.atomic():
            if self.session_key is not None:
                # guard: old-id-opens-nothing
                self.delete()
                _leave_sign(self._digest(), self.site, timezone.now())
            self.create()

    def create(self) -> None:
        kept = getattr(self, "_session_cache", {})
        # guard: ended-sessions-are-swept
        sweep()
        while True:
            self._session_key = new_id()
            self._session_cache = kept
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def end(self) -> None:
        """As if it had run out: what comes next knows whose it was."""
        subject = self.get("subject", "")
        self.flush()
        self.ended_subject = subject

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expire_date__lt=timezone.now()).delete()


def new_id() -> str:
    return get_random_string(SESSION_ID_LENGTH, VALID_KEY_CHARS)


def digest_of(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()[:40]


def sweep() -> None:
    """Deletes a few of the oldest ended sessions. Each new session does, so visitors without a cookie fill nothing up.

    Rows that another process is deleting right now are left to it.
    """
    ended = Session.objects.filter(expire_date__lt=timezone.now() - ENDED_IS_KNOWN_FOR).order_by("expire_date")
    with transaction.atomic():
        keys = list(ended.select_for_update(skip_locked=True).values_list("pk", flat=True)[:SWEPT_AT_ONCE])
        if keys:
            Session.objects.filter(pk__in=keys).delete()


def _leave_sign(old: str, site: str, now: datetime) -> None:
    """What tells other tabs, for a minute, that the id they know was exchanged."""
    sign = Session(session_key=old, site=site, rotated=True, last_seen=now, expire_date=now + ROTATED_IS_KNOWN_FOR)
    Session.objects.bulk_create([sign], ignore_conflicts=True)  # two tabs may sign in at the same moment


@dataclass(frozen=True)
class SignedIn:
    """What the session says of the person: `subject` is Logto's user id, `sid` Logto's session when it told."""

    subject: str
    sid: str
    at: datetime
    ends_at: datetime


def signed_in(request: HttpRequest) -> SignedIn | None:
    """The person this browser's session belongs to, or None."""
    session = request.session
    if not session.get("subject"):
        return None
    return SignedIn(
        subject=session["subject"],
        sid=session.get("sid", ""),
        at=datetime.fromisoformat(session["signed_in_at"]),
        ends_at=datetime.fromisoformat(session["ends_at"]),
    )


def sign_in(request: HttpRequest, *, subject: str, sid: str) -> None:
    """Binds this browser to a person under a new session id (ASVS 7.2.4). Keeps only what is needed."""
    now = timezone.now()
    session = cast("SessionStore", request.session)
    # guard: one-person-per-session
    for name in set(session.keys()) - set(SURVIVES_SIGN_IN):
        del session[name]
    session["subject"] = subject
    session["sid"] = sid
    session["signed_in_at"] = now.isoformat()
    session["ends_at"] = (now + timedelta(seconds=absolute_seconds(site_at(session.site)))).isoformat()
    session["binding"] = secrets.token_urlsafe(24)
    session.begin_anew()
    # guard: csrf-token-renewed-at-sign-in
    rotate_token(request)


def note_role(request: HttpRequest, *, may_administer: bool) -> None:
    """Whether this person signed in with the role of administrators. It opens nothing by itself."""
    if may_administer:
        request.session[MAY_ADMINISTER] = True
    else:
        request.session.pop(MAY_ADMINISTER, None)


def follow(request: HttpRequest, *, sid: str) -> None:
    """The same person signed in at Logto again: from now on this session ends with that newer one of Logto's."""
    if sid:
        request.session["sid"] = sid


def sign_out(request: HttpRequest) -> None:
    """Ends this browser's session on the server; the cookie goes with the answer."""
    request.session.flush()


def end_sessions(*, tenant: str, subject: str, except_for: SessionStore | None = None) -> int:
    """Ends every session of a person on all sites of a tenant, if wanted all but one. Says how many there were."""
    sessions = rows_of(Session, tenant=tenant, subject=subject).filter(rotated=False)
    if except_for is not None:
        sessions = sessions.exclude(session_key=except_for._digest())
    return sessions.delete()[0]


def end_sessions_signed_in_by(
    sids: Collection[str], *, tenant: str, subject: str, except_for: SessionStore | None = None
) -> int:
    """Ends what a person signed in to through these sessions of Logto, if wanted all but one of this site's.

    Which of Logto's sessions one without a `sid` came through is not known, so it ends too.
    """
    # guard: sessions-without-a-sid-end-too
    sids = {*sids, ""}
    sessions = rows_of(Session, tenant=tenant, subject=subject).filter(rotated=False, sid__in=sids)
    if except_for is not None:
        sessions = sessions.exclude(session_key=except_for._digest())
    return sessions.delete()[0]


def end_sessions_of_sid(*, tenant: str, sid: str) -> int:
    """Ends what was signed in through one Logto session (OpenID Connect Back-Channel Logout 1.0)."""
    if not sid:
        return 0
    sessions = Session.objects.filter(sid=sid)
    # guard: sid-of-this-tenant
    sessions = of_tenant(sessions, tenant)
    return sessions.delete()[0]


def binding_of(session: SessionStore) -> str:
    """A random value of this session that survives the rotation of its id: pending codes and states are bound to it."""
    if "binding" not in session:
        session["binding"] = secrets.token_urlsafe(24)
    value: str = session["binding"]
    return value


def browser_zone(session: SessionStore | None) -> str:
    """The time zone that the page's script has told (shell/time_zone.py); empty without a script."""
    return str(session.get("zone", "")) if session is not None else ""
