"""Activity: one list of two sources, its filters, its pages, and the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from responses import RequestsMock

from accountsite.sandbox import making
from accountsite.sandbox.logs import write_log
from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry, Notice
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from settings_app.sections.activity import file, timeline
from tests.people import client_of

SIGN_IN = "Interaction.SignIn.Submit"
STOPPED = {"code": "session.mfa.require_mfa_verification"}
MINUTE_MS = 60_000


@pytest.fixture
def quiet(logto: Logto, db: None) -> Client:
    """Ada, of whom Logto has written nothing down."""
    logto.state.logs.clear()
    return client_of(logto, "ada")


def log(logto: Logto, key: str, *, ago_ms: int = MINUTE_MS, at_ms: int = 0, **more: Any) -> dict[str, Any]:
    about = {"user_agent": making.CHROME, "ip": "192.0.2.7", "application_id": "ledgerly0000000000001"}
    created_at = at_ms or logto.state.now_ms - ago_ms
    return write_log(logto.state, key, user_id=logto.state.person("ada").id, created_at=created_at, **about | more)


def changed(
    logto: Logto, change: str = "username-changed", *, ago_ms: int = MINUTE_MS, at_ms: int = 0, **more: Any
) -> AuditEntry:
    whose = {"site": "testserver", "tenant": settings.SITES[0].tenant, "subject": logto.state.person("ada").id}
    at = datetime.fromtimestamp((at_ms or logto.state.now_ms - ago_ms) / 1000, UTC)
    return AuditEntry.objects.create(started_at=at, **whose, change=change, **{"outcome": "done"} | more)


def shown(client: Client, query: str = "") -> str:
    return client.get(f"/activity/{query}").content.decode()


def titles(source: str) -> list[str]:
    return re.findall(r'item__title"><bdi>([^<]+)', source)


def rows_of_file(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"/activity/download/{query}")
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def test_show_tells_sign_ins_steps_and_apps_and_folds_what_repeats(amara: Client) -> None:
    source = shown(amara)
    assert titles(source)[:2] == ["Ledgerly stayed signed in", "Signed in"]
    assert "A wrong code of your authenticator app was entered" in source
    assert "<bdi>Gothenburg, Sweden</bdi>" in source
    assert "With password" in source
    times = [int(times) for times in re.findall(r"<span>(\d+) times</span>", source)]
    assert (len(times) <= 3, sum(times) >= 22) == (True, True)  # 25 refreshes, by days


def test_show_asks_about_a_device_that_was_not_seen_before(amara: Client) -> None:
    source = shown(amara)
    new = re.findall(r'<li class="item item--timed item--flagged">.*?</li>', source, re.DOTALL)
    assert ["Gothenburg" in one for one in new] == [True]
    assert 'href="/secure/">This wasn’t me' in new[0]


def test_a_device_is_new_once_and_a_place_counts_where_it_is_named(quiet: Client, logto: Logto) -> None:
    def sign_in(ago_ms: int, agent: str, city: str = "") -> None:
        log(logto, SIGN_IN, ago_ms=ago_ms, user_agent=agent, interaction={"signInContext": {"city": city}})

    sign_in(9 * MINUTE_MS, making.FIREFOX, "Bern")
    sign_in(8 * MINUTE_MS, making.CHROME)  # new
    sign_in(7 * MINUTE_MS, making.CHROME, "Bern")  # it was seen where no place was told
    sign_in(6 * MINUTE_MS, making.FIREFOX)  # it was seen somewhere
    sign_in(5 * MINUTE_MS, making.SAFARI, "Bern")  # new
    sign_in(5 * MINUTE_MS - 1000, making.SAFARI, "Bern")
    sign_in(4 * MINUTE_MS, making.SAFARI, "Porto")  # new there
    sign_in(3 * MINUTE_MS, "a program without a name")
    told = [title == "Signed in from a new device" for title in reversed(titles(shown(quiet)))]
    assert told == [False, True, False, False, True, False, True, False]


def test_what_was_done_from_here_is_no_question(quiet: Client, logto: Logto) -> None:
    """Not even where this device is a new one."""
    quiet.defaults["HTTP_USER_AGENT"] = making.CHROME
    log(logto, SIGN_IN, user_agent=making.SAFARI, ago_ms=9 * MINUTE_MS)
    log(logto, SIGN_IN, ip="127.0.0.1")
    source = shown(quiet)
    assert titles(source) == ["Signed in from a new device", "Signed in"]
    assert ("item--flagged" in source, source.count("This wasn’t me")) == (False, 1)


def test_an_ipv4_address_is_shown_as_one_however_logto_wrote_it(quiet: Client, logto: Logto) -> None:
    """A Logto that listens for both families writes ::ffff: before it; here it is the one that this browser has."""
    quiet.defaults["HTTP_USER_AGENT"] = making.CHROME
    log(logto, SIGN_IN, user_agent=making.SAFARI, ip="::ffff:192.0.2.77", ago_ms=9 * MINUTE_MS)
    log(logto, SIGN_IN, ip="::ffff:127.0.0.1")
    source = shown(quiet)
    assert ("192.0.2.77" in source, "::ffff:" in source) == (True, False)
    assert source.count("This wasn’t me") == 1


def test_nothing_but_named_values_reaches_page_or_file(quiet: Client, logto: Logto) -> None:
    names = ("sessionId", "interactionId", "jti", "extra", "code", "code_verifier")
    planted: dict[str, Any] = dict.fromkeys(names, "planted")
    for key in (SIGN_IN, "ExchangeTokenBy.AuthorizationCode", "ExchangeTokenBy.RefreshToken", "Unknown"):
        row = log(logto, key, params=planted, scope="planted", **planted)
        row["payload"]["error"] = {"message": "planted", "data": "planted"}
        row["payload"]["userAgentParsed"] = planted
    assert "Signed in" in shown(quiet)
    assert "planted" not in shown(quiet)
    assert "planted" not in str(rows_of_file(quiet))


def test_show_tells_this_sites_trail(quiet: Client, logto: Logto) -> None:
    told = changed(logto, "email-changed", device="Firefox on macOS", address="192.0.2.1")
    of_mail = {"site": "testserver", "subject": told.subject, "change": told.change, "due_at": timezone.now()}
    Notice.objects.create(entry=told, state="sent", made_at=timezone.now(), **of_mail)
    changed(logto, "step-up", outcome="refused", ago_ms=2 * MINUTE_MS)
    changed(logto, "profile", reason="nickname", ago_ms=3 * MINUTE_MS)
    changed(logto, "password-changed", outcome="unknown", ago_ms=4 * MINUTE_MS)
    changed(logto, "phone-removed", acting_admin="an-admins-id", ago_ms=5 * MINUTE_MS)
    changed(logto, "username-removed", outcome="refused", ago_ms=6 * MINUTE_MS)
    changed(logto, "email-code-sent", ago_ms=7 * MINUTE_MS)
    changed(logto, "what-a-later-release-wrote", ago_ms=8 * MINUTE_MS)
    source = shown(quiet)
    assert titles(source) == [
        "Your email was changed",
        "Someone failed to confirm it was you",
        "Your profile was changed: Nickname",
        "Someone tried to change your password",
        "Your phone number was removed",
    ]
    assert source.count("We emailed you about it") == 1
    assert source.count("Not confirmed</span>") == 1
    assert source.count("Done by support") == 1
    assert "an-admins-id" not in source


def test_what_may_not_have_been_done_is_told_as_a_try(quiet: Client, logto: Logto, subtests: pytest.Subtests) -> None:
    for outcome in ("unknown", "started"):
        changed(logto, "account-deleted", outcome=outcome)
        with subtests.test(outcome=outcome):
            assert titles(shown(quiet))[0] == "Someone tried to delete your account"
            assert rows_of_file(quiet)[0][2] == "Someone tried to delete your account"
            assert "<span>Someone tried to delete your account</span>" in quiet.get("/secure/").content.decode()
    changed(logto, "account-deleted")
    assert titles(shown(quiet))[0] == "Your account was deleted"


def test_the_list_is_filtered_by_kind_and_by_days(quiet: Client, logto: Logto, subtests: pytest.Subtests) -> None:
    day_ms = 24 * 60 * MINUTE_MS
    log(logto, SIGN_IN, ago_ms=3 * day_ms)
    log(logto, "Interaction.ForgotPassword.Submit", ago_ms=2 * day_ms)
    log(logto, "ExchangeTokenBy.RefreshToken", ago_ms=day_ms)
    changed(logto)
    wanted = {
        "": ["Your username was changed", "Ledgerly stayed signed in", "Your password was reset", "Signed in"],
        "?kind=sign-ins": ["Signed in"],
        "?kind=changes": ["Your username was changed", "Your password was reset"],
        "?kind=apps": ["Ledgerly stayed signed in"],
    }
    everything = wanted[""]
    days = [(timezone.now() - timedelta(days=number)).date().isoformat() for number in range(4)]
    wanted[f"?since={days[2]}&until={days[1]}"] = everything[1:3]
    wanted[f"?since={days[1]}"] = everything[:2]
    wanted[f"?kind=sign-ins&until={days[2]}"] = ["Signed in"]
    wanted["?kind=nonsense&before=nonsense&since=&until="] = everything
    for query, expected in wanted.items():
        with subtests.test(query):
            assert titles(shown(quiet, query)) == expected
            assert [row[2] for row in rows_of_file(quiet, query)] == expected


def test_a_day_that_is_none_is_said_beside_its_field(quiet: Client) -> None:
    for query in ("?since=x", "?until=2026-13-40", "?since=0001-01-01", "?until=9999-12-31"):
        assert "Enter a date, such as" in shown(quiet, query)
    assert "isn’t before the first one" in shown(quiet, "?since=2026-02-01&until=2026-01-01")


def test_an_odd_address_shows_the_newest(quiet: Client, logto: Logto) -> None:
    log(logto, SIGN_IN)
    for before in ("-1", "1e9", "٣", "9" * 5000, "x"):
        assert titles(shown(quiet, f"?before={before}")) == ["Signed in"]
    for empty in ("?before=0", "?since=2999-01-01"):
        assert titles(shown(quiet, empty)) == []


def test_a_sign_in_that_stopped_is_told_unless_it_went_on(
    quiet: Client, logto: Logto, subtests: pytest.Subtests
) -> None:
    stopped = log(logto, SIGN_IN, error=STOPPED, ago_ms=10 * MINUTE_MS)
    with subtests.test("it stopped"):
        assert titles(shown(quiet)) == ["A sign-in stopped at your second step"]
        assert "change your password" in shown(quiet)
    with subtests.test("after another first step than a password"):
        proven = {"verificationRecords": [{"type": "EmailVerificationCode", "verified": True}]}
        stopped["payload"]["interaction"] = proven
        assert "With a code by email" in shown(quiet)
        assert "change your password" not in shown(quiet)
    with subtests.test("somebody else went on"):
        log(logto, SIGN_IN, ip="192.0.2.99", ago_ms=9 * MINUTE_MS)
        assert "A sign-in stopped at your second step" in titles(shown(quiet))
    log(logto, SIGN_IN, ago_ms=9 * MINUTE_MS)
    with subtests.test("it went on"):
        assert "A sign-in stopped at your second step" not in titles(shown(quiet))
    with subtests.test("it went on after the end of this page"):
        before = logto.state.now_ms - 9 * MINUTE_MS - 30_000
        assert titles(shown(quiet, f"?before={before}")) == []


def test_the_first_tokens_of_a_sign_in_are_part_of_it(quiet: Client, logto: Logto) -> None:
    log(logto, SIGN_IN, ago_ms=MINUTE_MS)
    log(logto, "ExchangeTokenBy.AuthorizationCode", ago_ms=MINUTE_MS - 400)
    log(logto, "ExchangeTokenBy.AuthorizationCode", ago_ms=MINUTE_MS - 500, application_id="https://cimd.example/app")
    assert titles(shown(quiet)) == ["Signed in to cimd.example", "Signed in"]


def test_show_reads_everything_at_once(amara: Client, logto_mock: RequestsMock) -> None:
    shown(amara)
    before = len(logto_mock.calls)
    shown(amara)
    paths = [str(call.request.path_url).partition("?")[0] for call in list(logto_mock.calls)[before:]]
    assert sorted(path for path in paths if path == "/api/logs") == ["/api/logs"] * 3
    assert len(paths) == 4


def test_show_stands_without_logtos_log(quiet: Client, logto: Logto) -> None:
    changed(logto)
    logto.faults.add("500", path="/api/logs", times=9)
    answer = quiet.get("/activity/")
    source = answer.content.decode()
    assert (answer.status_code, titles(source)) == (200, ["Your username was changed"])
    assert "We couldn’t load all of your activity." in source
    assert quiet.get("/activity/download/").status_code == 503  # half a file would look like all of it


# Up to three at the same millisecond, of either source: fewer than are read at once, as in life.
MOMENTS = st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.integers(1, 3)), min_size=1, max_size=24, unique=True)


@given(moments=MOMENTS, lines=st.sampled_from((1, 4, 30)), rows=st.integers(4, 6))
@example(moments=[*((ago, True, 1) for ago in range(1, 7)), (9, False, 1)], lines=30, rows=4)  # Logto's log goes on
@example(moments=[*((ago, False, 1) for ago in range(1, 7)), (9, True, 1)], lines=30, rows=4)  # this site's does
@examples(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_hold_everything_once_and_in_order_while_more_arrives(
    quiet: Client, logto: Logto, moments: list[tuple[int, bool, int]], lines: int, rows: int
) -> None:
    AuditEntry.objects.all().delete()
    logto.state.logs.clear()
    now_ms = logto.state.now_ms
    for number, (ago, is_at_logto, _) in enumerate(moments):
        at_ms = now_ms - 10 * MINUTE_MS - ago
        if is_at_logto:
            log(logto, "ExchangeTokenBy.RefreshToken", at_ms=at_ms, application_id=f"https://row{number}.example")
        else:
            changed(logto, at_ms=at_ms, device=f"row{number}")

    def arrives() -> None:
        changed(logto, ago_ms=0, device="New")
        log(logto, SIGN_IN, ago_ms=0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline, "LINES", lines)
        patch.setattr(timeline, "TRAIL_ROWS", rows)
        patch.setattr("settings_app.logto.account.PAGE_SIZE", rows)
        seen = seen_on_pages(quiet, arrives)
    assert sorted(seen) == list(range(len(moments)))
    ages = [moments[number][0] for number in seen]
    assert ages == sorted(ages)


def seen_on_pages(client: Client, arrives: Callable[[], None]) -> list[int]:
    """The rows on every page in order; after each page something new arrives."""
    seen: list[int] = []
    address = "/activity/"
    for _page in range(80):
        source = client.get(address).content.decode()
        seen += [int(number) for number in re.findall(r"<bdi>row(\d+)(?:</bdi>|\.example stayed)", source)]
        older = re.search(r'href="(/activity/\?[^"]*before=\d+)">Show earlier', source)
        if older is None:
            return seen
        address = older[1].replace("&amp;", "&")
        arrives()
    raise AssertionError("no end")


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1", " =1+1")


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_the_file_is_a_formula(name: str) -> None:
    assert file.plain(name) == f"'{name}"
    assert file.plain("Firefox on macOS") == "Firefox on macOS"


def test_the_file_quotes_what_people_chose(quiet: Client, logto: Logto) -> None:
    logto.state.applications["ledgerly0000000000001"]["name"] = '=HYPERLINK("https://evil.example","x"),\nb'
    log(logto, "ExchangeTokenBy.RefreshToken")
    log(logto, SIGN_IN, ago_ms=2 * MINUTE_MS)
    rows = rows_of_file(quiet)
    assert [row[2] for row in rows] == ['\'=HYPERLINK("https://evil.example","x"),\nb stayed signed in', "Signed in"]
    assert rows[1][6].startswith("'=")
    assert len({len(row) for row in rows}) == 1


def test_the_file_says_where_it_ends_too_early(quiet: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MOST_PAGES", 2)
    monkeypatch.setattr("settings_app.logto.account.PAGE_SIZE", 3)
    for number in range(20):
        log(logto, "ExchangeTokenBy.RefreshToken", ago_ms=number * MINUTE_MS)
    rows = rows_of_file(quiet)
    assert rows[-1][2].startswith("Earlier activity isn’t in this file.")
    assert len(rows) == 6  # the last of six read may not be all of its moment


def test_the_file_is_limited(quiet: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.ACTIVITY_FILE, (Rule(Scope.PERSON, 1, 60),))
    assert [quiet.get("/activity/download/").status_code for _ in range(2)] == [200, 429]


def test_the_overview_tells_the_newest_of_both(amara: Client, logto: Logto) -> None:
    amara.post("/profile/nickname/change/", {"nickname": "Countess"})
    overview = amara.get("/").content.decode()
    tile = overview.partition('id="activity"')[2].partition("</section>")[0]
    assert re.findall(r"<dt>([^<]+)", tile) == [
        "Your profile was changed: Nickname",
        "Signed in",
        "Signed in from a new device",
        "Signed in",
    ]
