"""Secure my account: what changed, and signing out everywhere else."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

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


def test_show_names_the_field_and_tells_no_confirmation(ada: Client) -> None:
    ada.post("/verify/", {"password": "loveletter-1843"})
    ada.post("/profile/nickname/change/", {"nickname": "Countess"})
    ada.post("/profile/website/change/", {"website": "https://ada.example"})
    page = ada.get("/secure/").content.decode()
    assert re.findall(r"Your profile was changed: <bdi>(\w+)</bdi>", page) == ["Website", "Nickname"]
    assert "confirmed" not in page


def test_what_repeats_on_a_day_is_one_line(ada: Client) -> None:
    for number in range(9):
        field = ("nickname", "website")[number % 2]
        ada.post(f"/profile/{field}/change/", {field: f"https://ada.example/{number}"})
    page = ada.get("/secure/").content.decode()
    assert re.findall(r"changed: <bdi>(\w+)</bdi>.*?(\d+) times", page, re.DOTALL) == [
        ("Nickname", "5"),
        ("Website", "4"),
    ]


def test_a_long_list_has_pages(ada: Client, logto: Logto) -> None:
    of = {"site": "testserver", "tenant": settings.SITES[0].tenant, "subject": logto.state.person("ada").id}
    for number in range(45):
        at = timezone.now() - timedelta(minutes=number)
        what = {"change": "username-changed", "outcome": "done", "device": f"Browser {number}"}
        AuditEntry.objects.create(started_at=at, **of, **what)
    pages = [ada.get(f"/secure/?page={number}").content.decode() for number in (1, 2, 3)]
    assert [page.count("Your username was changed") for page in pages] == [20, 20, 5]
    assert ["Older</a>" in page for page in pages] == [True, True, False]
    assert ["Newer</a>" in page for page in pages] == [False, True, True]
    assert ada.get("/secure/?page=<script>").status_code == 200
