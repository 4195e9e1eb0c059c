"""What must be right before the site starts, each problem in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET_KEY = 50
NOT_SENDING = ("django.core.mail.backends.dummy.EmailBackend", "django.core.mail.backends.console.EmailBackend")


@register()
def sites_are_complete(**_kwargs: Any) -> list[CheckMessage]:
    return [Error(problem, id="accountsite.E001") for problem in settings.SITES_PROBLEMS]


@register()
def addresses_are_secure(**_kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG:
        return list(debugged_in_public())
    return list(insecure_addresses())


def debugged_in_public() -> Iterator[CheckMessage]:
    # guard: no-debug-in-public
    for site in settings.SITES:
        if site.scheme == "https" and not on_this_machine(f"http://{site.host}:"):
            yield Error(
                f"DEBUG is on while {site.base_url} is public: its error pages show too much.",
                id="accountsite.E008",
            )


def insecure_addresses() -> Iterator[CheckMessage]:
    # guard: https-only
    for site in settings.SITES:
        if site.scheme != "https":
            yield Error(
                f"{site.base_url} must begin with https://: the session cookie is sent over TLS only.",
                id="accountsite.E002",
            )
        if not site.endpoint.startswith("https://") and not on_this_machine(site.endpoint):
            yield Error(
                f"{site.endpoint} must begin with https://: secrets and tokens travel to it.", id="accountsite.E003"
            )


def on_this_machine(address: str) -> bool:
    return address.startswith(("http://localhost:", "http://127.0.0.1:", "http://[::1]:"))


@register(Tags.security)
def secret_key_is_set(**_kwargs: Any) -> list[CheckMessage]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key:
        return [Error("SECRET_KEY is not set: give it at least 50 random characters.", id="accountsite.E004")]
    if len(key) < SHORTEST_SECRET_KEY and not settings.DEBUG:
        return [Error("SECRET_KEY is too short: give it at least 50 random characters.", id="accountsite.E005")]
    return []


@register()
def limits_make_sense(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not 60 <= settings.SESSION_IDLE_SECONDS <= settings.SESSION_ABSOLUTE_SECONDS:
        found.append(
            Error(
                "SESSION_IDLE_SECONDS must be at least 60 and not above SESSION_ABSOLUTE_SECONDS.",
                id="accountsite.E006",
            )
        )
    if settings.TRUSTED_PROXIES < 0:
        found.append(
            Error("TRUSTED_PROXIES must be 0 or the number of proxies in front of this site.", id="accountsite.E007")
        )
    if settings.AUDIT_KEPT_DAYS < 30:
        found.append(
            checks.Warning("AUDIT_KEPT_DAYS is under 30: traces of misuse would be gone early.", id="accountsite.W001")
        )
    return found


@register()
def mails_can_be_sent(**_kwargs: Any) -> list[CheckMessage]:
    """Changes of an account are announced by mail; without it nobody learns of a change that somebody else made."""
    found: list[CheckMessage] = []
    if not settings.DEBUG and settings.EMAIL_BACKEND in NOT_SENDING:
        found.append(
            checks.Warning("EMAIL_URL names no mail server: nobody is told of changes.", id="accountsite.W010")
        )
    found += [
        checks.Warning(f"{site.base_url} has no mail_from: its mails may be refused.", id="accountsite.W011")
        for site in settings.SITES
        if not site.mail_from and not settings.DEBUG
    ]
    return found
