"""An email counts as proven once a code that was sent to it came back to the same person."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from settings_app.models import ProvenEmail
from settings_app.safeguards import pending, proven_email, undo
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.pending import Kind, Purpose

from .conftest import Asking

ADAS = "ada@winterbourne.example"


def code_to(logto: Logto, recipient: str) -> str:
    message = logto.state.latest_message(recipient)
    assert message is not None
    return message.code


def test_what_stands_on_the_account_is_not_proven_by_that(asking: Asking, logto: Logto) -> None:
    assert not proven_email.is_proven(asking("ada"))
    assert not proven_email.is_proven(asking("empty"))  # without an email


@pytest.mark.parametrize("purpose", [Purpose.PROOF, Purpose.STEP_UP])
def test_a_code_that_came_back_proves_it_and_a_wrong_one_does_not(
    asking: Asking, logto: Logto, purpose: Purpose
) -> None:
    pending.send(asking("ada"), purpose, Kind.EMAIL, ADAS)
    with pytest.raises(Declined):
        pending.redeem(asking("ada"), purpose, "000000")
    assert not proven_email.is_proven(asking("ada"))
    assert pending.redeem(asking("ada"), purpose, code_to(logto, ADAS)) == ADAS
    assert proven_email.is_proven(asking("ada"))
    assert proven_email.is_proven(asking("ada", browser="second"))
    assert not proven_email.is_proven(asking("amara"))


def test_a_code_for_one_purpose_proves_nothing_for_another(asking: Asking, logto: Logto) -> None:
    """Above all, a proof of the email confirms nobody who has a second factor."""
    pending.send(asking("ada"), Purpose.PROOF, Kind.EMAIL, ADAS)
    with pytest.raises(Declined):
        pending.redeem(asking("ada"), Purpose.STEP_UP, code_to(logto, ADAS))
    assert not proven_email.is_proven(asking("ada"))


def test_a_new_email_is_proven_before_it_is_written_and_the_old_one_stays_so(asking: Asking, logto: Logto) -> None:
    new = "new@winterbourne.example"
    pending.send(asking("ada"), Purpose.PROOF, Kind.EMAIL, ADAS)
    pending.redeem(asking("ada"), Purpose.PROOF, code_to(logto, ADAS))
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, new)
    pending.redeem(asking("ada"), Purpose.EMAIL, code_to(logto, new))
    assert proven_email.is_proven(asking("ada"))  # still the old one
    logto.state.person("ada").user["primaryEmail"] = new
    assert proven_email.is_proven(asking("ada"))


def test_an_email_that_somebody_else_wrote_is_not_proven(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.PROOF, Kind.EMAIL, ADAS)
    pending.redeem(asking("ada"), Purpose.PROOF, code_to(logto, ADAS))
    for written in ("imported@winterbourne.example", "ada@winterbourne.example".replace("i", "\u0131"), ADAS.upper()):
        logto.state.person("ada").user["primaryEmail"] = written
        assert not proven_email.is_proven(asking("ada"))


def test_it_stays_so_when_the_key_changes_and_the_address_is_not_kept(
    asking: Asking, logto: Logto, settings: Settings
) -> None:
    pending.send(asking("ada"), Purpose.PROOF, Kind.EMAIL, ADAS)
    pending.redeem(asking("ada"), Purpose.PROOF, code_to(logto, ADAS))
    assert ADAS not in str(list(ProvenEmail.objects.values()))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-the-tests-0123456789-abcdef"
    assert proven_email.is_proven(asking("ada"))


def test_a_proof_that_waits_is_no_change_that_waits(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.PROOF, Kind.EMAIL, ADAS)
    assert pending.of_person(asking("ada")) == []
    assert pending.waiting(asking("ada"), Purpose.PROOF) is not None


def test_an_email_that_came_back_has_to_be_proven_again(asking: Asking, logto: Logto) -> None:
    undo.note(asking("ada"))
    pending.send(asking("ada"), Purpose.PROOF, Kind.EMAIL, ADAS)
    pending.redeem(asking("ada"), Purpose.PROOF, code_to(logto, ADAS))
    undo.note(asking("ada"))
    assert proven_email.is_proven(asking("ada"))
    logto.state.person("ada").user["primaryEmail"] = "new@winterbourne.example"
    undo.note(asking("ada"))
    assert ProvenEmail.objects.count() == 0
    logto.state.person("ada").user["primaryEmail"] = ADAS
    undo.note(asking("ada"))
    assert not proven_email.is_proven(asking("ada"))
