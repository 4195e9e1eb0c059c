"""Two sites on one Logto tenant have the same people: what protects somebody counts on both of them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from settings_app import session
from settings_app.actor import Actor
from settings_app.models import AuditEntry, Pending, Session
from settings_app.safeguards import audit, established, leases, limits, pending, sessions, undo
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.session import SessionStore
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking
from tests.taking_over import change_email, held, links

__all__ = ["asking"]

ELSEWHERE = "https://auth.elsewhere.example"


@pytest.fixture
def on_second(settings: Settings) -> Callable[[Actor], Actor]:
    """The same person on the other site of the tenant."""
    first = settings.SITES[0]
    second = replace(first, base_url="http://second.example")
    settings.SITES = (first, second)
    settings.ALLOWED_HOSTS = ["testserver", "second.example"]
    return lambda actor: replace(actor, site=second)


def session_on(host: str, subject: str, sid: str = "") -> SessionStore:
    store = SessionStore(site=host)
    store["subject"], store["sid"] = subject, sid
    store.create()
    return store


def stored(key: SessionStore) -> bool:
    return Session.objects.filter(session_key=key._digest()).exists()


def test_tries_on_both_sites_count_together(asking: Asking, on_second: Callable[[Actor], Actor]) -> None:
    for _time in range(5):
        limits.spend(asking("ada"), Limit.STEP_UP_PASSWORD)
    with pytest.raises(TooManyAttempts):
        limits.spend(on_second(asking("ada")), Limit.STEP_UP_PASSWORD)


def test_removals_on_both_sites_wait_for_each_other(asking: Asking, on_second: Callable[[Actor], Actor]) -> None:
    actor = on_second(asking("ada"))
    with leases.on_person(asking("ada")), pytest.raises(TooManyAttempts), leases.on_person(actor):
        pass


def test_ending_everything_ends_sessions_and_codes_of_both_sites(
    asking: Asking, on_second: Callable[[Actor], Actor]
) -> None:
    actor = on_second(asking("ada"))
    there = session_on("second.example", actor.account.user_id)
    pending.send(actor, Purpose.EMAIL, Kind.EMAIL, "new@mail.example")
    sessions.end_all(asking("ada"))
    assert not stored(there)
    assert Pending.objects.get().state == Pending.State.CANCELLED


def test_an_undo_link_leads_back_on_each_site(asking: Asking, on_second: Callable[[Actor], Actor]) -> None:
    actor = asking("ada")
    audit.start(actor, Change.EMAIL_CHANGED, written="new@mail.example")
    there = on_second(actor)
    way = undo.standing(there)
    assert way is not None
    assert undo.read(there.site, way[1].signed_token).row is not None


def test_an_undo_on_one_site_ends_the_sessions_of_the_other(
    asking: Asking, on_second: Callable[[Actor], Actor], logto: Logto, client: Client
) -> None:
    on_second(asking("ada"))
    intruder = client_of(logto, "ada", verified=True)
    change_email(intruder, logto, "b@intruder.example")
    token = parse_qs(urlsplit(links("ada@winterbourne.example")[0]).query)["token"][0]
    client.post("/undo/", {"token": token}, headers={"host": "second.example"})
    assert held(logto, "ada", "primaryEmail") == "ada@winterbourne.example"
    assert intruder.get("/security/").status_code == 302


def test_what_one_site_has_seen_is_known_on_the_other(
    asking: Asking, on_second: Callable[[Actor], Actor], logto: Logto
) -> None:
    undo.note(asking("ada"))
    logto.state.person("ada").user["primaryEmail"] = "b@intruder.example"
    actor = on_second(asking("ada"))
    undo.note(actor)
    assert not established.is_established(actor, established.EMAIL, "b@intruder.example")


def test_what_was_changed_is_listed_on_each_site(asking: Asking, on_second: Callable[[Actor], Actor]) -> None:
    actor = on_second(asking("ada"))
    audit.finish(audit.start(actor, Change.USERNAME_CHANGED), Outcome.DONE)
    assert len(audit.of_person(asking("ada"), days=1)) == 1


def test_a_logto_session_ends_on_both_sites_of_its_tenant_and_on_no_other(
    asking: Asking, on_second: Callable[[Actor], Actor], settings: Settings
) -> None:
    on_second(asking("ada"))
    third = replace(settings.SITES[0], base_url="http://third.example", endpoint=ELSEWHERE)
    settings.SITES = (*settings.SITES, third)
    one, two = session_on("testserver", "ada", sid="same"), session_on("second.example", "ada", sid="same")
    other = session_on("third.example", "ada", sid="same")
    assert session.end_sessions_of_sid(tenant=settings.SITES[0].tenant, sid="same") == 2
    assert (stored(one), stored(two), stored(other)) == (False, False, True)


def test_a_site_that_moved_to_another_tenant_has_other_people(ada: Client, logto: Logto, settings: Settings) -> None:
    key = ada.cookies[settings.SESSION_COOKIE_NAME].value
    assert "subject" in SessionStore(key, site="testserver")
    settings.SITES = (replace(settings.SITES[0], endpoint=ELSEWHERE),)
    assert "subject" not in SessionStore(key, site="testserver")


def test_rows_of_the_release_before_count_as_those_of_their_tenant(asking: Asking, settings: Settings) -> None:
    actor = asking("ada")
    audit.start(actor, Change.USERNAME_CHANGED)
    pending.send(actor, Purpose.EMAIL, Kind.EMAIL, "new@mail.example")
    before = session_on("testserver", actor.account.user_id)
    for model in (Session, AuditEntry, Pending):
        model._default_manager.update(tenant="")
    assert len(pending.of_person(asking("ada"))) == 1
    assert session.end_sessions(tenant=settings.SITES[0].tenant, subject=actor.account.user_id) == 1
    assert not stored(before)


def test_the_migration_fills_the_tenant_of_stored_rows(asking: Asking, settings: Settings) -> None:
    audit.start(asking("ada"), Change.EMAIL_CHANGED)
    session_on("testserver", "ada")
    for model in (Session, AuditEntry):
        model._default_manager.update(tenant="")
    import_module("settings_app.migrations.0005_tenant_of_stored_rows").fill(apps, None)
    assert AuditEntry.objects.get().tenant == Session.objects.get().tenant == settings.SITES[0].tenant


def test_a_person_signed_in_on_one_site_is_not_on_the_other(
    asking: Asking, on_second: Callable[[Actor], Actor], logto: Logto
) -> None:
    on_second(asking("ada"))
    carried = client_of(logto, "ada")
    assert carried.get("/profile/", headers={"host": "second.example"}).status_code == 302
