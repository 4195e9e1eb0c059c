"""The journeys of tests/e2e in a running deployment: `REHEARSED=nginx` or `caddy`, `REHEARSED_SITES` processes,
`REHEARSED_CUSTOMER` 0 or 1.

The deployment works on the database of the tests and on sandboxes of the tests' own process, so a journey can look at
what its presses have done, and begins with nobody signed in and a tenant as at its start.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import override_settings

from settings_app.logto.tenant import Tenant
from settings_app.signin.provider import provider_of
from settings_app.sites import Site
from settings_app.sites_file import read_sites
from tests.e2e.place import Place
from tests.rehearsal.deployment import Deployment, deployed
from tests.rehearsal.tenants import Customer

LETTER_SECONDS = 30


@dataclass
class RehearsedPlace(Place):
    """One of the customers' sites, where mails leave by themselves."""

    customer: Customer | None = None

    @property
    def beside(self) -> str:
        return re.sub("//account|:[0-9]+$", lambda found: "//app" if found[0] == "//account" else ":9", self.site)

    @property
    def elsewhere(self) -> str:
        return "https://app.elsewhere.localhost:9"

    def letter(self, address: str) -> str:
        until = time.monotonic() + LETTER_SECONDS
        while time.monotonic() < until:
            for message in self.logto.state.inbox:
                if message.address == address and message.subject:
                    return message.text
            time.sleep(0.2)
        raise AssertionError(f"no letter to {address} within {LETTER_SECONDS} s")


def is_wanted() -> bool:
    return bool(os.environ.get("REHEARSED"))


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Deployment]:
    sites = int(os.environ.get("REHEARSED_SITES", "2"))
    with deployed(folder, database_address(), proxy=os.environ["REHEARSED"], sites=sites) as deployment:
        yield deployment


@contextlib.contextmanager
def opened(deployment: Deployment) -> Iterator[Place]:
    """The site of one customer; this process knows it as the deployed ones do."""
    customer = deployment.customers[int(os.environ.get("REHEARSED_CUSTOMER", "0"))]
    for one in deployment.customers:
        one.fresh()
    Tenant.forget_all()
    provider_of.cache_clear()
    sites = as_read(deployment, customer)
    names = [site.host.rpartition(":")[0] for site in sites]
    with override_settings(SITES=sites, ALLOWED_HOSTS=names, SESSION_COOKIE_NAME="__Host-accountsite"):
        yield RehearsedPlace(customer.site, customer.logto, customer.server, sites[0].brand.name, customer)
        Tenant.forget_all()


def as_read(deployment: Deployment, first: Customer) -> tuple[Site, ...]:
    """From the file that the deployed processes read, this customer's first."""
    sites, problems = read_sites({}, str(deployment.folder / "sites.toml"))
    assert not problems, problems
    return tuple(sorted(sites, key=lambda site: site.base_url != first.site))


def database_address() -> str:
    """Of the database that this process works on."""
    found = settings.DATABASES["default"]
    assert connection.vendor == "postgresql", "a deployment is rehearsed on PostgreSQL: set TEST_DATABASE_URL"
    user = found["USER"] + (f":{found['PASSWORD']}" if found["PASSWORD"] else "")
    return f"postgres://{user}@{found['HOST']}:{found['PORT']}/{connection.settings_dict['NAME']}"
