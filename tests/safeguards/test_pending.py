"""Codes: only in the session and for the purpose that sent the newest one, once, in time, with a few tries."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from settings_app.logto.errors import Refused, Unavailable
from settings_app.models import AuditEntry, Notice, Pending
from settings_app.safeguards import notices, pending, strangers, texts
from settings_app.safeguards.declined import Declined, TooManyAttempts
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
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


def test_a_code_that_was_used_forgets_where_it_went(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    pending.redeem(asking("ada"), Purpose.EMAIL, code(logto))
    assert Pending.objects.get().recipient == ""


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


def test_a_new_send_to_the_same_address_ends_the_older_one_in_every_session_of_the_person(
    asking: Asking, logto: Logto
) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    with later(seconds=61):
        pending.send(asking("ada", browser="second"), Purpose.EMAIL, Kind.EMAIL, NEW.upper())
        assert why(asking("ada"), code(logto, NEW.upper())) == "code.replaced"


def test_who_waited_first_keeps_the_code_when_another_person_wants_the_address(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    right = code(logto)
    with later(seconds=90):  # so that the address may be sent another one as far as its own count goes
        for _time in range(3):
            pending.send(asking("amara", address="198.51.100.9"), Purpose.EMAIL, Kind.EMAIL, f"x{_time}@mail.example")
        shown = pending.send(asking("social", address="198.51.100.9"), Purpose.EMAIL, Kind.EMAIL, NEW)
        assert (shown.recipient, shown.attempts_left) == (NEW, 5)
        whys = [why(asking("social"), "000000") for _time in range(5)]
        assert whys == ["code.wrong"] * 4 + ["code.exhausted"]
        assert [message.address for message in logto.state.inbox].count(NEW) == 1
        assert pending.redeem(asking("ada"), Purpose.EMAIL, right) == NEW


def test_when_the_first_one_has_ended_the_next_one_is_sent_a_code(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    with later(seconds=601):
        pending.send(asking("social"), Purpose.EMAIL, Kind.EMAIL, NEW)
        assert pending.redeem(asking("social"), Purpose.EMAIL, code(logto)) == NEW


LAYLAS = "layla@zahrani.example"


def test_nothing_is_sent_to_what_another_account_has(asking: Asking, logto: Logto) -> None:
    shown = pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, LAYLAS.upper())
    assert shown.resend_in_seconds > 30
    assert not logto.state.inbox
    assert why(asking("ada"), "000000") == "code.wrong"


def test_the_holders_own_code_and_limits_stay(asking: Asking, logto: Logto) -> None:
    pending.send(asking("rtl"), Purpose.STEP_UP, Kind.EMAIL, LAYLAS)
    right = code(logto, LAYLAS)
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)
    assert why(asking("ada"), right) == "code.wrong"
    assert pending.redeem(asking("rtl"), Purpose.STEP_UP, right) == LAYLAS


def test_a_strangers_sends_use_up_no_limit_of_the_holder(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)
    pending.send(asking("rtl"), Purpose.STEP_UP, Kind.EMAIL, LAYLAS)
    with pytest.raises(TooManyAttempts):
        pending.send(asking("ada", browser="second"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)


@pytest.mark.parametrize("address", [LAYLAS, NEW], ids=["taken", "free"])
def test_no_limit_tells_whether_an_address_is_taken(asking: Asking, logto: Logto, address: str) -> None:
    first, second = asking("ada"), asking("social")
    pending.send(first, Purpose.EMAIL, Kind.EMAIL, address)
    pending.cancel(first, Purpose.EMAIL)
    pending.send(second, Purpose.EMAIL, Kind.EMAIL, address)
    assert len(logto.state.inbox) == (address == NEW)


def test_a_recipient_is_sent_a_few_whoever_asks(asking: Asking, logto: Logto) -> None:
    for minutes, handle in enumerate(["ada", "social", "rtl"] * 3):
        with later(seconds=minutes * 61):
            pending.send(asking(handle), Purpose.EMAIL, Kind.EMAIL, NEW)
            pending.cancel(asking(handle), Purpose.EMAIL)
    assert len(logto.state.inbox) == 5


def test_a_strangers_tries_use_up_none_either(asking: Asking, logto: Logto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.CODE_TRY, (Rule(Scope.RECIPIENT, 2, 60),))
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)
    pending.send(asking("rtl"), Purpose.STEP_UP, Kind.EMAIL, LAYLAS)
    assert [why(asking("ada"), "000000") for _time in range(2)] == ["code.wrong"] * 2
    assert pending.redeem(asking("rtl"), Purpose.STEP_UP, code(logto, LAYLAS)) == LAYLAS


def test_a_code_to_ones_own_address_ends_what_a_stranger_waits_for_there(asking: Asking, logto: Logto) -> None:
    """The address was nobody's when the stranger asked."""
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    logto.state.person("rtl").user["primaryEmail"] = NEW
    with later(seconds=61):
        pending.send(asking("rtl"), Purpose.STEP_UP, Kind.EMAIL, NEW)
        assert why(asking("ada"), code(logto)) == "code.replaced"
        assert pending.redeem(asking("rtl"), Purpose.STEP_UP, code(logto)) == NEW


def test_the_holder_is_told_once_a_day_and_not_who_it_was(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)
    pending.send(asking("amara"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)
    entry = AuditEntry.objects.get(change="email-wanted")
    assert (entry.subject, entry.device, entry.address) == (logto.state.person("rtl").id, "", "")
    told = notices.facts_of(Notice.objects.get(entry=entry))
    assert told is not None
    assert (told.to, told.device, told.address) == (LAYLAS, "", "")
    with later(hours=25):
        pending.send(asking("amara"), Purpose.EMAIL, Kind.EMAIL, LAYLAS)
    assert AuditEntry.objects.filter(change="email-wanted").count() == 2


def test_the_holder_is_told_in_the_language_of_their_account(asking: Asking, logto: Logto, settings: Settings) -> None:
    """Hong Kong and Macau read the same Chinese, whatever a framework thinks of it."""
    settings.LANGUAGES = [("en", "English"), ("zh-hk", "Chinese"), ("pt-br", "Portuguese")]
    told = {}
    for locale in ("zh-MO", "pt", "tlh", ""):
        logto.state.person("rtl").user["profile"]["locale"] = locale
        told[locale] = strangers.language_of(asking("rtl").person)
    assert told == {"zh-MO": "zh-hk", "pt": "pt-br", "tlh": "en", "": "en"}


def test_where_logto_does_not_say_who_has_an_address_nothing_is_sent(asking: Asking, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users", method="GET")
    with pytest.raises(Unavailable):
        pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert not logto.state.inbox


FAILURES = [("500", False), ("429", False), ("refused", False), ("reset", True), ("html", False)]


def test_no_failure_tells_whether_an_address_is_taken(asking: Asking, logto: Logto) -> None:
    """The mail server is down, or somebody has had Logto send its ten messages to the address."""
    for number, (fault, is_lost) in enumerate(FAILURES):
        logto.faults.add(fault, path="/api/verification-codes", method="POST", after=is_lost)
        for address in (f"{number}{NEW}", LAYLAS):
            with later(hours=2 * number):
                shown = pending.send(asking("ada", browser=address), Purpose.EMAIL, Kind.EMAIL, address)
                assert (shown.recipient, shown.attempts_left) == (address, 5)
        logto.faults.clear()
        with later(hours=2 * number):
            for address in (f"{number}{NEW}", LAYLAS):
                tried = asking("ada", browser=address)
                assert pending.waiting(tried, Purpose.EMAIL)
                assert why(tried, "000000") == "code.wrong"


def test_a_tenant_that_sends_no_codes_says_so_of_every_address(asking: Asking, logto: Logto) -> None:
    logto.state.connectors.clear()
    for address in (NEW, LAYLAS):
        with pytest.raises(Refused, match=r"connector\.not_found"):
            pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, address)
    assert pending.waiting(asking("ada"), Purpose.EMAIL) is None


def test_a_send_that_failed_keeps_nobody_else_from_a_code(asking: Asking, logto: Logto) -> None:
    logto.faults.add("500", path="/api/verification-codes", method="POST")
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    logto.faults.clear()
    with later(seconds=61):
        pending.send(asking("social"), Purpose.EMAIL, Kind.EMAIL, NEW)
        assert pending.redeem(asking("social"), Purpose.EMAIL, code(logto)) == NEW


def test_whatever_becomes_of_a_code_asking_for_it_takes_as_long(
    asking: Asking, logto: Logto, settings: Settings
) -> None:
    settings.CODE_SECONDS = 0.25
    took: list[float] = []
    for address, fault, seconds in ((LAYLAS, None, 0), (NEW, None, 0), (NEW, "500", 0), (NEW, "latency", 1)):
        logto.faults.clear()
        if fault:
            logto.faults.add(fault, path="/api/verification-codes", method="POST", seconds=seconds)
        actor = asking("ada")
        began = time.monotonic()
        with later(hours=len(took)):
            pending.send(actor, Purpose.EMAIL, Kind.EMAIL, address)
        took.append(time.monotonic() - began)
    assert min(took) >= 0.25
    assert max(took) < 0.6


@pytest.mark.parametrize("address", [LAYLAS, NEW], ids=["taken", "free"])
def test_no_tries_of_others_tell_whether_an_address_is_taken(
    asking: Asking, logto: Logto, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setitem(TABLE, Limit.CODE_TRY, (Rule(Scope.RECIPIENT, 3, 60),))
    for handle in ("ada", "social"):
        pending.send(asking(handle), Purpose.EMAIL, Kind.EMAIL, address)
        assert [why(asking(handle), "000000") for _time in range(3)] == ["code.wrong"] * 3
        pending.cancel(asking(handle), Purpose.EMAIL)


def test_a_recipient_stands_a_few_tries_whoever_tries(
    asking: Asking, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, Limit.CODE_TRY_AT_RECIPIENT, (Rule(Scope.RECIPIENT, 2, 60),))
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    assert [why(asking("ada"), "000000") for _time in range(2)] == ["code.wrong"] * 2
    assert why(asking("ada"), code(logto)) == "code.wrong"


def test_one_stranger_cannot_keep_a_code_from_who_asks_later(asking: Asking, logto: Logto) -> None:
    for minutes in range(5):
        with later(seconds=minutes * 61):
            pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
            pending.cancel(asking("ada"), Purpose.EMAIL)
    with later(seconds=400):
        pending.send(asking("social"), Purpose.EMAIL, Kind.EMAIL, NEW)
        assert pending.redeem(asking("social"), Purpose.EMAIL, code(logto)) == NEW
    assert len(logto.state.inbox) == 6


PHONES_OF_NOBODY = [
    "870773111632", "88216000001", "881631234567", "8835100123456", "80012345678", "447012345678", "447624000000",
    "15002345678", "447600123456", "9791234567890", "449098790000",
]  # fmt: skip


@pytest.mark.parametrize("number", PHONES_OF_NOBODY)
def test_numbers_that_no_person_carries_get_no_text(asking: Asking, logto: Logto, number: str) -> None:
    """Isle of Man mobiles (+44 7624) are phones of people, beside pagers and personal numbers that look like them."""
    if number == "447624000000":
        texts.refuse_others(settings.SITES[0], number)
        return
    with pytest.raises(Declined):
        pending.send(asking("ada"), Purpose.PHONE, Kind.PHONE, number)
    assert not logto.state.inbox


def test_a_site_says_which_countries_and_kinds_get_texts() -> None:
    site = replace(settings.SITES[0], text_countries=("SE",))
    texts.refuse_others(site, "46705550143")
    with pytest.raises(Declined):
        texts.refuse_others(site, "447400123456")
    with pytest.raises(Declined):
        texts.refuse_others(replace(site, text_number_kinds=("mobile",)), "4684020000")


def test_texts_have_an_hourly_budget_of_their_own(asking: Asking, logto: Logto) -> None:
    few = replace(settings.SITES[0], texts_per_hour=1)
    pending.send(replace(asking("ada"), site=few), Purpose.PHONE, Kind.PHONE, "46705550143")
    with pytest.raises(TooManyAttempts):
        pending.send(replace(asking("amara"), site=few), Purpose.PHONE, Kind.PHONE, "46705550144")
    pending.send(replace(asking("amara"), site=few), Purpose.EMAIL, Kind.EMAIL, NEW)


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


def test_a_code_to_ones_own_address_may_be_asked_for_again_after_a_minute(asking: Asking, logto: Logto) -> None:
    pending.send(asking("ada"), Purpose.STEP_UP, Kind.EMAIL, ADAS)
    with pytest.raises(TooManyAttempts):
        pending.send(asking("ada"), Purpose.STEP_UP, Kind.EMAIL, ADAS)
    assert len(logto.state.inbox) == 1


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
    assert pending.of_person(asking("amara")) == []
    with later(seconds=pending.MOST_SECONDS):
        assert pending.of_person(asking("ada")) == []


def test_it_survives_a_new_session_id(asking: Asking, logto: Logto) -> None:
    request = asking("ada")
    request.browser.create()
    pending.send(request, Purpose.EMAIL, Kind.EMAIL, NEW)
    request.browser.cycle_key()
    assert pending.redeem(request, Purpose.EMAIL, code(logto)) == NEW


ADAS = "ada@winterbourne.example"


def test_a_failed_send_to_ones_own_address_leaves_nothing_waiting(asking: Asking, logto: Logto) -> None:
    logto.state.connectors.clear()
    with pytest.raises(Refused):
        pending.send(asking("ada"), Purpose.STEP_UP, Kind.EMAIL, ADAS)
    assert pending.waiting(asking("ada"), Purpose.STEP_UP) is None


def test_a_send_whose_answer_was_lost_can_still_be_used(asking: Asking, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/verification-codes", method="POST", after=True)
    with pytest.raises(Unavailable):
        pending.send(asking("ada"), Purpose.STEP_UP, Kind.EMAIL, ADAS)
    assert pending.redeem(asking("ada"), Purpose.STEP_UP, code(logto, ADAS)) == ADAS
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
