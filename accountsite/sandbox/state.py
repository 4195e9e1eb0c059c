"""Everything the pretend tenant holds, as plain Python: no HTTP, no database, no Django."""

from __future__ import annotations

import hashlib
import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from joserfc.jwk import ECKey, RSAKey

Json = dict[str, Any]
Part = TypeVar("Part")

LOOPBACK = "127.0.0.1"
CALLER = "::ffff:127.0.0.1"  # as Logto, which listens for both families, writes whom it is called by
MANAGEMENT_RESOURCE = "https://default.logto.app/api"
ORGANIZATION_RESOURCE = "urn:logto:resource:organizations"
TENANT_ID = "default"
SESSION_SECONDS = 14 * 24 * 3600
GRANT_SECONDS = 180 * 24 * 3600
# Each of the 256 bytes as a character: seeding makes hundreds of ids, and every test seeds anew.
LOWER_AND_DIGITS = ((string.ascii_lowercase + string.digits) * 8)[:256].encode()
LETTERS_AND_DIGITS = ((string.ascii_letters + string.digits) * 5)[:256].encode()
HALF_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass
class Person:
    """One user and what belongs to them. `user` is the object the Management API shows, without `hasPassword`."""

    user: Json
    handle: str = ""
    password_hash: str | None = None
    password_algorithm: str = "Argon2i"
    password_is_expired: bool = False
    sso_identities: list[Json] = field(default_factory=list)
    factors: list[Json] = field(default_factory=list)
    configs: Json = field(default_factory=dict)
    role_ids: list[str] = field(default_factory=list)
    tokens: list[Json] = field(default_factory=list)
    plain_password: str | None = None

    @property
    def id(self) -> str:
        return str(self.user["id"])


@dataclass
class Session:
    """A Logto session. `grant_ids` names the grants made in it, by client id.

    `handover` is what its end is confirmed with when somebody else signed in meanwhile, and where they go on.
    """

    payload: Json
    last_submission: Json | None
    client_id: str | None
    handover: tuple[str, str] | None = None

    @property
    def uid(self) -> str:
        return str(self.payload["uid"])

    @property
    def account_id(self) -> str:
        return str(self.payload["accountId"])


@dataclass
class Grant:
    """What one person allowed one application in one session."""

    id: str
    payload: Json
    session_uid: str | None = None

    @property
    def account_id(self) -> str:
        return str(self.payload["accountId"])

    @property
    def client_id(self) -> str:
        return str(self.payload["clientId"])


@dataclass
class VerificationCode:
    """A `Generic` code waiting for its recipient. Replaced ones stay out of reach, as in Logto (docs/logto.md 3)."""

    recipient: str
    code: str
    created_at: float
    tries: int = 0


@dataclass(frozen=True)
class SocialCode:
    """An authorization code of the pretend social provider: what it stands for, good for one exchange."""

    target: str
    redirect_uri: str
    details: Json


@dataclass
class Message:
    """A mail or text message that the tenant's connector would have sent."""

    kind: str
    address: str
    code: str
    text: str
    sent_at: float
    subject: str = ""
    html: str = ""


@dataclass
class ApplicationSecret:
    name: str
    value: str
    created_at: int
    expires_at: int | None = None


class State:
    """The pretend tenant. `now` gives seconds since 1970; `seed` makes ids, codes and keys' names repeatable."""

    def __init__(self, endpoint: str, now: Callable[[], float], seed: int | None = None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.now = now
        self._random = random.Random(seed)
        self.signing_keys: list[ECKey | RSAKey] = [ECKey.generate_key("P-384", auto_kid=True)]
        self.access_token_ids: set[str] = set()
        self.people: dict[str, Person] = {}
        self.sign_in_experience: Json = {}
        self.account_center: Json = {}
        self.id_token_config: Json = {"enabledExtendedClaims": ["roles", "organizations", "organization_roles"]}
        self.session_config: Json = {}
        self.connectors: dict[str, Json] = {}
        self.sso_connectors: dict[str, Json] = {}
        self.profile_fields: dict[str, Json] = {}
        self.applications: dict[str, Json] = {}
        self.application_secrets: dict[str, list[ApplicationSecret]] = {}
        self.application_roles: dict[str, list[str]] = {}
        self.address_clients: dict[str, str] = {}
        self.application_experiences: dict[str, Json] = {}
        self.consent_scopes: dict[str, Json] = {}
        self.consent_organizations: dict[tuple[str, str], list[str]] = {}
        self.resources: dict[str, Json] = {}
        self.roles: dict[str, Json] = {}
        self.role_scope_ids: dict[str, list[str]] = {}
        self.organizations: dict[str, Json] = {}
        self.organization_scopes: dict[str, Json] = {}
        self.organization_roles: dict[str, Json] = {}
        self.organization_role_scope_ids: dict[str, list[str]] = {}
        self.organization_role_resource_scope_ids: dict[str, list[str]] = {}
        self.memberships: dict[str, dict[str, list[str]]] = {}
        self.invitations: dict[str, Json] = {}
        self.sessions: dict[str, Session] = {}
        self.grants: dict[str, Grant] = {}
        self.codes: dict[str, VerificationCode] = {}
        self.inbox: list[Message] = []
        self.sent_at: dict[str, list[float]] = {}
        self.social_codes: dict[str, SocialCode] = {}
        self.token_secrets: dict[str, Json] = {}
        self.assets: dict[str, tuple[str, bytes]] = {}
        self.social_provider_reachable = True
        self.asset_storage_ready = True
        self.breach_service_reachable = True
        self.logs: list[Json] = []
        self.hooks: dict[str, Json] = {}
        self._parts: dict[type[Any], Any] = {}

    def part(self, kind: type[Part]) -> Part:
        """State that another module keeps here: one object of `kind`, made without arguments on first use."""
        if kind not in self._parts:
            self._parts[kind] = kind()
        found: Part = self._parts[kind]
        return found

    @property
    def issuer(self) -> str:
        return f"{self.endpoint}/oidc"

    @property
    def now_ms(self) -> int:
        return int(self.now() * 1000)

    def new_id(self, length: int = 12) -> str:
        return self._random.randbytes(length).translate(LOWER_AND_DIGITS).decode()

    def new_secret(self, length: int = 32) -> str:
        return self._random.randbytes(length).translate(LETTERS_AND_DIGITS).decode()

    def new_code(self) -> str:
        return f"{self._random.randrange(10**6):06d}"

    def new_bytes(self, length: int) -> bytes:
        return self._random.randbytes(length)

    def person(self, handle: str) -> Person:
        """The invented person with this handle, such as "ada". KeyError when there is none."""
        for person in self.people.values():
            if person.handle == handle:
                return person
        raise KeyError(handle)

    def new_social_code(self, target: str, redirect_uri: str, details: Json) -> str:
        """A code as the pretend provider hands out; `details` holds `id` and, as wanted, email, name, avatar."""
        code = self.new_secret(24)
        self.social_codes[code] = SocialCode(target, redirect_uri, details)
        return code

    def latest_message(self, address: str) -> Message:
        """The last message sent to an email address or phone number. KeyError when there is none."""
        for message in reversed(self.inbox):
            if message.address == address:
                return message
        raise KeyError(address)


def iso(seconds: float) -> str:
    """A moment as Logto writes it where it does not use milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=256)
def hash_password(password: str) -> str:
    """A salted hash. Cheap on purpose: these are invented people, and each test seeds the whole tenant anew."""
    return hashlib.pbkdf2_hmac("sha256", HALF_SURROGATE.sub("\ufffd", password).encode(), b"sandbox", 100).hex()


def password_is_right(person: Person, password: str) -> bool:
    return person.password_hash == hash_password(password)
