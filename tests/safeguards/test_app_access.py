"""Taking back what apps of other companies were allowed, interrupted and refused anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import responses

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import SITE_APP_ID
from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError
from settings_app.safeguards import sessions
from settings_app.safeguards.app_access import remove_access, remove_all_access
from settings_app.safeguards.declined import Declined, Unfinished
from tests.interrupting import FAULTS, Line
from tests.safeguards.conftest import Asking

LEDGERLY = "ledgerly0000000000001"
QUORUM = "quorum000000000000001"
FORUM = "fernhillforum00000001"
TIDEPOOL = "tidepoolnotes00000001"

Left = tuple[list[str], list[str], int]


@pytest.fixture
def line(logto: Logto, logto_mock: responses.RequestsMock) -> Line:
    return Line.between(logto, logto_mock)


@pytest.fixture
def amara(asking: Asking) -> Actor:
    actor = asking("amara")
    actor.tenant.applications()
    return actor


def arrange(logto: Logto) -> None:
    """Ledgerly holds organisations and three grants: in a session that is also this site's, in its own, in none."""
    state, person = logto.state, logto.state.person("amara")
    for kept in (state.grants, state.sessions):
        for name in [name for name, one in kept.items() if one.account_id == person.id]:
            del kept[name]
    shared = making.add_session(state, person, hours_ago=1)
    making.add_grant(state, person, LEDGERLY, "openid", session=shared)
    own = making.add_session(state, person, hours_ago=2, client_id=LEDGERLY)
    making.add_grant(state, person, LEDGERLY, "openid offline_access", session=own)
    making.add_grant(state, person, LEDGERLY, "openid offline_access")
    making.add_grant(state, person, SITE_APP_ID, "openid", session=shared)
    making.add_grant(state, person, FORUM, "openid")
    making.add_grant(state, person, QUORUM, "openid")
    state.consent_organizations[LEDGERLY, person.id] = ["okaforstudio", "harbourenrgy"]


def left(logto: Logto) -> Left:
    """The apps with access, the organisations Ledgerly may act in, and how many sessions are listed."""
    state, person = logto.state, logto.state.person("amara")
    apps = sorted(one.client_id for one in state.grants.values() if one.account_id == person.id)
    sessions = sum(one.account_id == person.id for one in state.sessions.values())
    return apps, state.consent_organizations[LEDGERLY, person.id], sessions


WITHOUT_LEDGERLY: Left = (sorted([SITE_APP_ID, FORUM, QUORUM]), [], 1)
WITHOUT_ANY: Left = (sorted([SITE_APP_ID, FORUM]), [], 1)


def calls_of(logto: Logto, line: Line, action: Callable[[], None]) -> int:
    arrange(logto)
    line.begin()
    action()
    return len(line.calls)


def test_access_goes_with_organisations_and_the_sessions_that_it_leaves_dead(
    amara: Actor, logto: Logto, line: Line
) -> None:
    count = calls_of(logto, line, lambda: remove_access(amara, LEDGERLY))
    assert left(logto) == WITHOUT_LEDGERLY
    assert count == 7  # grants, organisations, three grants, sessions, one of them
    assert line.calls[1].startswith("PUT ")
    remove_access(amara, LEDGERLY)  # once more, with nothing left
    assert left(logto) == WITHOUT_LEDGERLY


def test_all_access_goes_but_for_the_tenants_own_apps(amara: Actor, logto: Logto, line: Line) -> None:
    calls_of(logto, line, lambda: remove_all_access(amara))
    assert left(logto) == WITHOUT_ANY


def test_an_app_of_the_tenants_own_keeps_its_access(amara: Actor, logto: Logto) -> None:
    arrange(logto)
    before = left(logto)
    with pytest.raises(Declined) as refused:
        remove_access(amara, FORUM)
    assert (refused.value.code, left(logto)) == ("apps.first_party", before)


def test_a_client_known_by_its_address_is_removed_without_asking_for_organisations(
    asking: Asking, logto: Logto, line: Line
) -> None:
    address = "https://deskpilot.example/oauth/client-metadata.json"
    remove_access(asking("curious"), address)
    assert address not in {one.client_id for one in logto.state.grants.values()}
    assert not [call for call in line.calls if "consent-organizations" in call]


@pytest.mark.parametrize(("action", "end"), [(remove_access, WITHOUT_LEDGERLY), (remove_all_access, WITHOUT_ANY)])
def test_killed_after_any_call_and_done_again_it_ends_right(
    amara: Actor, logto: Logto, line: Line, action: Callable[..., None], end: Left
) -> None:
    chosen = (LEDGERLY,) if action is remove_access else ()
    count = calls_of(logto, line, lambda: action(amara, *chosen))
    for number in range(count):
        arrange(logto)
        line.begin(killed_after=number)
        with pytest.raises(KeyboardInterrupt):
            action(amara, *chosen)
        line.begin()
        action(amara, *chosen)
        assert left(logto) == end, number


def test_whatever_fails_it_ends_done_or_says_what_is_left(amara: Actor, logto: Logto, line: Line) -> None:
    """At every call: not reached, done without an answer, 500, 429. What is said fits what Logto then holds."""
    count = calls_of(logto, line, lambda: remove_access(amara, LEDGERLY))
    for fault in FAULTS:
        for number in range(count):
            arrange(logto)
            untouched = left(logto)
            line.begin(broken=number, fault=fault)
            told = None
            try:
                remove_access(amara, LEDGERLY)
            except (LogtoError, Declined) as error:
                told = error
            line.begin()
            apps, organisations, _sessions = left(logto)
            is_removed = LEDGERLY not in apps and not organisations
            assert is_removed == (told is None), (fault, number)
            if isinstance(told, LogtoError):  # the page says that nothing was changed
                assert left(logto) == untouched, (fault, number)
            else:
                assert told is None or isinstance(told, Unfinished)
            remove_access(amara, LEDGERLY)
            assert left(logto) == WITHOUT_LEDGERLY, (fault, number)


def arrange_elsewhere(logto: Logto) -> None:
    """A device on which Tidepool was allowed all that it may; what Ledgerly may is also allowed without a session."""
    arrange(logto)
    state, person = logto.state, logto.state.person("amara")
    elsewhere = making.add_session(state, person, client_id=TIDEPOOL)
    making.add_grant(state, person, TIDEPOOL, "openid", session=elsewhere)
    state.consent_organizations[TIDEPOOL, person.id] = ["okaforstudio"]


def end_that_one(actor: Actor) -> None:
    for one in actor.account.sessions():
        if TIDEPOOL in one.application_ids:
            sessions.end_one(actor, one)


def acting(logto: Logto) -> set[str]:
    """The apps that can act in an organisation of Amara's."""
    given, amara = logto.state.consent_organizations, logto.state.person("amara").id
    return {app for app in (LEDGERLY, TIDEPOOL) if given[app, amara]}


ENDINGS = [(end_that_one, {LEDGERLY}), (sessions.end_others, {LEDGERLY}), (sessions.end_all, set())]


@pytest.mark.parametrize(("end", "kept"), ENDINGS)
def test_organisations_go_when_the_last_grant_ends_with_a_session(
    amara: Actor, logto: Logto, end: Callable[[Actor], object], kept: set[str]
) -> None:
    arrange_elsewhere(logto)
    end(amara)
    assert acting(logto) == kept


@pytest.mark.parametrize(("end", "kept"), ENDINGS)
def test_they_go_too_when_that_was_killed_after_any_call_and_done_again(
    amara: Actor, logto: Logto, line: Line, end: Callable[[Actor], object], kept: set[str]
) -> None:
    arrange_elsewhere(logto)
    line.begin()
    end(amara)
    for number in range(len(line.calls)):
        arrange_elsewhere(logto)
        line.begin(killed_after=number)
        with pytest.raises(KeyboardInterrupt):
            end(amara)
        line.begin()
        end(amara)
        assert acting(logto) == kept, number


def test_organisations_that_cannot_be_read_keep_no_device_signed_in(
    amara: Actor, logto: Logto, logto_mock: responses.RequestsMock
) -> None:
    arrange_elsewhere(logto)
    logto.faults.add("500", path="/api/users/*/organizations")
    sessions.end_others(amara)
    assert left(logto)[2] == 0


def test_signing_out_where_no_other_companys_app_was_used_asks_nothing_about_them(
    amara: Actor, logto: Logto, line: Line
) -> None:
    state, person = logto.state, logto.state.person("amara")
    arrange(logto)
    state.sessions.clear()
    making.add_session(state, person)
    line.begin()
    sessions.end_others(amara)
    assert len(line.calls) == 2  # the list, and the one of it
