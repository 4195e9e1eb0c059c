"""Looking at the site as somebody sees it: who may, what is in the trail, and that nothing can be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from settings_app.logto.read_only import OnlyReads
from settings_app.models import AuditEntry
from settings_app.safeguards.changes import Change
from settings_app.safeguards.perform import perform
from tests.safeguards.conftest import Asking

pytestmark = pytest.mark.django_db


def test_perform_refuses_whoever_looks_at_somebody_elses_account(asking: Asking) -> None:
    """Also where a way to Logto that may write was handed on by mistake."""
    acting = replace(asking("ada"), acting_admin="adrian")
    done: list[Any] = []
    for change in Change:
        if change.words.by_admin:
            continue
        with pytest.raises(OnlyReads):
            perform(acting, change, done.append)
    assert (done, AuditEntry.objects.count()) == ([], 0)
