"""Undoing a change of email or phone: signed out, once, from the address that was replaced."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accountsite.sandbox import seed_people
from accountsite.sandbox.logto import Logto
from settings_app.mails import outbox
from settings_app.models import AuditEntry, Restoration, Session
from settings_app.safeguards import audit, undo
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.sites import Site
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

NEW = "intruder@mail.example"
OTHER_TENANT = Site("http://other.example", "http://localhost:3302", "a", "b", "c", "d")


@pytest.fixture
def old(logto: Logto) -> str:
    return str(logto.state.person("ada").user["primaryEmail"])


@pytest.fixture
def link(asking: Asking, logto: Logto, old: str) -> str:
    """Somebody changed Ada's email; this is the address in the mail that the old one got."""
    entry = audit.start(asking("ada"), Change.EMAIL_CHANGED, written=NEW)
    asking("ada").account.change_email(NEW)
    audit.finish(entry, Outcome.DONE)
    return sent_link(old)


def sent_link(to: str) -> str:
    outbox.send_due()
    body = next(str(one.body) for one in mail.outbox if one.to == [to])
    mail.outbox.clear()
    return str(re.findall(r"http://testserver(/undo/\S+)", body)[0])


def press(client: Client, link: str) -> HttpResponse:
    token = parse_qs(urlsplit(link).query)["token"][0]
    answer: HttpResponse = client.post("/undo/", {"token": token})  # type: ignore[assignment]  # the test client's own kind
    return answer


def page(client: Client, link: str) -> str:
    return client.get(link).content.decode()


def email(logto: Logto) -> str:
    return str(logto.state.person("ada").user["primaryEmail"])


def test_the_page_says_what_it_would_do_and_changes_nothing(client: Client, link: str, logto: Logto, old: str) -> None:
    assert f"It goes back to {old}." in page(client, link)
    assert NEW not in page(client, link)
    assert email(logto) == NEW


def test_the_button_restores_the_email_and_leads_to_a_new_password(
    client: Client, link: str, logto: Logto, old: str
) -> None:
    answer = press(client, link)
    assert answer.status_code == 302
    assert email(logto) == old
    after = page(client, answer["Location"])
    assert "Choose a new password next" in after
    assert 'name="first_screen" value="reset_password"' in after
    start = client.post("/sign-in/", {"first_screen": "reset_password"})
    assert parse_qs(urlsplit(start["Location"]).query)["first_screen"] == ["reset_password"]


def test_it_works_once(client: Client, link: str, logto: Logto, old: str) -> None:
    press(client, link)
    logto.state.person("ada").user["primaryEmail"] = NEW
    press(client, link)
    assert email(logto) == NEW
    assert Restoration.objects.get().sealed == ""


def test_of_two_presses_that_saw_the_same_link_one_restores(link: str) -> None:
    row = Restoration.objects.get()
    with undo.claimed(row), pytest.raises(Declined), undo.claimed(row):
        pass
    later = time_machine.travel(timezone.now() + undo.CLAIMED_FOR * 2)
    with later, pytest.raises(Declined) as refused, undo.claimed(row):
        pass
    assert refused.value.code == "undo.claimed"


def test_it_ends_every_session_here_and_at_logto(client: Client, link: str, logto: Logto) -> None:
    ada = logto.state.person("ada")
    seed_people.add_session(logto.state, ada, client_id="accountsite", user_agent="x", hours_ago=1)
    intruder = client_of(logto, "ada", verified=True)
    press(client, link)
    assert intruder.get("/")["Location"].startswith("/sign-in/")
    assert not Session.objects.filter(subject=ada.id).exists()
    assert not [one for one in logto.state.sessions.values() if one.account_id == ada.id]


def test_it_signs_nobody_in(client: Client, link: str) -> None:
    press(client, link)
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_it_works_in_a_browser_where_the_person_is_signed_in(ada: Client, link: str, logto: Logto, old: str) -> None:
    answer = press(ada, link)
    assert answer.status_code == 302
    assert email(logto) == old
    assert ada.get("/")["Location"].startswith("/sign-in/")


def test_what_could_not_be_finished_is_told_and_goes_on(client: Client, link: str, logto: Logto, old: str) -> None:
    logto.faults.add("refused", path="/api/users/*/sessions")
    answer = press(client, link)
    assert answer.status_code == 503
    assert "Press the button again" in answer.content.decode()
    assert email(logto) == old
    logto.faults.clear()
    assert press(client, link).status_code == 302


def test_it_outranks_every_change_that_came_after(client: Client, link: str, logto: Logto, old: str) -> None:
    logto.state.person("ada").user["primaryEmail"] = "third@mail.example"
    press(client, link)
    assert email(logto) == old


def test_an_address_that_was_taken_meanwhile_is_not_restored(client: Client, link: str, logto: Logto, old: str) -> None:
    seed_people.add_person(logto.state, "bob", name="Bob", primaryEmail=old)
    assert "Another account uses your email now" in press(client, link).content.decode()
    assert email(logto) == NEW
    assert Restoration.objects.get().used_at is None


def test_logto_down_leaves_the_link_as_it_was(client: Client, link: str, logto: Logto, old: str) -> None:
    logto.faults.add("refused", path="/api/users/*", method="PATCH", times=1)
    assert press(client, link).status_code == 503
    assert email(logto) == NEW
    assert press(client, link).status_code == 302
    assert email(logto) == old


def test_it_ends_after_72_hours(client: Client, link: str, logto: Logto) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=72, seconds=1)):
        assert "This link has expired" in page(client, link)
        press(client, link)
    assert email(logto) == NEW


def test_the_row_itself_ends_after_72_hours(client: Client, link: str, logto: Logto) -> None:
    Restoration.objects.update(expires_at=timezone.now())
    press(client, link)
    assert email(logto) == NEW
    assert undo.delete_old() == 1


def test_a_token_that_was_altered_is_refused(client: Client, link: str, logto: Logto) -> None:
    press(client, link[:-3] + "xyz")
    assert email(logto) == NEW
    assert "nothing to undo" in page(client, "/undo/?token=made-up")
    assert "nothing to undo" in page(client, "/undo/")


def test_a_link_of_another_tenant_leads_nowhere(link: str) -> None:
    token = parse_qs(urlsplit(link).query)["token"][0]
    assert undo.read(settings.SITES[0], token).row is not None
    assert undo.read(OTHER_TENANT, token).row is None


def test_the_token_is_not_stored(link: str) -> None:
    assert parse_qs(urlsplit(link).query)["token"][0].split(":")[0] not in str(Restoration.objects.values())


def test_neither_before_nor_after_does_it_show_what_else_changed(asking: Asking, client: Client, link: str) -> None:
    audit.finish(audit.start(asking("ada"), Change.USERNAME_CHANGED), Outcome.DONE)
    for text in (page(client, link), page(client, press(client, link)["Location"])):
        assert "Your username was changed" not in text
        assert "203.0.113.7" not in text


def test_its_use_is_audited_and_announced_to_both_addresses(client: Client, link: str, old: str) -> None:
    press(client, link)
    outcomes = dict(AuditEntry.objects.values_list("change", "outcome"))
    assert outcomes["account-restored"] == Outcome.DONE
    assert outcomes["all-sessions-ended"] == Outcome.DONE
    outbox.send_due()
    assert {one.to[0] for one in mail.outbox} == {old, NEW}
    assert all("/undo/" not in str(one.body) for one in mail.outbox)


def test_it_can_be_pressed_a_few_times_only(client: Client, link: str, logto: Logto) -> None:
    logto.faults.add("refused", path="/api/users/*", method="PATCH", times=40)
    statuses = [press(client, link).status_code for _time in range(31)]
    assert statuses == [503] * 30 + [429]


def test_a_deleted_account_has_nothing_to_undo(client: Client, link: str, logto: Logto) -> None:
    logto.faults.clear()
    row = Restoration.objects.get()
    Restoration.objects.update(subject="nobodyatall1")
    assert "nothing to undo" in page(client, link)
    assert row.used_at is None


def test_a_phone_number_is_restored_and_only_its_end_is_shown(
    asking: Asking, client: Client, logto: Logto, old: str
) -> None:
    before = str(logto.state.person("ada").user["primaryPhone"])
    entry = audit.start(asking("ada"), Change.PHONE_CHANGED, written="441134960123")
    asking("ada").account.change_phone("441134960123")
    audit.finish(entry, Outcome.DONE)
    link = sent_link(old)
    assert before not in page(client, link)
    press(client, link)
    assert logto.state.person("ada").user["primaryPhone"] == before


def code(logto: Logto, recipient: str) -> str:
    return str(logto.state.latest_message(recipient).code)


def test_a_change_of_email_made_on_its_pages_is_announced_and_undone(
    verified_ada: Client, client: Client, logto: Logto, old: str
) -> None:
    verified_ada.post("/email/change/", {"email": NEW})
    verified_ada.post("/email/confirm/", {"code": code(logto, NEW)})
    assert email(logto) == NEW
    outbox.send_due()
    assert {one.to[0] for one in mail.outbox} == {old, NEW}
    press(client, sent_link(old))
    assert email(logto) == old


def test_a_change_of_phone_made_on_its_pages_is_announced_and_undone(
    verified_ada: Client, client: Client, logto: Logto, old: str
) -> None:
    before = logto.state.person("ada").user["primaryPhone"]
    verified_ada.post("/phone/change/", {"country": "SE", "phone": "070 555 01 43"})
    verified_ada.post("/phone/confirm/", {"code": code(logto, "46705550143")})
    assert logto.state.person("ada").user["primaryPhone"] == "46705550143"
    press(client, sent_link(old))
    assert logto.state.person("ada").user["primaryPhone"] == before


def test_a_removal_made_on_its_page_is_announced_and_undone(
    verified_ada: Client, client: Client, logto: Logto, old: str
) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    verified_ada.post("/email/remove/")
    assert logto.state.person("ada").user["primaryEmail"] is None
    press(client, sent_link(old))
    assert email(logto) == old


def test_the_link_of_a_change_that_failed_undoes_nothing(verified_ada: Client, logto: Logto) -> None:
    verified_ada.post("/email/change/", {"email": NEW})
    logto.faults.add("500", path="/api/users/*", method="PATCH")
    verified_ada.post("/email/confirm/", {"code": code(logto, NEW)})
    assert not Restoration.objects.exists()
    outbox.send_due()
    assert mail.outbox == []
