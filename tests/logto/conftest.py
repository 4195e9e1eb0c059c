"""A tenant of which every answer is written in the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from settings_app.logto.account import Account
from settings_app.logto.tenant import Tenant
from settings_app.sites import Site

ENDPOINT = "https://logto.test"


@pytest.fixture
def site() -> Site:
    return Site(
        base_url="https://account.test",
        endpoint=ENDPOINT,
        app_id="web",
        app_secret="web-secret",
        m2m_app_id="machine",
        m2m_app_secret="machine-secret",
        management_resource="https://default.logto.app/api",
    )


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """What Logto answers; a machine token is to be had, everything else each test mounts."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        granted = {"access_token": "machine-token", "expires_in": 3600, "token_type": "Bearer", "scope": "all"}
        mock.post(f"{ENDPOINT}/oidc/token", json=granted)
        yield mock


@pytest.fixture
def tenant(site: Site, wire: responses.RequestsMock) -> Tenant:
    return Tenant(site)


@pytest.fixture
def account(tenant: Tenant) -> Account:
    return tenant.account("ada")
