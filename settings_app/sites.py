"""Which site answers on which host, and everything that differs from site to site.

Reads the environment's one site or the many of a TOML file. It imports no Django, because settings.py stands on it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import idna

SELF_HOSTED_RESOURCE = "https://default.logto.app/api"
# What the operator of one site sets, by field (accountsite/settings.py reads them).
ENVIRONMENT_NAMES = {
    "base_url": "SITE_URL",
    "endpoint": "LOGTO_ENDPOINT",
    "app_id": "LOGTO_APP_ID",
    "app_secret": "LOGTO_APP_SECRET",
    "m2m_app_id": "LOGTO_M2M_APP_ID",
    "m2m_app_secret": "LOGTO_M2M_APP_SECRET",
    "return_to": "RETURN_TO",
    "frame_ancestors": "FRAME_ANCESTORS",
    "home_url": "HOME_URL",
    "support_url": "SUPPORT_URL",
    "privacy_url": "PRIVACY_URL",
    "terms_url": "TERMS_URL",
}
CLOUD_HOST = re.compile(r"^[a-z0-9-]+\.logto\.app$")
BEGIN_OF_SITE = re.compile(r"^(?=\[\[site\]\])", re.MULTILINE)
CUSTOM_TYPES = ("text", "number", "checkbox", "date", "url")
HEX_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


@dataclass(frozen=True)
class Brand:
    """What the header and the footer show; addresses may be empty."""

    name: str = "Account"
    logo_url: str = ""
    dark_logo_url: str = ""
    colour: str = "#2f5bd8"
    dark_colour: str = ""
    legal_name: str = ""


@dataclass(frozen=True)
class CustomKey:
    """A key of the person's custom data that the operator shows on the profile page, or lets people edit."""

    key: str
    label: str
    type: str = "text"
    editable: bool = False


@dataclass(frozen=True)
class Site:
    """One hosted account site and the Logto tenant behind it. Secrets are kept out of its repr."""

    base_url: str
    endpoint: str
    app_id: str
    app_secret: str = field(repr=False)
    m2m_app_id: str
    m2m_app_secret: str = field(repr=False)
    management_resource: str = ""
    admin_role: str = "account-admin"
    return_to: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    mail_from: str = ""
    languages: tuple[str, ...] = ()
    visible_fields: tuple[str, ...] = ()
    custom_data: tuple[CustomKey, ...] = ()
    allow_picture_address: bool = False
    home_url: str = ""
    support_url: str = ""
    privacy_url: str = ""
    terms_url: str = ""
    brand: Brand = Brand()

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


def read_sites(environment: Mapping[str, Any], sites_file: str) -> tuple[tuple[Site, ...], tuple[str, ...]]:
    """The sites of this deployment, and one sentence for every value that is missing or wrong.

    `environment` holds the values of the one site by field name; with `sites_file`, the path of a TOML file with one
    `[[site]]` table for each site, they are not used.
    """
    if not sites_file:
        site, problems = read_site(environment, "The environment", called=ENVIRONMENT_NAMES)
        return ((site,) if site else ()), tuple(problems)
    try:
        text = Path(sites_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return (), (f"SITES_FILE {sites_file} cannot be read: {error}.",)
    problems = []
    try:
        tables = tomllib.loads(text).get("site", [])
    except tomllib.TOMLDecodeError as error:
        problems.append(f"SITES_FILE {sites_file} cannot be read: {error}.")
        tables = readable_tables(text)
    if not isinstance(tables, list) or not tables:
        return (), tuple(problems) or (f"SITES_FILE {sites_file} has no [[site]] table.",)
    sites: list[Site] = []
    for number, table in enumerate(tables, start=1):
        if table is None:
            continue  # told above
        site, wrong = read_site(table, f"Site {number} of {sites_file}")
        problems += wrong
        if site:
            sites.append(site)
    problems += [
        f"Two sites answer on {host}; each needs a host of its own." for host in repeated(s.host for s in sites)
    ]
    return tuple(sites), tuple(problems)


def readable_tables(text: str) -> list[Any]:
    """The tables of a file that is no TOML as a whole, each read by itself: None for the one with the mistake."""
    tables: list[Any] = []
    for part in BEGIN_OF_SITE.split(text)[1:]:
        try:
            tables += tomllib.loads(part).get("site", [])
        except tomllib.TOMLDecodeError:
            tables.append(None)
    return tables


def read_site(
    values: Mapping[str, Any], where: str, *, called: Mapping[str, str] | None = None
) -> tuple[Site | None, list[str]]:
    """One site from plain values, or None and why. `called`: what the operator knows a value as, by its name here."""
    problems: list[str] = []
    called = called or {}
    known = {f.name: f for f in fields(Site)}
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            problems.append(f"{where} names {name}, which is not a setting of a site.")
        elif name == "brand":
            given[name] = read_brand(value, where, problems)
        elif name == "custom_data":
            given[name] = read_custom_data(value, where, problems)
        elif name == "allow_picture_address":
            given[name] = read_switch(value, name, where, problems)
        elif isinstance(value, str):
            given[name] = resolved(value.strip(), name, where, problems)
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            given[name] = tuple(value)
        else:
            problems.append(f"{where} has a value for {name} that is neither text nor a list of texts.")
    required = [name for name, f in known.items() if f.default is MISSING]
    problems += [f"{where} does not set {called.get(name, name)}." for name in required if not given.get(name)]
    for name in ("base_url", "endpoint", "home_url", "support_url", "privacy_url", "terms_url"):
        if address := given.get(name):
            bare = name in ("base_url", "endpoint")
            wrong = address_problems(address, bare=bare)
            problems += [f"{where}: {called.get(name, name)} {why}." for why in wrong]
            if bare and not wrong:
                given[name] = canonical(address)
    for name in ("return_to", "frame_ancestors"):
        wrong = [entry for entry in given.get(name, ()) if address_problems(entry, bare=True)]
        problems += [
            f"{where}: {called.get(name, name)} must list origins such as https://app.example.com, not {entry}."
            for entry in wrong
        ]
        given[name] = tuple(canonical(entry) for entry in given.get(name, ()) if entry not in wrong)
    if problems:
        return None, problems
    if not given.get("management_resource"):
        given["management_resource"] = default_resource(given["endpoint"])
    return Site(**given), []


def read_brand(values: Any, where: str, problems: list[str]) -> Brand:
    known = {f.name for f in fields(Brand)}
    if not isinstance(values, Mapping) or not all(isinstance(value, str) for value in values.values()):
        problems.append(f"{where}: brand must be a table of texts.")
        return Brand()
    problems += [
        f"{where} names brand.{name}, which is not a setting of a brand." for name in values if name not in known
    ]
    brand = Brand(**{name: value for name, value in values.items() if name in known and value})
    for name in ("colour", "dark_colour"):
        if (colour := getattr(brand, name)) and not HEX_COLOUR.match(colour):
            problems.append(f"{where}: brand.{name} must be a colour such as #2f5bd8, not {colour}.")
    return brand


def read_custom_data(values: Any, where: str, problems: list[str]) -> tuple[CustomKey, ...]:
    """The `[[site.custom_data]]` tables: key, label, type (text, number, checkbox, date or url), editable."""
    keys: list[CustomKey] = []
    for table in values if isinstance(values, list) else [values]:
        try:
            keys.append(CustomKey(**table))
        except TypeError:
            problems.append(f"{where}: each custom_data must be a table with key, label, type and editable.")
            continue
        new = keys[-1]
        texts = all(isinstance(text, str) and text for text in (new.key, new.label))
        if not texts or new.type not in CUSTOM_TYPES or not isinstance(new.editable, bool):
            problems.append(f"{where}: custom_data needs key, label and one of the types {', '.join(CUSTOM_TYPES)}.")
    problems += [f"{where}: custom_data names {key} twice." for key in repeated(str(key.key) for key in keys)]
    return tuple(keys)


def read_switch(value: Any, name: str, where: str, problems: list[str]) -> bool:
    """True or false, also in the words that an environment can hold."""
    words = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False, "": False}
    switch = words.get(str(value).strip().lower())
    if switch is None:
        problems.append(f"{where}: {name} must be true or false.")
    return bool(switch)


def resolved(value: str, name: str, where: str, problems: list[str]) -> str:
    """`env:NAME` and `file:/path` stand for what they point to, so that a file of sites need hold no secret."""
    if value.startswith("env:"):
        found = os.environ.get(value[4:], "")
    elif value.startswith("file:"):
        try:
            found = Path(value[5:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
    else:
        return value
    if not found:
        problems.append(f"{where}: {name} points to {value}, where nothing can be read.")
    return found


def address_problems(address: str, *, bare: bool) -> list[str]:
    """What keeps `address` from being an http(s) address; with `bare`, one without path, query or credentials."""
    try:
        parts = urlsplit(address)
        port_is_readable = parts.port is None or parts.port > 0
        canonical(address)
    except ValueError:
        return ["is not an address"]
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_readable:
        return ["must begin with https:// (or http:// while developing) and name a host"]
    if bare and (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc):
        return ["must be scheme and host alone, without path, query or credentials"]
    return []


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


def repeated(hosts: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [host for host in hosts if host in seen or seen.add(host)]  # type: ignore[func-returns-value]  # set.add answers None, which is the point
