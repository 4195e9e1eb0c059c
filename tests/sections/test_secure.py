"""Secure my account: what changed, and signing out everywhere else."""

from __future__ import annotations

from django.test import Client

from accountsite.sandbox import seed_people
from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry, Session
from tests.people import client_of


def test_show_names_the_steps_and_says_when_nothing_changed(ada: Client) -> None:
    page = ada.get("/secure/").content.decode()
    assert "Let’s secure your account" in page
    assert "Nothing has changed." in page


def test_sign_out_others_ends_other_sessions_here_and_at_logto(verified_ada: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=1)
    other = client_of(logto, "ada")
    answer = verified_ada.post("/secure/sign-out-others/")
    assert answer["Location"] == "/secure/"
    assert other.get("/")["Location"].startswith("/sign-in/")
    assert verified_ada.get("/").status_code == 200
    assert not [one for one in logto.state.sessions.values() if one.account_id == ada.id]
    assert Session.objects.filter(subject=ada.id, rotated=False).count() == 1


def test_sign_out_others_says_when_some_are_left(verified_ada: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=1)
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE", times=5)
    page = verified_ada.post("/secure/sign-out-others/").content.decode()
    assert "sign out all your devices" in page
    assert AuditEntry.objects.get().outcome == "refused"


def test_sign_out_others_goes_on_past_one_that_fails(verified_ada: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    for hours in (1, 2, 3):
        seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=hours)
    before = len([one for one in logto.state.sessions.values() if one.account_id == ada.id])
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE", times=1)
    verified_ada.post("/secure/sign-out-others/")
    assert before > 1
    assert len([one for one in logto.state.sessions.values() if one.account_id == ada.id]) == 1


def test_show_lists_what_was_changed(verified_ada: Client) -> None:
    verified_ada.post("/secure/sign-out-others/")
    assert "Your other devices were signed out" in verified_ada.get("/secure/").content.decode()
