"""The mail servers that mails go through: the deployment's, and those that sites name for themselves."""

from __future__ import annotations

import logging
from typing import Any

import environ
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet

from settings_app.models import Notice
from settings_app.sites import Site
from settings_app.tenancy import site_at

log = logging.getLogger(__name__)


class Servers:
    """One connection for each server, opened when it is needed. One that cannot be reached is passed over from then on.

    A server is named by its address; the deployment's own has an empty one.
    """

    def __init__(self) -> None:
        self._open: dict[str, BaseEmailBackend] = {}
        self._down: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """What kept a server from being reached, in a word; empty when all could be."""
        return next(iter(self._down.values()), "")

    def connection_for(self, host: str) -> BaseEmailBackend | None:
        """For a mail of the site on this host; None when its server cannot be reached."""
        server = _server_of(host)
        if server not in self._open and server not in self._down:
            try:
                self._open[server] = _connected(server)
            except Exception as error:  # each backend raises errors of its own
                self._down[server] = type(error).__name__
                log.warning(
                    "the mail server%s cannot be reached: %s", f" of {host}" if server else "", self._down[server]
                )
        return self._open.get(server)

    def close_for(self, host: str) -> None:
        """Whatever has happened to this connection: the next mail gets a new one."""
        if connection := self._open.pop(_server_of(host), None):
            _close(connection)

    def close(self) -> None:
        while self._open:
            _close(self._open.popitem()[1])

    def within_reach(self, rows: QuerySet[Notice]) -> QuerySet[Notice]:
        """Those of `rows` whose server is not known to be out of reach."""
        own = {site.host: site.mail_server for site in settings.SITES if site.mail_server}
        rows = rows.exclude(site__in=[host for host, server in own.items() if server in self._down])
        return rows.filter(site__in=own) if "" in self._down else rows


def connection_of(site: Site) -> BaseEmailBackend:
    """To the server that mails of this site go through, not opened yet."""
    return _connection(site.mail_server)


def _server_of(host: str) -> str:
    site = site_at(host)
    return site.mail_server if site else ""


def _connected(server: str) -> BaseEmailBackend:
    connection = _connection(server)
    connection.open()
    return connection


def _connection(server: str) -> BaseEmailBackend:
    found: BaseEmailBackend = get_connection(**_named(server)) if server else get_connection()
    return found


def _named(server: str) -> dict[str, Any]:
    found = environ.Env.email_url_config(server)
    return {
        "backend": found["EMAIL_BACKEND"],
        "host": found["EMAIL_HOST"],
        "port": found["EMAIL_PORT"],
        "username": found["EMAIL_HOST_USER"] or "",
        "password": found["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": found.get("EMAIL_USE_TLS", False),
        "use_ssl": found.get("EMAIL_USE_SSL", False),
    }


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except Exception:  # nothing more is wanted of it
        log.debug("the connection to the mail server did not close in order", exc_info=True)
