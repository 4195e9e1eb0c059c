"""Apps that act for people of the sandbox, and what they send."""

from __future__ import annotations

import pytest

from accountsite.sandbox.logto import Logto
from tests.api.caller import App


@pytest.fixture
def app(db: None, logto: Logto) -> App:
    """The tenant's own app on Ada's phone."""
    return App(logto, "ada")
