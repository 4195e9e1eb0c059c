"""Times of day are those of the reader's clock or carry the name of their zone; what is short is a length of time."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.formats import Formats, formats_for
from settings_app.shell.http import AccountRequest
from tests.people import client_of

TEMPLATES = sorted((Path(__file__).resolve().parent.parent / "templates").rglob("*.*"))
FIRST_LOAD = {"zone": "Asia/Tokyo"}
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def session_of(client: Client) -> dict[str, object]:
    from settings_app.session import SessionStore

    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return dict(SessionStore(key, site=settings.SITES[0].host).items())


def formats_of(client: Client) -> Formats:
    request = cast("AccountRequest", client.get("/security/").wsgi_request)
    return request.actor.formats


def test_no_template_writes_a_date_or_a_time_by_itself() -> None:
    """Django's filters and its `now` know neither the reader's language nor their zone; the formats tags know both."""
    by_themselves = re.compile(r"\|\s*(?:date|time|timesince|timeuntil)\b|{%\s*now\b|<time\b|\bdatetime=")
    assert [path.name for path in TEMPLATES if by_themselves.search(path.read_text(encoding="utf-8"))] == []


def test_without_a_zone_a_time_of_day_carries_the_name_of_utc(empty: Client) -> None:
    assert formats_of(empty).clock(NOON) == "12:00\u202fPM UTC"


def test_the_zone_of_the_browser_is_kept_in_the_session(empty: Client) -> None:
    page = empty.get("/security/").content.decode()
    answer = empty.post("/time-zone/", FIRST_LOAD)

    assert '<browser-zone kept="">' in page
    assert answer.status_code == 204
    assert formats_of(empty).clock(NOON) == "9:00\u202fPM"
    assert '<browser-zone kept="Asia/Tokyo">' in empty.get("/security/").content.decode()


def test_a_zone_that_a_person_has_chosen_is_the_one(ada: Client, logto: Logto) -> None:
    logto.state.person("ada").user["profile"]["zoneinfo"] = "Europe/Stockholm"
    ada.post("/time-zone/", FIRST_LOAD)

    assert formats_of(ada).clock(NOON) == "13:00"
    assert "<browser-zone" not in ada.get("/security/").content.decode()


def test_a_stored_zone_that_is_none_counts_as_not_chosen(ada: Client, logto: Logto) -> None:
    logto.state.person("ada").user["profile"]["zoneinfo"] = "Mars/Base"
    ada.post("/time-zone/", FIRST_LOAD)

    assert formats_of(ada).clock(NOON) == "21:00"


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "x" * 10_000, "asia/tokyo\0"])
def test_only_a_known_zone_is_kept(empty: Client, zone: str) -> None:
    assert empty.post("/time-zone/", {"zone": zone}).status_code == 400
    assert "zone" not in session_of(empty)


def test_the_zone_is_told_by_this_site_alone(db: None, logto: Logto) -> None:
    client = client_of(logto, "empty")
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = client.cookies

    assert foreign.post("/time-zone/", FIRST_LOAD).status_code == 403
    assert client.get("/time-zone/").status_code == 405
    assert "zone" not in session_of(client)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "The code works for 10 minutes."),
        (180, "The code works for 7 more minutes."),
        (540, "The code works for 1 more minute."),
        (585, "The code works for less than a minute."),
    ],
)
def test_a_code_works_for_a_length_of_time_also_after_a_reload(
    db: None, logto: Logto, seconds: int, words: str
) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        client = client_of(logto, "empty", verified=True)
        client.post("/email/change/", {"email": "ada@new.example"})
        clock.shift(seconds)
        page = " ".join(client.get("/email/confirm/").content.decode().split())
        listed = " ".join(client.get("/security/").content.decode().split())

    assert words in page
    assert words in listed


def test_without_a_script_one_reads_how_long_to_wait(verified_ada: Client) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        verified_ada.post("/email/change/", {"email": "ada@new.example"})
        clock.shift(15)
        page = verified_ada.get("/email/confirm/").content.decode()

    assert 'You can ask for another code in <strong class="numbers">45</strong> seconds.' in page


def test_what_happened_yesterday_names_its_zone_too() -> None:
    yesterday = NOON - timedelta(days=1)
    assert formats_for().moment(yesterday, now=NOON) == "Yesterday at 12:00\u202fPM UTC"
    assert formats_for(zone="UTC").moment(yesterday, now=NOON) == "Yesterday at 12:00\u202fPM"
