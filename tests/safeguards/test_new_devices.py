"""Mails about new devices: each is told once, all of 15 minutes in one mail, whatever becomes of the webhooks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from accountsite.sandbox import making
from accountsite.sandbox.logs import interaction_of, write_log
from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.management.commands import send_notices
from settings_app.models import AuditEntry, KnownDevice, Notice, ReadLog
from settings_app.safeguards import alert_settings, notices, password_resets, retention
from settings_app.safeguards.sign_ins import devices, reading
from settings_app.safeguards.sign_ins.sighting import FIRST_STEP, REGISTRATION, SIGN_IN, Reached, Sighting
from settings_app.safeguards.sign_ins.telling import WINDOW
from settings_app.webhooks import events
from settings_app.webhooks.message import Delivery
from tests.mails.sent import Sent

pytestmark = pytest.mark.django_db

ADA = "ada@winterbourne.example"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOME, ELSEWHERE, ABROAD = "203.0.113.7", "198.51.100.9", "192.0.2.44"
Clock = time_machine.Traveller


@pytest.fixture
def clock(logto: Logto) -> Iterator[Clock]:
    """Stands still but where a test moves it. The log is watched from now on; Ada has signed in with Firefox before."""
    with time_machine.travel(START, tick=False) as travelling:
        logto.state.logs.clear()  # what others did is of today, which may be any day
        happened(logto, ada(logto), START - timedelta(days=3))
        reading.go_round()
        yield travelling


def ada(logto: Logto) -> str:
    return logto.state.person("ada").id


def happened(
    logto: Logto,
    subject: str,
    at: datetime | None = None,
    *,
    event: str = SIGN_IN,
    agent: str = making.FIREFOX,
    ip: str = HOME,
    city: str | None = None,
    refused: bool = False,
) -> None:
    """A row of Logto's log."""
    place = {"city": city, "country": "GB"} if city else {}
    error = {"code": "session.mfa.require_mfa_verification", "message": "…"} if refused else None
    write_log(
        logto.state,
        event,
        ip=ip,
        user_agent=agent,
        user_id=subject,
        application_id="ledgerly0000000000001",
        error=error,
        created_at=int((at or timezone.now()).timestamp() * 1000),
        interaction=interaction_of({"ip": ip, "userAgent": agent, **place}, [], user_id=subject),
    )


def webhook(subject: str, at: datetime | None = None, *, agent: str = making.FIREFOX, ip: str = HOME) -> None:
    content = {"userId": subject, "userAgent": agent, "userIp": ip, "application": {"id": "ledgerly0000000000001"}}
    events.obey(settings.SITES[0], Delivery("PostSignIn", at or timezone.now(), content))


def after(clock: Clock, minutes: int) -> list[Sent]:
    """What was mailed within these minutes."""
    mail.outbox.clear()
    for _minute in range(minutes):
        clock.shift(MINUTE)
        reading.go_round()
    outbox.send_due()
    return [Sent(number) for number in range(len(mail.outbox))]


def test_a_new_device_is_told_with_when_where_and_how_far(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME, ip=ELSEWHERE, city="Leeds")
    assert after(clock, 14) == []
    (one,) = after(clock, 4)
    assert one.message.to == [ADA]
    assert one.message.subject == "Fernhill: A new device signed in to your account"
    for form in (one.text, one.html):
        assert "Chrome on Windows" in form
        assert ELSEWHERE in form
        assert "Leeds, United Kingdom" in form
        assert "Ledgerly" in form
        assert "Signed in" in form
        assert "/not-me/?token=" in form
    assert "When: 20 November 2026" in one.text.replace("When: Friday, ", "When: ")
    assert AuditEntry.objects.get(change="new-device").device == "Chrome on Windows"


def test_the_webhook_alone_is_enough_and_log_and_webhook_together_are_one_mail(clock: Clock, logto: Logto) -> None:
    webhook(ada(logto), agent=making.CHROME)
    webhook(ada(logto), agent=making.CHROME)
    happened(logto, ada(logto), timezone.now() - timedelta(seconds=2), agent=making.CHROME)
    assert len(after(clock, 20)) == 1
    webhook(ada(logto), agent=making.CHROME)
    assert after(clock, 20) == []
    webhook(ada(logto), agent=making.SAFARI)
    assert len(after(clock, 20)) == 1


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"agent": making.FIREFOX.replace("133", "134")},
        {"ip": "203.0.99.1"},
        {"ip": "::ffff:203.0.113.200"},
    ],
    ids=["the same", "a newer version", "the same provider", "the same address as IPv6"],
)
def test_a_known_device_is_not_told(clock: Clock, logto: Logto, known: dict[str, str]) -> None:
    happened(logto, ada(logto), **known)  # type: ignore[arg-type]  # of texts
    assert after(clock, 20) == []


def test_a_device_that_moves_about_its_place_is_known(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), ip=ELSEWHERE, city="Leeds")
    assert len(after(clock, 20)) == 1
    webhook(ada(logto), ip=ABROAD)  # which tells no place
    happened(logto, ada(logto), ip=ABROAD, city="Leeds")
    assert after(clock, 20) == []
    happened(logto, ada(logto), ip="100.64.0.1", city="York")
    assert len(after(clock, 20)) == 1


def test_everything_of_15_minutes_goes_into_one_mail_with_how_far_each_got(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), event=FIRST_STEP, agent=making.CHROME, ip=ELSEWHERE)
    clock.shift(5 * MINUTE)
    happened(logto, ada(logto), agent=making.SAFARI, ip=ABROAD)
    clock.shift(9 * MINUTE)
    happened(logto, ada(logto), event=SIGN_IN, refused=True, agent=making.SAFARI, ip=ELSEWHERE)
    (one,) = after(clock, 20)
    assert one.message.subject == "Fernhill: A new device signed in to your account"
    assert one.text.count("The first step, and no further") == 2
    assert one.text.count("How far: Signed in") == 1
    assert "If any of it wasn’t you" in one.text
    happened(logto, ada(logto), agent=making.SAFARI, ip=ELSEWHERE)
    (further,) = after(clock, 20)
    assert "How far: Signed in" in further.text


def test_who_never_got_past_the_first_step_is_told_of_as_that(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), event=FIRST_STEP, agent=making.CHROME, ip=ELSEWHERE)
    (one,) = after(clock, 20)
    assert one.message.subject == "Fernhill: Someone started to sign in to your account on a new device"


def test_nobody_is_told_of_the_device_they_registered_with(clock: Clock, logto: Logto) -> None:
    new = making.add_person(logto.state, "newcomer").id
    happened(logto, new, event=REGISTRATION)
    assert after(clock, 20) == []
    happened(logto, new, ip=ABROAD)
    assert len(after(clock, 20)) == 1


def test_while_the_log_cannot_be_read_the_mail_leaves_half_an_hour_later(clock: Clock, logto: Logto) -> None:
    logto.faults.add("500", path="/api/logs")
    webhook(ada(logto), agent=making.CHROME)
    devices.know(settings.SITES[0].tenant, [Sighting(ada(logto), START, Reached.SIGNED_IN, making.FIREFOX, HOME)])
    assert after(clock, 44) == []
    assert len(after(clock, 3)) == 1
    logto.faults.clear()
    Tenant.forget_all()
    happened(logto, ada(logto), timezone.now() - 30 * MINUTE, agent=making.SAFARI)  # lost meanwhile
    assert len(after(clock, 5)) == 1


def test_a_person_who_switched_it_off_is_told_nothing_and_no_flood_comes_when_it_is_on_again(
    clock: Clock, logto: Logto
) -> None:
    from settings_app.models import AlertSettings

    choice = AlertSettings.objects.create(tenant=settings.SITES[0].tenant, subject=ada(logto), new_devices=False)
    happened(logto, ada(logto), agent=making.CHROME, ip=ELSEWHERE)
    assert after(clock, 20) == []
    choice.delete()
    happened(logto, ada(logto), agent=making.CHROME, ip=ELSEWHERE)
    assert after(clock, 20) == []
    assert alert_settings.wants_new_devices(choice.tenant, choice.subject)


def test_an_operator_who_switched_it_off_asks_logto_nothing_and_keeps_nothing(clock: Clock, logto: Logto) -> None:
    before = ReadLog.objects.get()
    with override_settings(SITES=(replace(settings.SITES[0], new_device_alerts=False),)):
        webhook(ada(logto), agent=making.CHROME)
        clock.shift(20 * MINUTE)
        reading.go_round()
    after = ReadLog.objects.get()
    assert (after.read_until, after.tried_at) == (before.read_until, before.tried_at)
    assert not KnownDevice.objects.exists()


def test_suspended_and_deleted_people_are_told_nothing(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME)
    happened(logto, "gone00000001", agent=making.CHROME)
    logto.state.person("ada").user["isSuspended"] = True
    assert after(clock, 20) == []
    assert not KnownDevice.objects.filter(subject="gone00000001").exists()


def test_a_refused_read_of_the_person_is_tried_again(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME)
    logto.faults.add("500", path="/api/users/*")
    assert after(clock, 20) == []
    logto.faults.clear()
    Tenant.forget_all()
    assert len(after(clock, 2)) == 1


def test_of_two_processes_one_tells(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME)
    after(clock, 2)
    rows = list(devices.waiting(settings.SITES[0].tenant))
    assert [devices.settle(rows), devices.settle(rows)] == [True, False]


def test_this_was_not_me_makes_the_device_new_again(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME, ip=ELSEWHERE)
    after(clock, 20)
    devices.suspect(settings.SITES[0].tenant, ada(logto), since=timezone.now() - timedelta(days=10))
    happened(logto, ada(logto), agent=making.CHROME, ip=ELSEWHERE)
    assert len(after(clock, 20)) == 1


def test_nothing_of_a_device_can_be_read_once_it_was_told_and_it_goes_with_the_time(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME, ip=ELSEWHERE, city="Leeds")
    after(clock, 2)
    held = str(list(KnownDevice.objects.values()))
    assert not any(word in held for word in ("Chrome", ELSEWHERE, "Leeds"))
    after(clock, 18)
    assert set(KnownDevice.objects.values_list("sealed", flat=True)) == {""}
    clock.shift(timedelta(days=401))
    assert retention.delete_old()["devices"] == 2


def test_after_a_change_of_the_key_devices_stay_known(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), agent=making.CHROME)
    after(clock, 20)
    with override_settings(SECRET_KEY="another key" * 6, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        happened(logto, ada(logto), agent=making.CHROME)
        happened(logto, ada(logto))
        assert after(clock, 20) == []


def test_more_than_one_page_of_the_log_is_read_and_a_long_absence_caught_up_with(clock: Clock, logto: Logto) -> None:
    clock.shift(timedelta(hours=30))
    for number in range(250):
        happened(logto, ada(logto), timezone.now() - timedelta(hours=29), ip=f"10.0.0.{number}")
    happened(logto, ada(logto), timezone.now() - timedelta(hours=29), agent=making.SAFARI)
    (one,) = after(clock, 3)
    assert "Safari" in one.text


def test_a_password_that_was_reset_is_found_in_the_log_and_told_once(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), event=password_resets.EVENT, agent=making.CHROME)
    (one,) = after(clock, 20)
    assert one.message.subject == "Fernhill: Your password was reset"
    assert "Chrome on Windows" in one.text
    clock.shift(timedelta(days=1))
    happened(logto, ada(logto), event=password_resets.EVENT)
    assert len(after(clock, 5)) == 1


@pytest.mark.django_db(transaction=True)  # it closes old connections
def test_the_mail_loop_looks_for_sign_ins(clock: Clock, logto: Logto) -> None:
    happened(logto, ada(logto), timezone.now() - 20 * MINUTE, agent=making.CHROME)
    earlier = timezone.now() - 21 * MINUTE
    ReadLog.objects.update(read_until=earlier, tried_at=earlier)
    send_notices.look_for_sign_ins()
    assert Notice.objects.filter(change="new-device", state=Notice.State.DONE).count() == 1


# A thousand histories: what each person is to be told is worked out once more, by another way.
PLACES = ((HOME, "Leeds"), (ELSEWHERE, "Leeds"), (ABROAD, "Bern"), ("100.64.0.1", None))
AGENTS = (making.FIREFOX, making.CHROME)


@dataclass(frozen=True)
class Event:
    at: datetime
    reached: int
    agent: str
    address: str
    city: str | None = None

    @property
    def device(self) -> tuple[str, str]:
        return self.agent, self.address

    @property
    def at_place(self) -> tuple[str, str | None]:
        return self.agent, self.city


History = tuple[list[Event], list[Event]]


def history(chance: random.Random) -> History:
    """What happened days before anybody looked, and what happens within two hours."""

    def one(at: datetime, reached: Reached) -> Event:
        return Event(at, reached, chance.choice(AGENTS), *chance.choice(PLACES))

    before = [one(START - timedelta(days=2, minutes=n), Reached.SIGNED_IN) for n in range(chance.choice((0, 2, 3, 4)))]
    moments = sorted(chance.sample(range(60, 7200), chance.randint(1, 3)))
    stages = (Reached.FIRST_STEP, *[Reached.SIGNED_IN] * 3)
    return before, [one(START + timedelta(seconds=second), chance.choice(stages)) for second in moments]


def wrong(before: list[Event], now: list[Event], mails: list[list[Event]]) -> list[str]:
    """What these mails lack, or tell too often, by the history itself."""
    found = []
    told = [(one.device, one.reached) for mailed in mails for one in mailed]
    starts = [min(one.at for one in mailed) for mailed in mails]
    found += ["told twice"] if len(told) > len(set(told)) else []
    found += ["two mails in a window"] if any(b - a < WINDOW for a, b in pairwise(starts)) else []
    spans = [max(one.at for one in mailed) - min(one.at for one in mailed) for mailed in mails]
    found += ["not of one window"] if any(span >= WINDOW for span in spans) else []
    known = {event.device for event in before}
    places = {event.at_place for event in before if event.city}
    found += ["a known one was told"] if known & {device for device, _reached in told} else []
    missed = []
    for device in {event.device for event in now} - known:
        seen = [event for event in now if event.device == device]
        moved = {event.at_place for event in now if event.device != device and event.reached is Reached.SIGNED_IN}
        got = max(event.reached for event in seen)
        if not seen[0].city or seen[0].at_place not in places | moved:
            missed += [device] if (device, got) not in told else []
    # Of somebody whom Logto has never seen, the first device that got in is the person's own.
    excused = 0 if before or not any(event.reached is Reached.SIGNED_IN for event in now) else 1
    found += ["missed"] if len(missed) > excused else []
    return found


@pytest.mark.timeout(180)  # seconds of work, minutes on a busy machine
def test_a_thousand_histories_with_webhooks_lost_and_doubled(clock: Clock, logto: Logto) -> None:
    chance, told = random.Random(12), 0  # noqa: S311  # invented histories, the same each time
    for batch in range(8):
        clock.move_to(START)
        ReadLog.objects.all().delete()
        logto.state.logs.clear()
        reading.go_round()
        people = [making.add_person(logto.state, f"person{batch}x{n}").id for n in range(125)]
        histories = {subject: history(chance) for subject in people}
        run(clock, logto, chance, histories)
        mails = {subject: mails_to(subject) for subject in people}
        problems = {subject: wrong(*histories[subject], mails[subject]) for subject in people}
        assert {subject: found for subject, found in problems.items() if found} == {}
        told += sum(len(each) for each in mails.values())
    assert told > 500  # or there was nothing to be wrong about


def run(clock: Clock, logto: Logto, chance: random.Random, histories: dict[str, History]) -> None:
    """Three hours in steps of ten minutes. Of the webhooks 15 of 100 are lost and 15 come twice."""
    coming: list[tuple[str, Event]] = []
    for subject, (before, now) in histories.items():
        for one in before:
            happened(logto, subject, one.at, agent=one.agent, ip=one.address, city=one.city)
        coming += [(subject, one) for one in now]
    coming.sort(key=lambda each: each[1].at)
    for _step in range(18):
        clock.shift(10 * MINUTE)
        told_by_itself: list[Sighting] = []
        while coming and coming[0][1].at <= timezone.now():
            subject, one = coming.pop(0)
            happened(logto, subject, one.at, event=FIRST_STEP, agent=one.agent, ip=one.address, city=one.city)
            if one.reached is Reached.FIRST_STEP:
                continue
            happened(logto, subject, one.at, agent=one.agent, ip=one.address, city=one.city)
            seen = Sighting(subject, one.at, Reached.SIGNED_IN, one.agent, one.address)
            told_by_itself += [seen] * chance.choices((0, 1, 2), (15, 70, 15))[0]
        devices.note(settings.SITES[0].tenant, told_by_itself)  # what obeying webhooks comes to
        reading.go_round()


def mails_to(subject: str) -> list[list[Event]]:
    found = []
    for notice in Notice.objects.filter(subject=subject).order_by("pk"):
        facts = notices.facts_of(notice)
        assert facts is not None
        found.append(
            [
                Event(datetime.fromisoformat(one["at"]), one["reached"], one["user_agent"], one["address"])
                for one in facts.sightings
            ]
        )
    return found
