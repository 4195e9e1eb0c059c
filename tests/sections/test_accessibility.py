"""The statement on accessibility: open to everybody, in every language, with the way to complain."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant
from tests.people import client_of


def test_anyone_reads_how_far_the_pages_can_be_used(client: Client, logto: Logto) -> None:
    page = client.get("/accessibility/").content.decode()
    assert "(WCAG) 2.2 at level AA" in page
    assert '<a href="https://fernhill.example/help" hx-boost="false">Get help with your account</a>' in page
    assert "Tell Fernhill what you wanted to do" in page
    assert client.cookies == {}


def test_it_is_said_in_the_language_of_the_reader_and_stands_while_logto_is_down(client: Client, logto: Logto) -> None:
    logto.faults.add("500", path="*")
    answer = client.get("/accessibility/?ui_locales=de")
    assert answer.status_code == 200
    assert '<h1 tabindex="-1" autofocus>Barrierefreiheit</h1>' in answer.content.decode()


def test_without_a_way_to_support_the_sentence_stands_alone(client: Client, logto: Logto) -> None:
    logto.state.sign_in_experience.update(supportEmail=None, supportWebsiteUrl=None)
    Tenant.forget_all()
    page = client.get("/accessibility/").content.decode()
    assert "Tell Fernhill what you wanted to do" in page
    assert "Get help with your account" not in page


def test_nothing_is_written_there(client: Client, logto: Logto) -> None:
    assert client.post("/accessibility/").status_code == 405


def test_who_is_signed_in_has_the_menu_there(amara: Client) -> None:
    page = amara.get("/accessibility/").content.decode()
    assert 'href="/sessions/"' in page
    assert "amara@okafor.example" in page


def test_who_cannot_be_read_or_is_suspended_reads_it_as_everybody_does(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/*")
    down = amara.get("/accessibility/")
    logto.faults.clear()
    logto.state.person("amara").user["isSuspended"] = True
    suspended = amara.get("/accessibility/")
    for answer in (down, suspended):
        assert answer.status_code == 200
        assert 'href="/sessions/"' not in answer.content.decode()


def test_whose_session_was_ended_at_logto_is_greeted_no_more(db: None, logto: Logto) -> None:
    client = client_of(logto, "amara", sid="of-a-session-that-is-gone")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        page = client.get("/accessibility/").content.decode()
    assert "amara@okafor.example" not in page
    assert "(WCAG) 2.2 at level AA" in page
