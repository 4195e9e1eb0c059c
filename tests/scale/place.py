"""A database of its own on a PostgreSQL, in which this thread works for a while, and a sandbox to answer for Logto."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import environ
import psycopg
import requests
import responses
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.utils import ConnectionHandler

from accountsite.sandbox.logto import Logto
from tests.conftest import METHODS, carry
from tests.faults.stage import forget_process, snapshot


@contextmanager
def database(server: str) -> Iterator[psycopg.Connection[Any]]:
    """Empty, with every table of the models. Out: a connection beside the site's."""
    name = f"scale_{secrets.token_hex(6)}"
    address = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as outside:
        outside.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(address, autocommit=True) as beside, worked_in(address):
                beside.execute("SET synchronous_commit = off")
                yield beside
        finally:
            outside.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def worked_in(address: str) -> Iterator[None]:
    described = environ.Env.db_url_config(address) | {"ENGINE": "settings_app.postgresql"}
    usual = connections[DEFAULT_DB_ALIAS]
    there = ConnectionHandler({DEFAULT_DB_ALIAS: described})[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = there
    try:
        with there.schema_editor() as editor:
            for model in apps.get_app_config("settings_app").get_models():
                editor.create_model(model)
        yield
    finally:
        there.close()
        connections[DEFAULT_DB_ALIAS] = usual


@contextmanager
def sandbox() -> Iterator[Logto]:
    """A fresh tenant, mounted under requests."""
    logto = Logto(settings.SITES[0].endpoint, site_url=settings.SITES[0].base_url, seed=1)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:

        def answer(sent: requests.PreparedRequest) -> Any:
            return carry(logto, sent)

        for method in METHODS:
            mock.add_callback(method, re.compile(re.escape(logto.endpoint) + "/.*"), answer)
        yield logto


@contextmanager
def undone(logto: Logto) -> Iterator[None]:
    """What happens within leaves nothing behind: no row, nothing at the tenant, nothing in memory."""
    before = logto.state
    mail.outbox.clear()
    logto.state = snapshot(logto)
    forget_process()
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # what has to be committed at once may be inside of it
    try:
        with around:
            yield
            transaction.set_rollback(True)
    finally:
        logto.state = before
        logto.faults.clear()
