"""Which site answers on which host, and everything that differs from site to site.

sites_file.py reads them. It imports no Django, because settings.py stands on it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args
from urllib.parse import urlsplit

import environ
import idna
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from settings_app import event_keys, languages

SELF_HOSTED_RESOURCE = "https://default.logto.app/api"
# What the operator of one site sets, by field (accountsite/settings.py reads them).
ENVIRONMENT_NAMES = {
    "base_url": "SITE_URL",
    "endpoint": "LOGTO_ENDPOINT",
    "app_id": "LOGTO_APP_ID",
    "app_secret": "LOGTO_APP_SECRET",
    "m2m_app_id": "LOGTO_M2M_APP_ID",
    "m2m_app_secret": "LOGTO_M2M_APP_SECRET",
    "webhook_keys": "LOGTO_WEBHOOK_KEY",
    "events_url": "EVENTS_URL",
    "events_keys": "EVENTS_KEY",
    "events_audience": "EVENTS_AUDIENCE",
    "events_authorization": "EVENTS_AUTHORIZATION",
    "new_device_alerts": "NEW_DEVICE_ALERTS",
    "languages": "LANGUAGES",
    "words_folder": "WORDS_FOLDER",
    "return_to": "RETURN_TO",
    "frame_ancestors": "FRAME_ANCESTORS",
    "text_countries": "TEXT_COUNTRIES",
    "text_number_kinds": "TEXT_NUMBER_KINDS",
    "texts_per_hour": "TEXTS_PER_HOUR",
    "preview_names_admin": "PREVIEW_NAMES_ADMIN",
    "preview_is_mailed": "PREVIEW_IS_MAILED",
    "preview_of_admins": "PREVIEW_OF_ADMINS",
    "help_suspends": "HELP_SUSPENDS",
    "help_ends_sessions": "HELP_ENDS_SESSIONS",
    "help_removes_factors": "HELP_REMOVES_FACTORS",
    "help_needs_second_admin": "HELP_NEEDS_SECOND_ADMIN",
    "help_waits_hours": "HELP_WAITS_HOURS",
    "help_of_admins": "HELP_OF_ADMINS",
    "deletion_grace_days": "DELETION_GRACE_DAYS",
    "show_roles": "SHOW_ROLES",
    "access_tokens": "ACCESS_TOKENS",
    "home_url": "HOME_URL",
    "support_url": "SUPPORT_URL",
    "security_contact": "SECURITY_CONTACT",
    "privacy_url": "PRIVACY_URL",
    "terms_url": "TERMS_URL",
}
CLOUD_HOST = re.compile(r"^[a-z0-9-]+\.logto\.app$")
NumberKind = Literal["mobile", "fixed", "voip", "unknown"]
CustomType = Literal["text", "number", "checkbox", "date", "url"]
CUSTOM_TYPES = get_args(CustomType)
COUNTRY = re.compile(r"^[A-Z]{2}$")
MOST_GRACE_DAYS = 365
MOST_WAITING_HOURS = 720
LEAST_SESSION_SECONDS = 60
LEAST_DAYS_KEPT = 30
MOST_TIMES = 100
HTTPS = 443
SMTP = "django.core.mail.backends.smtp.EmailBackend"
HOST = re.compile(r"(?!-)[a-z0-9_-]+(?<!-)(\.(?!-)[a-z0-9_-]+(?<!-))*\.?", re.ASCII)
REDIRECT = re.compile(r"(https?://[^\s/?#]+|[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:)(/[^\s#]*)?")
CONTACT = re.compile(r"(mailto:[!-~]+@[!-~]+|tel:\+?[0-9-]+|https://[!-~]+)")  # RFC 9116, 2.5.3
HEX_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def text(value: object) -> str:
    """`env:NAME` and `file:/path` stand for what they point to, so that a file of sites need hold no secret."""
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004  # what pydantic collects
    written = value.strip()
    if written.startswith("env:"):
        found = os.environ.get(written[4:], "")
    elif written.startswith("file:"):
        try:
            found = Path(written[5:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
    else:
        return written
    if not found:
        raise ValueError(f"points to {written}, where nothing can be read")
    return found


def address(value: str) -> str:
    """An http(s) address."""
    value = value.strip()
    try:
        parts = urlsplit(value)
        port_is_readable = parts.port is None or parts.port > 0
        host = urlsplit(canonical(value)).hostname or ""
    except ValueError as error:
        raise ValueError("is not an address") from error
    if host and ":" not in host and not HOST.fullmatch(host):
        raise ValueError("is not an address")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_readable:
        raise ValueError("must begin with https:// (or http:// while developing) and name a host")
    return value


def bare_address(value: str) -> str:
    """An address without path, query or credentials, as browsers and Logto write it."""
    value = address(value)
    parts = urlsplit(value)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must be scheme and host alone, without path, query or credentials")
    return canonical(value)


def receiver(value: str) -> str:
    """Where events are posted to: the same rules as outside.py keeps at each post."""
    parts = urlsplit(address(value))
    # guard: events-over-https
    if parts.scheme != "https" or parts.port not in (None, HTTPS) or "@" in parts.netloc or parts.fragment:
        raise ValueError("must begin with https://, without a port, credentials or fragment")
    return value.strip()


def private_key(value: str) -> str:
    event_keys.signing_key(value)
    return value


def header_value(value: str) -> str:
    if not re.fullmatch(r"[\x20-\x7e]*", value):
        raise ValueError("must be one line of ASCII")
    return value


def origin_of(value: str) -> str:
    try:
        return bare_address(value)
    except ValueError as error:
        raise ValueError(f"must list origins such as https://app.example.com, not {value}") from error


def redirect_address(value: str) -> str:
    """Where an app takes a provider's answer: a web address, or one of the app's own scheme (RFC 8252, 7.1)."""
    if not REDIRECT.fullmatch(value):
        raise ValueError(f"must list addresses such as https://app.example.com/connected, not {value}")
    return value


def contact(value: str) -> str:
    if not CONTACT.fullmatch(value):
        raise ValueError("must be an address such as mailto:security@example.com or https://example.com/security")
    return value


def colour(value: str) -> str:
    if not HEX_COLOUR.match(value):
        raise ValueError(f"must be a colour such as #2f5bd8, not {value}")
    return value


def switch(value: object) -> bool:
    """True or false, also in the words that an environment can hold."""
    words = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
    if (found := words.get(str(value).strip().lower())) is None:
        raise ValueError("must be true or false")
    return found


def countries(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Two letters each, as in SE (ISO 3166)."""
    written = tuple(code.strip().upper() for code in codes)
    if wrong := [code for code in written if not COUNTRY.match(code)]:
        raise ValueError(f"must list countries by two letters such as SE, not {wrong[0]}")
    return written


def languages_of(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each as `de` or `pt-BR`; the first one is spoken where nobody asks for another that is offered."""
    if wrong := [tag for tag in tags if not languages.fitting([tag])]:
        offered = ", ".join(languages.tag_of(code) for code in languages.NAMES)
        raise ValueError(f"must list languages of {offered}, not {wrong[0]}")
    return tuple(dict.fromkeys(languages.fitting([tag]) for tag in tags))


def number_kinds(kinds: object) -> object:
    if not isinstance(kinds, (list, tuple)) or not set(kinds) <= set(get_args(NumberKind)):
        raise ValueError(f"must list some of {', '.join(get_args(NumberKind))}")
    return kinds


def whole_number(value: object) -> int:
    if isinstance(value, bool) or not str(value).strip().isdecimal():
        raise ValueError("must be a whole number")
    return int(str(value))


def days_of_grace(value: object) -> int:
    if (days := whole_number(value)) > MOST_GRACE_DAYS:
        raise ValueError(f"must be {MOST_GRACE_DAYS} days or fewer")
    return days


def hours_of_waiting(value: object) -> int:
    if not 1 <= (hours := whole_number(value)) <= MOST_WAITING_HOURS:
        raise ValueError(f"must be a whole number of hours from 1 to {MOST_WAITING_HOURS}")
    return hours


def session_seconds(value: object) -> int:
    if (seconds := whole_number(value)) < LEAST_SESSION_SECONDS:
        raise ValueError(f"must be {LEAST_SESSION_SECONDS} seconds or more")
    return seconds


def days_kept(value: object) -> int:
    if (days := whole_number(value)) < LEAST_DAYS_KEPT:
        raise ValueError(f"must be {LEAST_DAYS_KEPT} days or more: traces of misuse would be gone early")
    return days


def times(value: object) -> int:
    if not 1 <= (found := whole_number(value)) <= MOST_TIMES:
        raise ValueError(f"must be a whole number from 1 to {MOST_TIMES}")
    return found


def server_of(value: str) -> dict[str, object]:
    """Django's settings of a mail server, from its address; none where it cannot be read."""
    try:
        return dict(environ.Env.email_url_config(value))
    except Exception:  # the address holds a password, and so would what is raised
        return {}


def server_address(value: str) -> str:
    """The address of a mail server, such as smtp+tls://user:password@mail.example.com:587. It is never repeated."""
    found = server_of(value)
    if found.get("EMAIL_BACKEND") != SMTP or not found.get("EMAIL_HOST"):
        raise ValueError("must be an address such as smtp+tls://user:password@mail.example.com:587")
    return value


def table(value: object) -> object:
    """What is set in a table of texts; an empty text is as good as none."""
    if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError("must be a table of texts")
    return {name: item for name, item in value.items() if item}


def each_once(keys: tuple[CustomKey, ...]) -> tuple[CustomKey, ...]:
    if twice := repeated(key.key for key in keys):
        raise ValueError(f"names {twice[0]} twice")
    return keys


Text = Annotated[str, BeforeValidator(text)]
Address = Annotated[Text, AfterValidator(address)]
BareAddress = Annotated[Text, AfterValidator(bare_address)]
Origins = tuple[Annotated[str, AfterValidator(origin_of)], ...]
DarkMode = Literal["on", "off", ""]
Colour = Annotated[str, AfterValidator(colour)]
Switch = Annotated[bool, BeforeValidator(switch)]
Filled = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class Brand:
    """What the header and the footer show. What is empty is as the tenant has it (logto/looks.py)."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    name: str = "Account"
    logo_url: str = ""
    dark_logo_url: str = ""
    favicon_url: str = ""
    colour: Colour = ""
    dark_colour: Colour = ""
    dark_mode: DarkMode = ""
    legal_name: str = ""


@dataclass(frozen=True)
class CustomKey:
    """A key of the person's custom data that the operator shows on the profile page, or lets people edit."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    key: Filled
    label: Filled
    type: CustomType = "text"
    editable: Annotated[bool, Field(strict=True)] = False


@dataclass(frozen=True)
class DeletionBlocker:
    """What a person has to settle before they may delete their account. `text` says it, `url` leads to where.

    It stands in the way while all of these hold that are set: a key of the custom data is neither empty nor false;
    the person has this role of the tenant; they belong to this organisation, `*` being any; they have this role there.
    `{organisation}` in `text` is the name of the organisation.
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    text: Filled
    link: str = ""
    url: Address = ""
    custom_data: str = ""
    role: str = ""
    organization: str = ""
    organization_role: str = ""

    def __post_init__(self) -> None:
        if not (self.custom_data or self.role or self.organization or self.organization_role):
            raise ValueError("needs one of custom_data, role, organization and organization_role")
        if bool(self.link) != bool(self.url):
            raise ValueError("needs link and url, or neither")

    @property
    def asks_organizations(self) -> bool:
        return bool(self.organization or self.organization_role)


@dataclass(frozen=True)
class Site:
    """One hosted account site and the Logto tenant behind it. Secrets are kept out of its repr."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    base_url: BareAddress
    endpoint: BareAddress
    app_id: Text
    app_secret: Text = field(repr=False)
    m2m_app_id: Text
    m2m_app_secret: Text = field(repr=False)
    management_resource: Text = ""
    admin_role: Text = "account-admin"
    webhook_keys: tuple[Text, ...] = field(default=(), repr=False)
    # Who is told of changes (docs/events.md); the first key signs, the others are published too.
    events_url: Annotated[Text, AfterValidator(receiver)] = ""
    events_keys: tuple[Annotated[Text, AfterValidator(private_key)], ...] = field(default=(), repr=False)
    events_audience: Text = ""
    events_authorization: Annotated[Text, AfterValidator(header_value)] = field(default="", repr=False)
    new_device_alerts: Switch = True
    return_to: Origins = ()
    frame_ancestors: Origins = ()
    mail_from: Text = ""
    languages: Annotated[tuple[str, ...], AfterValidator(languages_of)] = ()
    words_folder: Text = ""  # catalogues of its own (own_words.py)
    visible_fields: tuple[str, ...] = ()
    custom_data: Annotated[tuple[CustomKey, ...], AfterValidator(each_once)] = ()
    allow_picture_address: Switch = False
    show_roles: Switch = False
    access_tokens: Switch = False
    text_countries: Annotated[tuple[str, ...], AfterValidator(countries)] = ()
    text_number_kinds: Annotated[tuple[NumberKind, ...], BeforeValidator(number_kinds)] = (
        "mobile",
        "fixed",
        "voip",
        "unknown",
    )
    texts_per_hour: Annotated[int, BeforeValidator(whole_number)] = 200
    deletion_grace_days: Annotated[int, BeforeValidator(days_of_grace)] = 0
    deletion_blockers: tuple[DeletionBlocker, ...] = ()
    preview_names_admin: Switch = False
    preview_is_mailed: Switch = False
    preview_of_admins: Switch = False
    # What administrators may do for somebody whose account they look at.
    help_suspends: Switch = False
    help_ends_sessions: Switch = False
    help_removes_factors: Switch = False
    help_needs_second_admin: Switch = False
    help_waits_hours: Annotated[int, BeforeValidator(hours_of_waiting)] = 24
    help_of_admins: Switch = False
    # What is not set here is as the deployment has it (lifetimes.py, mails/servers.py).
    session_idle_seconds: Annotated[int, BeforeValidator(session_seconds)] = 0
    session_absolute_seconds: Annotated[int, BeforeValidator(session_seconds)] = 0
    audit_kept_days: Annotated[int, BeforeValidator(days_kept)] = 0
    mail_server: Annotated[Text, AfterValidator(server_address)] = field(default="", repr=False)
    # How many times as much as usual one network, and all people together, may do; never one person or recipient.
    limits_of_networks: Annotated[int, BeforeValidator(times)] = 1
    limits_of_all: Annotated[int, BeforeValidator(times)] = 1
    # The account settings API (settings_app/api/): off unless the operator turns it on.
    api_enabled: Switch = False
    api_resource: Address = ""
    api_origins: Origins = ()
    api_third_party_apps: tuple[str, ...] = ()
    api_redirect_uris: tuple[Annotated[str, AfterValidator(redirect_address)], ...] = ()
    home_url: Address = ""
    support_url: Address = ""
    security_contact: Annotated[Text, AfterValidator(contact)] = ""
    privacy_url: Address = ""
    terms_url: Address = ""
    brand: Annotated[Brand, BeforeValidator(table)] = Brand()

    @property
    def scheme(self) -> str:
        return urlsplit(self.base_url).scheme

    @property
    def host(self) -> str:
        """Host and, unless it is the scheme's own, port: what a browser sends in `Host`."""
        return without_default_port(urlsplit(self.base_url).netloc.lower(), self.scheme)

    @property
    def issuer(self) -> str:
        return f"{self.endpoint}/oidc"

    @property
    def logto_origin(self) -> str:
        return origin(self.endpoint)

    @property
    def tenant(self) -> str:
        """What sites with the same people share. Whatever protects a person is keyed by it and the person's id."""
        return self.logto_origin

    @property
    def api_audience(self) -> str:
        """The indicator of the account settings API in Logto: what its access tokens are made for."""
        return self.api_resource or self.url("/api")

    @property
    def has_help_desk(self) -> bool:
        """Whether administrators may do anything for somebody."""
        return self.help_suspends or self.help_ends_sessions or self.help_removes_factors

    def url(self, path: str) -> str:
        """The public address of `path`, from the configured base URL and never from a request header."""
        return f"{self.base_url}{path}"


def origin(address: str) -> str:
    """Scheme, host and port of an address (RFC 6454), lower case, without the scheme's own port."""
    parts = urlsplit(address)
    return f"{parts.scheme.lower()}://{without_default_port(parts.netloc.lower(), parts.scheme.lower())}"


def canonical(address: str) -> str:
    """A bare address as browsers and Logto write it: lower case, no default port, other scripts as in DNS (UTS 46).

    Logto names itself like this in every token, whatever an operator typed. Raises ValueError for what is no address.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    shown = f"[{host}]" if ":" in host else host
    return origin(f"{parts.scheme}://{shown}:{parts.port}" if parts.port is not None else f"{parts.scheme}://{shown}")


def without_default_port(netloc: str, scheme: str) -> str:
    return netloc.removesuffix(":443" if scheme == "https" else ":80")


def read_site(values: object, where: str, *, called: Mapping[str, str] | None = None) -> tuple[Site | None, list[str]]:
    """One site from plain values, or None and why. `called`: what the operator knows a value as, by its name here."""
    if not isinstance(values, Mapping):
        return None, [f"{where} is not a table."]
    given = {name: value for name, value in values.items() if value not in ("", [], ())}
    try:
        site: Site = TypeAdapter(Site).validate_python(given)
    except ValidationError as error:
        return None, list(dict.fromkeys(sentence(one, where, called or {}) for one in error.errors()))
    if bool(site.events_url) != bool(site.events_keys):
        url, keys = ((called or {}).get(name, name) for name in ("events_url", "events_keys"))
        return None, [f"{where} needs {url} and {keys}, or neither."]
    return replace(site, management_resource=site.management_resource or default_resource(site.endpoint)), []


def sentence(wrong: ErrorDetails, where: str, called: Mapping[str, str]) -> str:
    """What is wrong with one value, by the operator's name for it."""
    steps, kind = wrong["loc"], wrong["type"]
    setting = str(steps[0])
    name = called.get(setting, ".".join(str(step) for step in steps if not isinstance(step, int)))
    if kind == "value_error":
        return f"{where}: {name} {wrong['ctx']['error']}."
    if setting == "custom_data" and kind in ("missing", "unexpected_keyword_argument", "dataclass_type", "tuple_type"):
        return f"{where}: each custom_data must be a table with key, label, type and editable."
    if setting == "custom_data":
        return f"{where}: custom_data needs key, label and one of the types {', '.join(CUSTOM_TYPES)}."
    if kind == "missing":
        return f"{where} does not set {name}."
    if kind == "unexpected_keyword_argument":
        return f"{where} names {name}, which is not a setting of a {'brand' if len(steps) > 1 else 'site'}."
    return f"{where}: {name} must be a list of texts."


def default_resource(endpoint: str) -> str:
    """The Management API indicator: the tenant's own on Logto Cloud, else one fixed address (docs/logto.md 0.4)."""
    host = urlsplit(endpoint).hostname or ""
    return f"https://{host}/api" if CLOUD_HOST.match(host) else SELF_HOSTED_RESOURCE


def site_for(host: str, sites: Iterable[Site]) -> Site | None:
    """The site that answers on this `Host` header, or None."""
    wanted = host.lower()
    for site in sites:
        if wanted in (site.host, f"{site.host}:{443 if site.scheme == 'https' else 80}"):
            return site
    return None


def on_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


def repeated(hosts: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [host for host in hosts if host in seen or seen.add(host)]  # type: ignore[func-returns-value]  # set.add answers None, which is the point
