"""Connected apps: the list, what each may do and sees, removing access, taking organisations away."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from responses import RequestsMock

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import SITE_APP_ID
from accountsite.sandbox.oidc.claims import SCOPES, userinfo_claims
from accountsite.sandbox.seed_applications import ADDRESS_APP_ID, DELETED_APP_ID, PLAIN_APP_ID, STRANGE_APP_ID
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from settings_app.sections.apps.claims import Known, claims_of
from settings_app.shell.connected_apps import key_of
from tests.interrupting import FAULTS, Line
from tests.people import client_of
from tests.userinfo import filled

LEDGERLY = "ledgerly0000000000001"
QUORUM = "quorum000000000000001"
FORUM = "fernhillforum00000001"
GRANTS = "/api/users/*/grants"
CONSENT = "/api/applications/*/consent-organizations"
OPEN = f"/apps/{LEDGERLY}/"
REMOVE = f"/apps/{LEDGERLY}/remove/"
NARROW = f"/apps/{LEDGERLY}/organizations/"


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


@pytest.fixture
def wren(db: None, logto: Logto) -> Client:
    return client_of(logto, "curious")


def text(client: Client, address: str = "/apps/") -> str:
    """What a person reads of the page."""
    main = client.get(address).content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def source(client: Client, address: str = "/apps/") -> str:
    return client.get(address).content.decode()


def held(logto: Logto, handle: str = "amara") -> set[str]:
    person = logto.state.person(handle)
    return {one.client_id for one in logto.state.grants.values() if one.account_id == person.id}


def organisations(logto: Logto, application_id: str = LEDGERLY, handle: str = "amara") -> list[str]:
    return logto.state.consent_organizations.get((application_id, logto.state.person(handle).id), [])


def known(logto: Logto, handle: str) -> Known:
    account = Tenant.of(settings.SITES[0]).account(logto.state.person(handle).id)
    return Known(account.person(), account.organizations(), account.roles())


def test_show_has_one_entry_for_each_app(wren: Client) -> None:
    shown = text(wren)
    assert "5 apps have access" in shown
    assert shown.count("plain-planner.example") == 1
    assert "Only who you are" in shown  # the one that asked for nothing


def test_show_names_a_client_known_by_its_address_by_its_host_first(wren: Client) -> None:
    assert re.search(r"deskpilot\.example Calls itself Desk Pilot", text(wren))
    opened = text(wren, f"/apps/{key_of(ADDRESS_APP_ID)}/")
    assert "Fernhill doesn’t know this app. Only its address, deskpilot.example, is certain" in opened
    assert "wren@castellanos.example" in opened


def test_show_tells_what_is_left_of_a_deleted_app(wren: Client) -> None:
    assert text(wren).count("An app that no longer exists") == 1
    assert DELETED_APP_ID not in source(wren)


def test_show_lists_the_brands_own_apps_without_a_way_to_remove_them(wren: Client) -> None:
    own = text(wren).partition("Apps by Fernhill")[2]
    assert "Fernhill Account You’re using it now" in own
    assert "Fernhill Forum Last signed in" in own
    assert "Details" not in own
    assert wren.get(f"/apps/{FORUM}/")["Location"] == "/apps/"
    assert "has no access" not in text(wren)


def test_show_of_25_apps_reads_nothing_for_each_of_them(logto: Logto, db: None, logto_mock: RequestsMock) -> None:
    heavy = client_of(logto, "heavy")
    assert "25 apps have access" in text(heavy)
    for address, count in (("/apps/", 3), ("/apps/manyapps0000000000001/", 6)):
        source(heavy, address)
        before = len(logto_mock.calls)
        source(heavy, address)
        assert len(logto_mock.calls) - before == count, address


def test_show_says_that_there_is_nothing(empty: Client) -> None:
    assert "No apps have access Apps you allow to use your account are listed here." in text(empty)


def test_show_says_what_could_not_be_loaded(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path=GRANTS)
    answer = amara.get("/apps/")
    assert (answer.status_code, "We couldn’t load your apps" in answer.content.decode()) == (200, True)


def test_no_word_of_logtos_for_a_grant_reaches_the_page(wren: Client, logto: Logto) -> None:
    shown = source(wren) + source(wren, f"/apps/{PLAIN_APP_ID}/")
    for grant in logto.state.grants.values():
        assert grant.id not in shown
        assert str(grant.payload["jti"]) not in shown


def test_details_say_what_the_app_may_do_in_three_groups(amara: Client) -> None:
    shown = text(amara, OPEN)
    for words in (
        "Your personal data",
        "See your email Email amara@okafor.example Confirmed Yes",
        "Fernhill Billing API See your invoices read:invoices",
        "Organisation data, Okafor Studio and Harbour Energy only See who the members are read:members",
        "See the organisation's usage read:usage",
        "Organisations 2 organisations Okafor Studio",
        "Keeps access while you’re away",
        "Once you add it: Last name",
    ):
        assert words in shown
    assert '<a href="https://ledgerly.example/terms" rel="noreferrer">' in source(amara, OPEN)


def test_details_name_what_nobody_knows(wren: Client) -> None:
    shown = text(wren, f"/apps/{STRANGE_APP_ID}/")
    for words in ("teleport", "https://api.unknown.example beam:up", "fold:paper", "plan garden"):
        assert words in shown


def test_details_without_knowing_what_it_may_ask_for_leave_out_nothing(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/applications/*/user-consent-scopes")
    logto.faults.add("500", path="/api/resources")
    shown = text(amara, OPEN)
    assert "https://billing.fernhill.example read:invoices write:invoices read:usage" in shown


def test_details_of_a_link_that_is_no_web_address_have_none(amara: Client, logto: Logto) -> None:
    logto.state.application_experiences[LEDGERLY]["termsOfUseUrl"] = "javascript:alert(1)"
    assert "javascript:" not in source(amara, OPEN)


def test_details_say_what_could_not_be_loaded(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/organizations")
    logto.faults.add("500", path=CONSENT)
    shown = text(amara, OPEN)
    assert "See which organisations you’re in We couldn’t load what it shows today." in shown
    assert "We couldn’t load which organisations it can act in." in shown
    assert "amara@okafor.example" in shown


def test_details_show_every_value_that_the_app_would_get_and_no_other(logto: Logto, db: None) -> None:
    """Everybody, with every scope there is, against the userinfo answer of the same person."""
    state = logto.state
    state.person("amara").user["profile"]["preferredUsername"] = ""  # emptied, which is not the same as never set
    state.person("amara").user["customData"] = {"plan": {"seats": [1, 2]}, "beta": False}
    for handle in ("ada", "amara", "curious", "social", "enterprise", "empty", "admin", "rtl"):
        expected = filled(userinfo_claims(state, state.person(handle), " ".join(SCOPES)))
        assert filled(claims_of(SCOPES, known(logto, handle))) == expected, handle


def test_details_of_connected_accounts_hold_all_that_they_say(amara: Client, logto: Logto) -> None:
    person = logto.state.person("amara")
    person.user["identities"]["google"]["details"]["rawData"] = {"hd": "okafor.example", "seen": [True, 3]}
    making.add_grant(logto.state, person, QUORUM, "openid identities custom_data")
    shown = text(amara, f"/apps/{QUORUM}/")
    assert "amara.okafor@gmail.example" in shown
    assert "rawData: hd: okafor.example; seen: Yes, 3" in shown
    assert "a.okafor@harbour.example" in shown


def test_a_value_nobody_reads_to_its_end_is_cut_and_says_so(amara: Client, logto: Logto) -> None:
    person = logto.state.person("amara")
    person.user["customData"] = {"notes": "x" * 5000}
    making.add_grant(logto.state, person, QUORUM, "openid custom_data")
    assert "… (4600 more letters)" in text(amara, f"/apps/{QUORUM}/")


def test_remove_says_what_lives_on_until_when(verified_amara: Client, logto: Logto) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        shown = text(verified_amara, REMOVE)
    ends = (now + timedelta(hours=1)).astimezone(ZoneInfo("Europe/Stockholm")).strftime("%H:%M")
    assert f"except for Fernhill Billing API and your organisations, where it may continue until {ends}." in shown
    logto.state.consent_organizations.clear()
    assert "Quorum loses access to your account at once. It may keep" in text(verified_amara, f"/apps/{QUORUM}/remove/")


@pytest.mark.parametrize(
    ("sid", "words"),
    [
        ("sid-here", "You used it in this browser. You stay signed in here"),
        ("sid-other", "On 1 other device, where you used it"),
        ("", "perhaps in this browser too"),
    ],
)
def test_remove_says_where_one_has_to_sign_in_again(logto: Logto, db: None, sid: str, words: str) -> None:
    person = logto.state.person("amara")
    session = making.add_session(logto.state, person, sid="sid-here")
    making.add_session(logto.state, person, sid="sid-other")
    making.add_grant(logto.state, person, LEDGERLY, "openid", session=session)
    assert words in text(client_of(logto, "amara", verified=True, sid=sid), REMOVE)


def test_remove_says_that_one_may_have_to_sign_in_again_where_nobody_can_tell(
    verified_amara: Client, logto: Logto
) -> None:
    assert "sign in again" not in text(verified_amara, REMOVE)
    logto.faults.add("500", path="/api/users/*/sessions")
    assert "Where you used it, perhaps in this browser too" in text(verified_amara, REMOVE)


def test_remove_takes_everything_and_says_so(verified_amara: Client, logto: Logto) -> None:
    assert verified_amara.post(REMOVE)["Location"] == "/apps/"
    assert LEDGERLY not in held(logto)
    assert organisations(logto) == []
    assert {QUORUM, "fernhillbilling000001"} <= held(logto)
    shown = text(verified_amara)
    assert "Access removed." in shown
    assert "Ledgerly may keep using Fernhill Billing API and your organisations until" in shown
    assert "2 apps have access" in shown


def test_remove_of_an_app_used_in_this_browser_keeps_one_signed_in_here(logto: Logto, db: None) -> None:
    """Its session at Logto gets another cookie, and is listed as this device as before."""
    person = logto.state.person("amara")
    session = making.add_session(logto.state, person, sid="sid-here")
    making.add_grant(logto.state, person, LEDGERLY, "openid", session=session)
    amara, cookie = client_of(logto, "amara", verified=True, sid="sid-here"), session.payload["jti"]
    amara.post(REMOVE)
    assert session.payload["jti"] != cookie
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):  # the list of sessions is looked at again
        assert "This device" in text(amara, "/sessions/")


def test_remove_is_recorded_and_announced(verified_amara: Client) -> None:
    verified_amara.post(REMOVE)
    outbox.send_due()
    assert (AuditEntry.objects.get().change, AuditEntry.objects.get().outcome) == ("app-removed", "done")
    assert "An app’s access to your account was removed" in str(mail.outbox[0].subject)


def test_remove_pressed_twice_ends_the_same(verified_amara: Client, logto: Logto) -> None:
    for _ in range(2):
        assert verified_amara.post(REMOVE)["Location"] == "/apps/"
    verified_amara.get("/apps/")
    assert verified_amara.get(REMOVE)["Location"] == "/apps/"
    assert "That app has no access to your account any more." in text(verified_amara)


def test_remove_of_a_client_known_by_its_address(logto: Logto, db: None) -> None:
    wren = client_of(logto, "curious", verified=True)
    assert wren.post(f"/apps/{key_of(ADDRESS_APP_ID)}/remove/")["Location"] == "/apps/"
    assert ADDRESS_APP_ID not in held(logto, "curious")


def test_remove_never_touches_the_brands_own_apps_nor_other_people(verified_amara: Client, logto: Logto) -> None:
    before, others = held(logto), held(logto, "curious")
    for application_id in ("fernhillbilling000001", SITE_APP_ID, PLAIN_APP_ID, "nothing"):
        verified_amara.post(f"/apps/{application_id}/remove/")
    assert held(logto) == before
    assert held(logto, "curious") == others


def test_remove_whatever_call_fails_tells_the_truth(
    verified_amara: Client, logto: Logto, logto_mock: RequestsMock
) -> None:
    """Every call of the whole request, in each of four ways; then once more with nothing in the way."""
    grant = next(one for one in logto.state.grants.values() if one.client_id == LEDGERLY)
    owner, given = (LEDGERLY, grant.account_id), organisations(logto)
    source(verified_amara)  # what belongs to the tenant is known
    line = Line.between(logto, logto_mock)
    verified_amara.post(REMOVE)
    calls = len(line.calls)
    for fault in FAULTS:
        for number in range(calls):
            logto.state.grants[grant.id], logto.state.consent_organizations[owner] = grant, given
            line.begin(broken=number, fault=fault)
            answer = verified_amara.post(REMOVE)
            line.begin()
            page = answer.content.decode()
            is_gone = LEDGERLY not in held(logto) and not organisations(logto)
            where = (fault.__name__, line.calls, number, answer.status_code)
            if answer.status_code == 302:
                assert is_gone, where
                continue
            assert answer.status_code in (429, 503), where
            if re.search("othing was (changed|saved)", page):
                assert (LEDGERLY in held(logto), organisations(logto)) == (True, given), where
            else:
                assert "some of it may be left" in page or "can’t load" in page, where
            assert verified_amara.post(REMOVE)["Location"] == "/apps/"
            assert (LEDGERLY in held(logto), organisations(logto)) == (False, []), where


def test_organisations_are_taken_away_without_removing_the_app(verified_amara: Client, logto: Logto) -> None:
    assert "It still sees the names of all organisations you’re in." in text(verified_amara, NARROW)
    answer = verified_amara.post(NARROW, {"organizations": ["okaforstudio"]})
    assert answer["Location"] == OPEN
    assert (organisations(logto), LEDGERLY in held(logto)) == (["okaforstudio"], True)
    assert "Organisation data, Okafor Studio only" in text(verified_amara, OPEN)
    assert AuditEntry.objects.get().change == "app-organizations-changed"
    verified_amara.post(NARROW, {})
    assert organisations(logto) == []
    assert "It can’t act in any of your organisations." in text(verified_amara, OPEN)


def test_organisations_are_never_added(verified_amara: Client, logto: Logto) -> None:
    logto.state.memberships["rowingclub01"][logto.state.person("amara").id] = []
    verified_amara.post(NARROW, {"organizations": ["okaforstudio", "rowingclub01"]})
    assert organisations(logto) == ["okaforstudio"]


def test_organisations_left_as_they_are_change_and_announce_nothing(verified_amara: Client, logto: Logto) -> None:
    answer = verified_amara.post(NARROW, {"organizations": ["harbourenrgy", "okaforstudio"]})
    assert "Untick an organisation to take it away from this app." in answer.content.decode()
    assert AuditEntry.objects.get().outcome == "refused"


def test_organisations_whose_answer_was_lost_are_looked_up(verified_amara: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path=CONSENT, method="PUT", after=True, times=1)
    assert verified_amara.post(NARROW, {"organizations": ["okaforstudio"]})["Location"] == OPEN
    logto.faults.add("refused", path=CONSENT, method="PUT")
    answer = verified_amara.post(NARROW, {})
    assert (answer.status_code, organisations(logto)) == (503, ["okaforstudio"])
    assert "We lost the connection and couldn’t confirm the change." in answer.content.decode()


@pytest.mark.parametrize("center", ["ReadOnly", "Off"])
def test_a_tenant_can_keep_this_to_itself(verified_amara: Client, logto: Logto, center: str) -> None:
    logto.state.account_center["fields"]["session"] = center
    shown = source(verified_amara, OPEN)
    assert "Only Fernhill can change this." in shown
    assert REMOVE not in shown
    assert NARROW not in shown
    assert [verified_amara.post(one).status_code for one in (REMOVE, NARROW)] == [403, 403]
    assert LEDGERLY in held(logto)


def test_logos_come_from_this_site_and_only_those_of_the_tenants_apps(amara: Client, logto: Logto) -> None:
    address = re.findall(rf'src="(/apps/{LEDGERLY}/logo/\?\w+)"', source(amara))[0]
    answer = amara.get(address)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/svg+xml", "private, max-age=86400")
    for key in (PLAIN_APP_ID, "nothing", key_of(ADDRESS_APP_ID)):
        assert amara.get(f"/apps/{key}/logo/").status_code == 404
    assert Client().get(address).status_code == 302


def test_the_overview_lists_apps_by_the_names_that_they_were_allowed_by(
    amara: Client, empty: Client, logto: Logto
) -> None:
    logto.state.application_experiences[LEDGERLY]["displayName"] = "Ledgerly Pro"
    assert re.search(r"Connected apps 3 apps have access Ledgerly Pro Since .* Review 3 apps", text(amara, "/"))
    assert "No apps have access" in text(empty, "/")


def test_the_check_up_names_wide_access_that_is_new_and_access_that_nobody_uses(amara: Client, logto: Logto) -> None:
    assert "Check the access of Ledgerly You recently gave it wide access" in text(amara, "/")
    person, state = logto.state.person("amara"), logto.state
    making.add_grant(state, person, QUORUM, "openid offline_access", days_ago=100)
    for grant in [
        one for one in state.grants.values() if one.client_id == QUORUM and "offline" not in str(one.payload)
    ]:
        del state.grants[grant.id]
    assert "Check an app you haven’t signed in to for a while You last allowed Quorum something on" in text(amara, "/")
    session = making.add_session(state, person, hours_ago=1)
    session.payload["authorizations"][QUORUM] = {"sid": "s"}
    assert "signed in to for a while" not in text(amara, "/")  # somebody is signed in to it


def test_the_check_up_leaves_alone_what_was_allowed_long_ago(amara: Client, logto: Logto) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        for grant in logto.state.grants.values():
            if grant.client_id == LEDGERLY:
                grant.payload["iat"] -= 40 * 86400
        assert "wide access" not in text(amara, "/")


@pytest.mark.parametrize(("hours", "ends"), [(12, "until %H:%M."), (13, "until %-d %B %Y.")])
def test_what_lives_on_for_long_ends_on_a_day(verified_amara: Client, logto: Logto, hours: int, ends: str) -> None:
    for resource in logto.state.resources.values():
        resource["accessTokenTtl"] = hours * 3600
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        shown = text(verified_amara, REMOVE)
        verified_amara.post(REMOVE)
        told = text(verified_amara)
    words = (now + timedelta(hours=hours)).astimezone(ZoneInfo("Europe/Stockholm")).strftime(ends)
    assert f"where it may continue {words}" in shown
    assert f"Ledgerly may keep using Fernhill Billing API and your organisations {words}" in told
