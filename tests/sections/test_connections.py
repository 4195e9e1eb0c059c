"""The pages of connected accounts: the list, the way to a provider, the account center, removal."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from accountsite.sandbox.api import connectors
from accountsite.sandbox.logto import Logto
from settings_app.logto.types import Connector
from settings_app.models import AuditEntry, OneTimeState
from settings_app.safeguards.audit import Outcome
from settings_app.sections.connections.connected import LONGEST_SHOWN, Connections, one_per_target, readable
from settings_app.sections.connections.leaving import may_be_gone_to
from tests.people import client_of, values_kept
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

CALLBACK = "http://testserver/connections/callback/"


@pytest.fixture
def amara(db: None, logto: Logto) -> Client:
    """Amara has Google connected, and confirmed a moment ago that it's her."""
    return client_of(logto, "amara", verified=True)


def page(client: Client, path: str = "/security/") -> str:
    return client.get(path).content.decode()


def link_to_provider(client: Client, target: str = "github") -> str:
    """Presses "Continue" without script; the address that the page's one link leads to."""
    shown = page(client, f"/connections/{target}/connect/")
    replaces = re.search(r'name="replaces"(?: value="(\w*)")?', shown)
    answer = client.post(f"/connections/{target}/connect/", {"replaces": (replaces and replaces[1]) or ""})
    found = re.search(r'href="(http://localhost:3301/provider/[^"]*)"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1].replace("&amp;", "&")


def outcomes(change: str) -> list[str]:
    return [row.outcome for row in AuditEntry.objects.filter(change=change)]


def test_every_connector_is_listed_with_its_account_or_without(amara: Client) -> None:
    shown = page(amara)
    assert re.search(r"Google.*amara\.okafor@gmail\.example.*Replace.*GitHub.*Not connected.*Connect", shown, re.DOTALL)


def test_the_old_address_leads_to_that_part_of_the_security_page(amara: Client) -> None:
    assert amara.get("/connections/")["Location"] == "/security/#social"


def test_connectors_that_cannot_be_linked_lead_elsewhere(amara: Client) -> None:
    assert 'href="/connections/line/elsewhere/"' in page(amara)


def test_connectors_that_cannot_be_linked_are_not_offered_without_the_account_center(
    amara: Client, logto: Logto
) -> None:
    logto.state.account_center["enabled"] = False
    shown = page(amara)
    assert "LINE" not in shown
    assert "GitHub" in shown


def test_names_are_in_the_persons_language(asking: Asking, logto: Logto) -> None:
    logto.state.connectors["connectorgithub000001"]["name"]["de"] = "Gitzentrale"
    with override("de"):
        github = Connections.read(asking("ada")).of_target("github")
    assert github
    assert github.name == "Gitzentrale"


def test_an_account_of_a_provider_no_longer_offered_can_only_be_removed(amara: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["socialSignInConnectorTargets"] = ["github"]
    shown = page(amara)
    assert "any more." in shown
    assert 'href="/connections/google/remove/"' in shown
    assert 'href="/connections/google/connect/"' not in shown
    assert amara.get("/connections/google/connect/").status_code == 404


def test_what_a_provider_says_is_text(amara: Client, logto: Logto) -> None:
    details = logto.state.person("amara").user["identities"]["google"]["details"]
    details["email"] = "<script>alert(1)</script>\u202e\n" + "x" * 500
    shown = page(amara)
    assert "&lt;script&gt;" in shown
    assert "\u202e" not in shown
    assert "x" * LONGEST_SHOWN not in shown


def test_a_connector_for_the_web_is_preferred_and_one_for_apps_left_out() -> None:
    kinds = [("n", "Native"), ("u", "Universal"), ("w", "Web"), ("v", "Universal")]
    connectors = [Connector(name, target="wechat", platform=platform) for name, platform in kinds]
    assert one_per_target(connectors)["wechat"].id == "w"
    assert one_per_target(connectors[:2])["wechat"].id == "u"
    assert one_per_target(connectors[:1]) == {}


def test_work_accounts_are_shown_and_cannot_be_changed(amara: Client) -> None:
    shown = page(amara)
    assert "Harbour Energy" in shown
    assert "a.okafor@harbour.example" in shown
    assert "Your organisation manages this account." in shown
    assert "Managed" in shown


def test_a_read_only_tenant_shows_accounts_and_refuses_changes(amara: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["social"] = "ReadOnly"
    shown = page(amara)
    assert "Read-only" in shown
    assert "GitHub" not in shown
    assert amara.get("/connections/google/connect/").status_code == 403
    assert amara.post("/connections/google/remove/").status_code == 403
    assert "google" in logto.state.person("amara").user["identities"]


def test_a_tenant_that_keeps_it_off_shows_none(amara: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["social"] = "Off"
    assert "Google" not in page(amara)


def test_connecting_leads_to_the_address_that_logto_names(verified_ada: Client) -> None:
    query = parse_qs(urlsplit(link_to_provider(verified_ada)).query)
    assert query["redirect_uri"] == [CALLBACK]
    assert len(query["state"][0]) >= 43
    kept = values_kept()
    assert (kept["connector_id"], kept["redirect_uri"], kept["target"]) == ("connectorgithub000001", CALLBACK, "github")
    assert outcomes("connection-started") == [Outcome.DONE]


def test_the_address_comes_back_whatever_host_the_request_names(verified_ada: Client) -> None:
    answer = verified_ada.post("/connections/github/connect/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in answer.content.decode()
    assert values_kept()["redirect_uri"] == CALLBACK


def test_with_script_the_browser_is_sent_there_at_once(verified_ada: Client) -> None:
    answer = verified_ada.post("/connections/github/connect/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith("http://localhost:3301/provider/github?")


def test_nothing_is_said_on_the_way_back_that_was_meant_for_the_way_there(verified_ada: Client) -> None:
    verified_ada.post("/connections/github/connect/", headers={"HX-Request": "true"})
    assert "Continue at the other account" not in page(verified_ada)
    assert "Continue at the other account" not in verified_ada.post("/connections/github/connect/").content.decode()


@pytest.mark.parametrize(
    "address", ["http://provider.example/?state=x", "javascript:alert(1)", "https://", "//x.example"]
)
def test_nobody_is_sent_to_an_address_without_https(
    verified_ada: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(connectors, "_provider_address", lambda *_asked: address)
    answer = verified_ada.post("/connections/github/connect/", headers={"HX-Request": "true"})
    assert not answer.has_header("HX-Redirect")


@pytest.mark.parametrize(
    ("address", "endpoint", "may"),
    [
        ("https://provider.example/a?b", "https://auth.example", True),
        ("http://provider.example/a", "https://auth.example", False),
        ("http://localhost:3301/provider", "http://localhost:3301", True),
        ("http://localhost:3301/provider", "https://auth.example", False),
        ("http://provider.example/a", "http://localhost:3301", False),
        ("https://provider.example/a\nb", "https://auth.example", False),
        ("https://[", "https://auth.example", False),
        ("https:///path", "https://auth.example", False),
    ],
)
def test_where_one_may_be_sent(address: str, endpoint: str, may: bool) -> None:
    assert may_be_gone_to(replace(settings.SITES[0], endpoint=endpoint), address) is may


def test_a_connector_that_answers_501_is_not_offered_again(
    verified_ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors, "NEED_A_HOSTED_SESSION", frozenset({"github-universal"}))
    answer = verified_ada.post("/connections/github/connect/")
    assert "You can’t connect GitHub from this page." in answer.content.decode()
    assert 'href="/connections/github/elsewhere/"' in page(verified_ada)
    assert verified_ada.get("/connections/github/connect/")["Location"] == "/connections/github/elsewhere/"


def test_a_connector_nobody_has_is_not_found(verified_ada: Client) -> None:
    assert verified_ada.get("/connections/nothing/connect/").status_code == 404
    assert verified_ada.get("/connections/nothing/elsewhere/").status_code == 404


def test_another_account_is_named_before_it_is_replaced(amara: Client) -> None:
    shown = page(amara, "/connections/google/connect/")
    assert "Replace your Google account?" in shown
    assert "amara.okafor@gmail.example" in shown


def test_connecting_needs_the_page_to_have_shown_what_is_replaced(amara: Client) -> None:
    answer = amara.post("/connections/google/connect/", {"replaces": ""})
    assert "This changed in another window." in answer.content.decode()
    assert OneTimeState.objects.count() == 0
    again = re.search(r'name="replaces" value="(\w+)"', answer.content.decode())
    assert again
    assert "provider/google" in amara.post("/connections/google/connect/", {"replaces": again[1]}).content.decode()


def test_too_many_starts_are_refused(verified_ada: Client) -> None:
    for _once in range(20):
        link_to_provider(verified_ada)
    answer = verified_ada.post("/connections/github/connect/")
    assert answer.status_code == 429
    assert OneTimeState.objects.count() == 4


def test_logto_down_at_the_start_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/connectors/*/authorization-uri", method="POST")
    answer = verified_ada.post("/connections/github/connect/")
    assert answer.status_code == 503
    assert "We can’t save right now. Nothing was changed." in answer.content.decode()


def test_a_connector_removed_meanwhile_is_told_at_the_start(verified_ada: Client, logto: Logto) -> None:
    page(verified_ada, "/connections/github/connect/")
    del logto.state.connectors["connectorgithub000001"]
    answer = verified_ada.post("/connections/github/connect/")
    assert "You can no longer connect GitHub." in answer.content.decode()


def test_elsewhere_leads_to_the_account_center_and_back(verified_ada: Client) -> None:
    assert "localhost:3301" in page(verified_ada, "/connections/line/elsewhere/")
    answer = verified_ada.post("/connections/line/elsewhere/")
    back = "redirect=http%3A%2F%2Ftestserver%2Fconnections%2Freturn%2F"
    assert answer["Location"] == f"http://localhost:3301/account/social/connectorline00000001?{back}"


def test_what_was_connected_elsewhere_is_told_and_announced(verified_ada: Client, logto: Logto) -> None:
    verified_ada.post("/connections/line/elsewhere/")
    identities = logto.state.person("ada").user["identities"]
    identities["line"] = {"userId": "l-1", "details": {"id": "l-1", "name": "Ada"}}
    shown = verified_ada.get("/connections/return/", follow=True).content.decode()
    assert "LINE connected. You can now sign in with it." in shown
    assert 'href="/secure/sign-out-others/"' in shown
    assert outcomes("connection-added") == [Outcome.DONE]
    verified_ada.get("/connections/return/")
    assert outcomes("connection-added") == [Outcome.DONE]


def test_going_back_in_the_browser_is_coming_back_where_something_was_connected(
    verified_ada: Client, logto: Logto
) -> None:
    """Logto's page says that it was, and leads back by its button alone."""
    verified_ada.post("/connections/line/elsewhere/")
    assert verified_ada.get("/connections/line/elsewhere/").status_code == 200
    logto.state.person("ada").user["identities"]["line"] = {"userId": "l-1", "details": {"id": "l-1", "name": "Ada"}}
    shown = verified_ada.get("/connections/line/elsewhere/", follow=True).content.decode()
    assert "LINE connected. You can now sign in with it." in shown
    assert outcomes("connection-added") == [Outcome.DONE]
    assert verified_ada.get("/connections/line/elsewhere/").status_code == 200


def test_what_was_replaced_or_removed_elsewhere_is_told(verified_ada: Client, logto: Logto) -> None:
    identities = logto.state.person("ada").user["identities"]
    identities["line"] = {"userId": "l-1", "details": {"name": "Old"}}
    identities["apple"] = {"userId": "a-1", "details": {"name": "Old"}}
    assert "/connectorline00000001/change?" in verified_ada.post("/connections/line/elsewhere/")["Location"]
    verified_ada.post("/connections/apple/elsewhere/")
    identities["line"] = {"userId": "l-2", "details": {"name": "New"}}
    del identities["apple"]
    shown = verified_ada.get("/connections/return/", follow=True).content.decode()
    assert "LINE replaced. You now sign in with New." in shown
    assert "Connected account removed." in shown
    assert outcomes("connection-replaced") == outcomes("connection-removed") == [Outcome.DONE]


def test_nothing_done_elsewhere_is_said(verified_ada: Client) -> None:
    verified_ada.post("/connections/line/elsewhere/")
    assert "Nothing was changed." in verified_ada.get("/connections/return/", follow=True).content.decode()
    assert verified_ada.get("/connections/return/")["Location"] == "/security/"
    assert outcomes("connection-added") == []


def test_elsewhere_says_so_where_there_is_no_account_center(verified_ada: Client, logto: Logto) -> None:
    logto.state.account_center["enabled"] = False
    shown = page(verified_ada, "/connections/line/elsewhere/")
    assert "to an existing account" in shown
    assert verified_ada.post("/connections/line/elsewhere/").status_code == 200


def test_elsewhere_is_not_for_what_can_be_connected_here(verified_ada: Client) -> None:
    assert verified_ada.get("/connections/github/elsewhere/")["Location"] == "/connections/github/connect/"


def test_remove_asks_and_names_what_remains(amara: Client, logto: Logto) -> None:
    shown = page(amara, "/connections/google/remove/")
    assert "Remove Google?" in shown
    assert "You can still sign in with your password or a code sent to your email." in shown  # and more, unnamed
    assert "google" in logto.state.person("amara").user["identities"]


def test_remove_disconnects_tells_and_offers_to_end_other_sessions(amara: Client, logto: Logto) -> None:
    answer = amara.post("/connections/google/remove/", follow=True)
    assert logto.state.person("amara").user["identities"] == {}
    shown = answer.content.decode()
    assert "Connected account removed." in shown
    assert 'href="/secure/sign-out-others/"' in shown
    assert outcomes("connection-removed") == [Outcome.DONE]


def test_remove_refuses_the_last_way_in(db: None, logto: Logto) -> None:
    social = client_of(logto, "social", verified=True)
    asked = page(social, "/connections/google/remove/")
    answer = social.post("/connections/google/remove/").content.decode()
    assert "It’s your only way to sign in." in asked
    assert "It’s your only way to sign in." in answer
    assert "You can add an email or a phone number, or connect another account." in asked  # a password alone is none
    assert "google" in logto.state.person("social").user["identities"]
    assert outcomes("connection-removed") == [Outcome.REFUSED]


def test_remove_what_is_gone_already_leads_back(verified_ada: Client) -> None:
    assert verified_ada.get("/connections/google/remove/")["Location"] == "/security/"
    assert verified_ada.post("/connections/google/remove/")["Location"] == "/security/"


def test_remove_says_when_logto_is_down(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/identities/google", method="DELETE")
    answer = amara.post("/connections/google/remove/")
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.content.decode()


def test_remove_whose_answer_was_lost_is_told_as_done(amara: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/identities/google", method="DELETE", after=True)
    assert amara.post("/connections/google/remove/")["Location"] == "/security/?changed=1"
    assert outcomes("connection-removed") == [Outcome.DONE]


def test_readable_keeps_a_line_a_line() -> None:
    assert readable("a\x00b\n c\u200f") == "a b c"
    assert len(readable("x" * 1000)) == LONGEST_SHOWN


def test_the_security_page_lists_both(amara: Client) -> None:
    shown = page(amara, "/security/")
    assert "Connected accounts" in shown
    assert "Work account" in shown
    assert 'href="/connections/google/remove/"' in shown


def test_the_security_page_stands_when_connectors_cannot_be_loaded(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/.well-known/sign-in-exp", times=9)
    shown = page(amara, "/security/")
    assert "We couldn’t load your connected accounts" in shown
    assert "Sign-in details" in shown
