"""The table of endpoints against the code of the site."""

from __future__ import annotations

import inspect
import re

import pytest

from settings_app.logto import account, registration, tenant, third_party
from tests.contract import witness
from tests.contract.endpoints import ENDPOINTS
from tests.logto.test_account import ROWS

MODULES = (account, tenant, third_party, registration)
SIGNING_IN = {"POST /oidc/token", "GET /oidc/.well-known/openid-configuration", "GET /oidc/jwks"}
CALL = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) /api/[\w/{}.-]*[\w}]")


def without_names(endpoint: str) -> str:
    return witness.NAME.sub("{}", endpoint)


def test_every_call_that_the_site_says_it_makes_is_in_the_table_and_no_other() -> None:
    """Each method of the API layer names its call; what really travels is compared with that in tests/logto/."""
    named = {without_names(call) for module in MODULES for call in CALL.findall(inspect.getsource(module))}
    assert named == {without_names(endpoint) for endpoint in ENDPOINTS if endpoint not in SIGNING_IN}


@pytest.mark.parametrize("name", ROWS)
def test_what_travels_for_a_person_is_in_the_table(name: str) -> None:
    row = ROWS[name]
    assert witness.endpoint_of(row.method, row.path) is not None


def test_every_path_in_the_code_is_one_of_the_table() -> None:
    paths = {without_names(endpoint.partition(" ")[2]) for endpoint in ENDPOINTS}
    written = {
        without_names(found) for module in MODULES for found in re.findall(r'"(/api/[^"]+)"', inspect.getsource(module))
    }
    assert written <= paths
    assert len(written) > 30
