"""Minutes of looking at every page and state; `make accessibility` asks for it, and no other run collects it."""

from __future__ import annotations

import os

import pytest

from tests.e2e.conftest import browser as browser
from tests.e2e.conftest import complaints as complaints
from tests.e2e.conftest import new_page as new_page
from tests.e2e.conftest import place as place
from tests.e2e.conftest import servers as servers

collect_ignore_glob = [] if os.environ.get("ACCESSIBILITY") else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/accessibility/" in item.path.as_posix():
            item.add_marker(pytest.mark.timeout(600))
