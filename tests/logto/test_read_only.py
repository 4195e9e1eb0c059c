"""What an administrator who looks at an account holds: it reads that one person, and can do nothing else."""

from __future__ import annotations

import pytest
import responses

from settings_app.logto.account import Account
from settings_app.logto.read_only import OnlyReads
from settings_app.logto.tenant import Tenant
from tests.logto.conftest import ENDPOINT
from tests.logto.test_account import ROWS, Row


@pytest.fixture
def looked_at(tenant: Tenant) -> Account:
    return tenant.read_only("ada").account("ada")


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.method != "GET"])
def test_every_operation_that_is_no_read_is_refused_before_anything_is_sent(
    looked_at: Account, wire: responses.RequestsMock, row: Row
) -> None:
    with pytest.raises(OnlyReads):
        row.call(looked_at)
    assert not wire.calls


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "get"])
def test_no_method_but_get_leaves(tenant: Tenant, wire: responses.RequestsMock, method: str) -> None:
    transport = tenant.read_only("ada").transport
    for call in (transport.call, transport.fetch_object, transport.fetch_list, transport.answer, transport.exchange):
        with pytest.raises(OnlyReads):
            call(method, "/api/users/ada")
    assert not wire.calls


@pytest.mark.parametrize(
    "path",
    [
        "/api/users",
        "/api/users/amara",
        "/api/users/ada2",
        "/api/users/amara/roles",
        "/api/logs",
        "/api/roles/r/users",
        "/api/applications/a/users/amara/consent-organizations",
    ],
)
def test_of_people_only_the_one_can_be_read(tenant: Tenant, wire: responses.RequestsMock, path: str) -> None:
    with pytest.raises(OnlyReads):
        tenant.read_only("ada").transport.call("GET", path)
    assert not wire.calls


def test_that_one_and_what_is_nobodys_can_be_read(looked_at: Account, wire: responses.RequestsMock) -> None:
    wire.get(f"{ENDPOINT}/api/users/ada", json={"id": "ada", "isSuspended": False})
    wire.get(f"{ENDPOINT}/api/users/ada/mfa-verifications", json=[])
    wire.get(f"{ENDPOINT}/api/connectors", json=[])
    assert (looked_at.person().id, looked_at.factors(), looked_at.tenant.connectors()) == ("ada", (), ())
