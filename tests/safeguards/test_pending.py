"""Codes: only in the session and for the purpose that sent the newest one, once, in time, with a few tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.logto.errors import Refused, Unavailable
from settings_app.models import Pending
from settings_app.safeguards import pending
from settings_app.safeguards.declined import Declined, TooManyAttempts
from settings_app.safeguards.pending import Kind, Purpose

from .conftest import Asking

NEW = "new@mail.example"


def code(logto: Logto, address: str = NEW) -> str:
    return logto.state.latest_message(address).code


def later(**by: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**by))


def why(asking_again: object, entered: str, purpose: Purpose = Purpose.EMAIL) -> str:
    with pytest.raises(Declined) as refused:
        pending.redeem(asking_again, purpose, entered)  # type: ignore[arg-type]
    return refused.value.code


def test_the_right_code_gives_the_recipient_once(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert pending.redeem(asking("ada"), Purpose.EMAIL, code(logto)) == NEW
    assert why(asking("ada"), code(logto)) == "code.used"


def test_no_code_was_sent(asking: Asking) -> None:
    assert why(asking("ada"), "123456") == "code.none"


def test_a_code_of_another_session_is_not_taken(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert why(asking("ada", browser="second"), code(logto)) == "code.none"


def test_a_code_sent_for_another_purpose_is_not_taken(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.STEP_UP, Kind.EMAIL, NEW)
    assert why(asking("ada"), code(logto)) == "code.none"


def test_another_persons_code_is_not_taken(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    request = asking("amara")
    request.browser["binding"] = asking("ada").browser["binding"]
    assert why(request, code(logto)) == "code.none"


def test_a_new_send_to_the_same_address_ends_the_older_one_in_every_session(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    with later(seconds=61):
        pending.send(asking("amara", address="198.51.100.9"), Purpose.EMAIL, Kind.EMAIL, NEW.upper())
        assert why(asking("ada"), code(logto, NEW.upper())) == "code.replaced"


def test_a_new_address_in_the_same_session_replaces_the_older_one(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, "other@mail.example")
    waiting = pending.waiting(asking("ada"), Purpose.EMAIL)
    assert waiting is not None
    assert waiting.recipient == "other@mail.example"
    assert why(asking("ada"), code(logto)) == "code.wrong"


def test_ten_minutes_are_enough_even_when_the_tenant_gives_an_hour(asking: Asking, logto: Logto) -> None:
    logto.state.sign_in_experience["verificationCodePolicy"] = {"expirationDuration": 3600, "maxRetryAttempts": 10}
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    with later(seconds=601):
        assert pending.waiting(asking("ada"), Purpose.EMAIL) is None
        assert why(asking("ada"), code(logto)) == "code.expired"


def test_the_tenants_shorter_time_counts(asking: Asking, logto: Logto) -> None:
    logto.state.sign_in_experience["verificationCodePolicy"] = {"expirationDuration": 120, "maxRetryAttempts": 10}
    waiting = pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert (waiting.expires_at - waiting.sent_at).total_seconds() == 120


def test_five_wrong_tries_are_all(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    right = code(logto)
    wrong = "000000" if right != "000000" else "111111"
    whys = [why(asking("ada"), wrong) for _time in range(5)]
    assert whys == ["code.wrong"] * 4 + ["code.exhausted"]
    assert why(asking("ada"), right) == "code.exhausted"


def test_the_tenants_fewer_tries_count(asking: Asking, logto: Logto) -> None:
    logto.state.sign_in_experience["verificationCodePolicy"] = {"expirationDuration": 600, "maxRetryAttempts": 2}
    assert pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW).attempts_left == 2


def test_the_next_code_may_be_asked_for_after_a_minute(asking: Asking) -> None:
    waiting = pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert 59 <= waiting.resend_in_seconds <= 60
    with pytest.raises(TooManyAttempts):
        pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    with later(seconds=61):
        pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)


def test_tries_are_limited_across_codes(asking: Asking, logto: Logto) -> None:
    with later(seconds=0) as clock:
        for minute in range(6):
            clock.move_to(timezone.now() + timedelta(seconds=61 if minute else 0))
            pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, f"new{minute}@mail.example")
            for _time in range(5):
                why(asking("ada"), "wrong1")
        pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, "last@mail.example")
        with pytest.raises(TooManyAttempts):
            pending.redeem(asking("ada"), Purpose.EMAIL, "wrong1")


def test_cancelling_forgets_the_address(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    pending.cancel(asking("ada", browser="second"), Purpose.EMAIL)
    assert why(asking("ada"), code(logto)) == "code.cancelled"
    assert not Pending.objects.exclude(recipient="").exists()


def test_a_person_sees_what_waits_in_every_browser_but_no_confirmation(asking: Asking) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    pending.send(asking("ada", browser="second"), Purpose.PHONE, Kind.PHONE, "441134960123")
    pending.send(asking("ada"), Purpose.STEP_UP, Kind.EMAIL, "step@mail.example")
    seen = {(one.purpose, one.here) for one in pending.of_person(asking("ada"))}
    assert seen == {(Purpose.EMAIL, True), (Purpose.PHONE, False)}


def test_it_survives_a_new_session_id(asking: Asking, logto: Logto) -> None:
    request = asking("ada")
    request.browser.create()
    pending.send(request, Purpose.EMAIL, Kind.EMAIL, NEW)
    request.browser.cycle_key()
    assert pending.redeem(request, Purpose.EMAIL, code(logto)) == NEW


def test_a_failed_send_leaves_nothing_waiting(asking: Asking, logto: Logto) -> None:
    logto.state.connectors.clear()
    with pytest.raises(Refused):
        pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert pending.waiting(asking("ada"), Purpose.EMAIL) is None


def test_a_send_whose_answer_was_lost_can_still_be_used(asking: Asking, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/verification-codes", method="POST", after=True)
    with pytest.raises(Unavailable):
        pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert pending.redeem(asking("ada"), Purpose.EMAIL, code(logto)) == NEW


def test_a_try_counts_even_when_logto_is_down(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    logto.faults.add("refused", path="/api/verification-codes/verify")
    with pytest.raises(Unavailable):
        pending.redeem(asking("ada"), Purpose.EMAIL, code(logto))
    assert Pending.objects.get().attempts == 1


def test_replaced_between_check_and_use_is_not_used(
    asking: Asking, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    request = asking("ada")
    checked = request.account.check_code

    def replaced_meanwhile(recipient: str, entered: str) -> None:
        checked(recipient, entered)
        Pending.objects.update(state=pending.State.REPLACED)

    monkeypatch.setattr(request.account, "check_code", replaced_meanwhile)
    assert why(request, code(logto)) == "code.replaced"


def test_expired_addresses_are_forgotten(asking: Asking) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    with later(minutes=11):
        pending.delete_old()
    assert Pending.objects.get().recipient == ""
    with later(minutes=75):
        assert pending.delete_old() == 1
