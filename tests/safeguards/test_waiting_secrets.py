"""The secret of an authenticator being set up: sealed, one person, one session, ten minutes, used once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from settings_app.models import OneTimeState
from settings_app.safeguards import one_time, waiting_secrets
from settings_app.safeguards.encryption import digest, seal, unseal

from .conftest import Asking

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_it_can_be_looked_at_and_is_taken_once(asking: Asking) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    assert waiting_secrets.look(asking("ada"), "add") == SECRET
    assert waiting_secrets.take(asking("ada"), "add") == SECRET
    assert waiting_secrets.take(asking("ada"), "add") is None
    assert waiting_secrets.look(asking("ada"), "add") is None


def test_one_of_two_gets_it(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    kept = waiting_secrets._kept(asking("ada"), "add")
    assert waiting_secrets.take(asking("ada"), "add") == SECRET
    monkeypatch.setattr(waiting_secrets, "_kept", lambda *_of: kept)
    assert waiting_secrets.take(asking("ada"), "add") is None


def test_it_rests_sealed(asking: Asking) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    assert SECRET not in str(OneTimeState.objects.values())


def test_other_sessions_people_and_purposes_have_none(asking: Asking) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    stranger = asking("amara")
    stranger.browser["binding"] = asking("ada").browser["binding"]
    assert waiting_secrets.look(asking("ada", browser="second"), "add") is None
    assert waiting_secrets.look(stranger, "add") is None
    assert waiting_secrets.look(asking("ada"), "replace") is None


def test_it_lives_for_ten_minutes(asking: Asking) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert waiting_secrets.look(asking("ada"), "add") is None
        assert one_time.delete_old() == 1


def test_a_new_one_replaces_the_old_one(asking: Asking) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    waiting_secrets.keep(asking("ada"), "add", SECRET[::-1])
    assert waiting_secrets.look(asking("ada"), "add") == SECRET[::-1]
    assert OneTimeState.objects.count() == 1


def test_it_is_gone_when_given_up(asking: Asking) -> None:
    waiting_secrets.keep(asking("ada"), "add", SECRET)
    waiting_secrets.drop(asking("ada"), "add")
    assert not OneTimeState.objects.exists()


def test_a_sealed_value_opens_for_its_purpose_only() -> None:
    sealed = seal("one", "value")
    assert unseal("one", sealed) == "value"
    assert unseal("two", sealed) is None
    assert unseal("one", sealed[:-2] + "xx") is None


def test_a_former_key_still_opens() -> None:
    with override_settings(SECRET_KEY="the old key"):
        sealed = seal("one", "value")
    assert unseal("one", sealed) is None
    with override_settings(SECRET_KEY="the new key", SECRET_KEY_FALLBACKS=["the old key"]):
        assert unseal("one", sealed) == "value"


def test_digests_tell_parts_apart_and_are_keyed() -> None:
    assert digest("x", "ab", "c") != digest("x", "a", "bc")
    assert digest("x", "a") != digest("y", "a")
    with override_settings(SECRET_KEY="another key"):
        other = digest("x", "a")
    assert other != digest("x", "a")
