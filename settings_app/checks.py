"""What must be right before the site starts, each problem in one sentence.

One of many sites that is wrong is left out and warned of, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from settings_app import own_words, spans
from settings_app.languages import NAMES, catalogue
from settings_app.sites import SMTP, on_this_machine, server_of

SHORTEST_SECRET_KEY = 50
LEFT_OUT = "accountsite.W015"


@register()
def settings_are_readable(**_kwargs: Any) -> list[CheckMessage]:
    wrong: list[CheckMessage] = [Error(problem, id="accountsite.E009") for problem in settings.SETTINGS_PROBLEMS]
    return wrong + [checks.Warning(told, id="accountsite.W013") for told in settings.MISTYPED_NAMES]


@register()
def sites_are_complete(**_kwargs: Any) -> list[CheckMessage]:
    if settings.SITES:
        return [checks.Warning(problem, id=LEFT_OUT) for problem in settings.SITES_PROBLEMS]
    return [Error(problem, id="accountsite.E001") for problem in settings.SITES_PROBLEMS]


@register(Tags.translation)
def words_of_sites_are_sound(**_kwargs: Any) -> list[CheckMessage]:
    wrong = [problem for site in settings.SITES for problem in own_words.problems(site)]
    return [checks.Warning(f"Words of a site are left out: {problem}", id="accountsite.W016") for problem in wrong]


@register(Tags.translation, deploy=True)
def sentences_are_compiled(**_kwargs: Any) -> list[CheckMessage]:
    folder, ready = settings.LOCALE_PATHS[0], dict(settings.LANGUAGES)
    lost = [code for code in NAMES if code not in ready and catalogue(folder, code, "po").exists()]
    told = "The languages are not compiled, so every page is in English: run manage.py languages compile."
    return [checks.Warning(told, id="accountsite.W014")] if lost else []


@register()
def nothing_is_debugged_in_public(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for site in settings.SITES if settings.IS_LOCAL else ():
        told = f"DEBUG is on while {site.base_url} is public: its error pages show too much."
        # guard: no-debug-in-public
        if not on_this_machine(site.base_url):
            found.append(Error(told, id="accountsite.E008"))
    return found


@register(Tags.security)
def secret_key_is_set(**_kwargs: Any) -> list[CheckMessage]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key:
        return [Error("SECRET_KEY is not set: give it at least 50 random characters.", id="accountsite.E004")]
    if len(key) < SHORTEST_SECRET_KEY and not settings.IS_LOCAL:
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
    if settings.TRUSTED_PROXIES == 0 and not settings.IS_LOCAL:
        found.append(
            checks.Warning(
                "TRUSTED_PROXIES is 0: everybody who comes through a proxy shares one network’s limits.",
                id="accountsite.W012",
            )
        )
    if settings.HSTS_SECONDS < 0:
        found.append(Error("HSTS_SECONDS must be 0 or a number of seconds.", id="accountsite.E011"))
    if settings.AUDIT_KEPT_DAYS < 30:
        found.append(
            checks.Warning("AUDIT_KEPT_DAYS is under 30: traces of misuse would be gone early.", id="accountsite.W001")
        )
    return found


@register()
def metrics_have_a_place(**_kwargs: Any) -> list[CheckMessage]:
    if not settings.METRICS_BIND:
        return []
    found: list[CheckMessage] = []
    host, _, port = settings.METRICS_BIND.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
        told = "METRICS_BIND must be an address and a port, such as 127.0.0.1:9464."
        found.append(Error(told, id="accountsite.E012"))
    if not settings.METRICS_FOLDER:
        told = "METRICS_FOLDER is not set: several processes count together in its files."
        found.append(Error(told, id="accountsite.E013"))
    return found


@register()
def traces_can_be_made(**_kwargs: Any) -> list[CheckMessage]:
    if not settings.TRACES_URL:
        return []
    if not settings.TRACES_URL.startswith(("http://", "https://")):
        return [Error("TRACES_URL must be an address such as http://127.0.0.1:4318/v1/traces.", id="accountsite.E014")]
    told = "TRACES_URL is set and OpenTelemetry is not installed: install requirements-tracing.txt."
    return [] if spans.are_installed() else [Error(told, id="accountsite.E015")]


@register()
def mails_can_be_sent(**_kwargs: Any) -> list[CheckMessage]:
    """Changes of an account are announced by mail; without it nobody learns of a change that somebody else made."""
    found: list[CheckMessage] = []
    if settings.IS_LOCAL:
        return found
    have_their_own = all(site.mail_server for site in settings.SITES)
    # guard: no-start-without-mail-server
    if not have_their_own and (settings.EMAIL_BACKEND != SMTP or not settings.EMAIL_HOST):
        found.append(
            Error("EMAIL_URL names no mail server: people would not be told of changes.", id="accountsite.E010")
        )
    found += [
        checks.Warning(f"{site.base_url} has no mail_from: its mails may be refused.", id="accountsite.W011")
        for site in settings.SITES
        if not site.mail_from
    ]
    return found


@register()
def connections_are_encrypted(**_kwargs: Any) -> list[CheckMessage]:
    """Told, not refused: within a private network, which the site cannot tell from others, they are usual."""
    told = [
        f"{where} goes to {host} without TLS: whoever is on the way reads it; {how}."
        for where, host, how in plain_connections()
        if not on_this_machine(f"http://{host}")
    ]
    return [checks.Warning(one, id="accountsite.W017") for one in dict.fromkeys(told)]


def plain_connections() -> Iterator[tuple[str, str, str]]:
    """What is connected to, the host, and how to mend it. Who says `sslmode` has decided."""
    if settings.IS_LOCAL:
        return
    smtp = "use smtp+tls:// or smtp+ssl://"
    if settings.EMAIL_BACKEND == SMTP and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        yield "EMAIL_URL", settings.EMAIL_HOST, smtp
    for site in settings.SITES:
        server = server_of(site.mail_server) if site.mail_server else {}
        if server and not (server.get("EMAIL_USE_TLS") or server.get("EMAIL_USE_SSL")):
            yield f"mail_server of {site.base_url}", str(server["EMAIL_HOST"]), smtp
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or "")
    if host and not host.startswith("/") and "sslmode" not in database.get("OPTIONS", {}):
        yield "DATABASE_URL", host, "end it with ?sslmode=verify-full, or disable where that is meant"
