"""Who may open the admin area, and what everybody else finds there: nothing, and no sign of anything."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from responses import RequestsMock

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry
from tests.people import client_of
from tests.signin.ways import session_of, sign_in
from tests.test_urls import ADMINS, address

METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")
NOWHERE = "/nothing/of/the/kind/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(logto: Logto) -> Client:
    """Adrian has the role, signed in with it, and confirmed a moment ago."""
    return client_of(logto, "admin", verified=True)


def seen(client: Client, method: str, path: str) -> tuple[int, dict[str, str], str, int]:
    """An answer without what differs each time, and how often the database was asked for it."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = getattr(client, method)(path)
    headers = {name: value for name, value in answer.items() if name not in ("X-Request-ID", "Content-Security-Policy")}
    return (
        answer.status_code,
        headers,
        re.sub(r"[0-9a-f]{16,}", "-", answer.content.decode().replace(path, "PATH")),
        len(asked),
    )


@pytest.mark.parametrize("who", ["nobody", "ada", "admin"])
def test_for_everybody_else_each_address_is_as_one_that_does_not_exist(
    logto: Logto, logto_mock: RequestsMock, who: str
) -> None:
    """Same answer, same work: nothing is read from Logto, and the database is asked as often."""
    client = client_of(logto, who, verified=True) if who != "nobody" else Client()
    if who == "admin":  # the role came after the sign-in
        session = session_of(client)
        del session["may_administer"]
        session.save()
    for method, name in product(METHODS, sorted(ADMINS)):
        assert (method, name, seen(client, method, address(name))) == (method, name, seen(client, method, NOWHERE))
    assert [call.request.path_url for call in logto_mock.calls if "/api/users" in call.request.path_url] == []


def test_a_form_of_another_site_finds_nothing_either(logto: Logto) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(logto, "ada").cookies
    assert client.post("/admin/people/").status_code == client.post(NOWHERE).status_code == 404


def test_who_loses_the_role_is_out_at_the_next_request(logto: Logto, admin: Client) -> None:
    assert admin.get("/admin/people/").status_code == 200
    logto.state.person("admin").role_ids = []
    for name in sorted(ADMINS):
        answer = admin.get(address(name))
        assert (name, answer.status_code, "Page not found" in answer.content.decode()) == (
            name,
            404,
            True,
        )


def test_what_signing_in_said_opens_nothing_by_itself(logto: Logto) -> None:
    client = client_of(logto, "ada", verified=True)
    session = session_of(client)
    session["may_administer"] = True
    session.save()
    assert client.get("/admin/people/").status_code == 404


def test_while_logto_is_down_it_stays_closed(logto: Logto, admin: Client) -> None:
    logto.faults.add("500", path="/api/users/*/roles")
    answer = admin.get("/admin/people/")
    assert (answer.status_code, "Preview a person" in answer.content.decode()) == (503, False)


def test_it_asks_to_confirm_first_and_again_after_half_an_hour(logto: Logto) -> None:
    unconfirmed = client_of(logto, "admin")
    assert unconfirmed.get("/admin/people/")["Location"] == "/verify/?next=%2Fadmin%2Fpeople%2F"
    assert "Confirm it’s you" in unconfirmed.get("/verify/?next=%2Fadmin%2Fpeople%2F").content.decode()
    confirmed = client_of(logto, "admin", verified=True)
    for minutes, status in ((29, 200), (31, 302)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            assert (minutes, confirmed.get("/admin/people/").status_code) == (minutes, status)


def test_signing_in_tells_who_may_ask_and_shows_them_the_way(logto: Logto) -> None:
    sign_in(adrian := Client(), logto, "admin")
    sign_in(ada := Client(), logto, "ada")
    assert (session_of(adrian).get("may_administer"), session_of(ada).get("may_administer")) == (True, None)
    assert (
        'href="/admin/"' in adrian.get("/").content.decode(),
        'href="/admin/"' in ada.get("/").content.decode(),
    ) == (
        True,
        False,
    )
    adrian.post("/sign-out/")
    sign_in(adrian, logto, "ada")  # somebody else in the same browser
    assert session_of(adrian).get("may_administer") is None


def test_a_search_is_in_the_trail_before_logto_is_asked(logto: Logto, logto_mock: RequestsMock, admin: Client) -> None:
    logto.faults.add("500", path="/api/users")
    assert admin.get("/admin/people/?q=winterbourne").status_code == 503
    entry = AuditEntry.objects.get(change="people-searched")
    assert (entry.acting_admin, entry.outcome, entry.reason) == (
        logto.state.person("admin").id,
        "failed",
        "Unavailable",
    )


@pytest.mark.parametrize(
    "term",
    [
        *("winterbourne", "ada@winterbourne", "+44 7700 900123", "ada0000000ab", "WINTERBOURNE"),
        *("\u200bwinterbourne", "ada@winter\u00adbourne\u202c", "+44\u00a07700\u2009900123\ufeff", "\0winterbourne"),
    ],
)
def test_a_person_is_found_by_what_is_known_of_them(admin: Client, term: str) -> None:
    page = admin.get("/admin/people/", {"q": term}).content.decode()
    assert ("1 person matches" in page, "Ada Winterbourne" in page, "ada0000000ab" in page) == (True, True, True)


@pytest.mark.parametrize("kind", ["field_missing", "field_other_type"])
@pytest.mark.parametrize("path", ["/api/users", "/api/applications", "/api/applications/ledgerly0000000000001"])
def test_an_answer_that_names_nobody_is_no_traceback(logto: Logto, admin: Client, kind: str, path: str) -> None:
    logto.faults.add(kind, path=path)
    pages = ("/admin/people/?q=ada", "/admin/apps/", "/admin/apps/ledgerly0000000000001/")
    assert {admin.get(page).status_code for page in pages} <= {200, 404, 503}


def test_an_answer_that_is_no_list_is_not_nobody(logto: Logto, admin: Client) -> None:
    logto.faults.add("html", path="/api/users")
    assert admin.get("/admin/people/?q=ada").status_code == 503


def test_wildcards_are_letters_like_others_and_long_lists_have_pages(logto: Logto, admin: Client) -> None:
    assert "Nobody matches “%”" in admin.get("/admin/people/", {"q": "%"}).content.decode()
    first = admin.get("/admin/people/", {"q": "0"}).content.decode()
    assert first.count('class="item"') <= 20
    assert "Nobody matches" in admin.get("/admin/people/", {"q": "nobody at all"}).content.decode()
    entries = AuditEntry.objects.filter(change="people-searched").values_list("reason", flat=True)
    assert set(entries) == {"name", "number"}
