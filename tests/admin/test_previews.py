"""Looking at the site as somebody sees it: who may, what is in the trail, and that nothing can be changed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from responses import RequestsMock

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import add_person
from settings_app.logto.read_only import OnlyReads
from settings_app.mails import outbox
from settings_app.models import AuditEntry, Notice, Preview
from settings_app.safeguards.changes import Change
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from settings_app.safeguards.perform import perform
from tests.markup import Reader
from tests.people import client_of
from tests.safeguards.conftest import Asking
from tests.signin.ways import session_of
from tests.test_urls import ARGUMENTS, patterns

pytestmark = pytest.mark.django_db


def test_perform_refuses_whoever_looks_at_somebody_elses_account(asking: Asking) -> None:
    """Also where a way to Logto that may write was handed on by mistake."""
    acting = replace(asking("ada"), acting_admin="adrian")
    done: list[Any] = []
    for change in Change:
        if change.words.by_admin:
            continue
        with pytest.raises(OnlyReads):
            perform(acting, change, done.append)
    assert (done, AuditEntry.objects.count()) == ([], 0)


WHY = "Ticket 4711: cannot find her passkeys"
OPEN = {
    "overview", "check_up", "profile", "security", "sessions", "connections", "connections_logo", "two_step",
    "brand_css", "brand_picture", "apps", "apps_details", "apps_logo", "organizations", "organizations_logo",
    "activity", "accessibility",
}  # fmt: skip


@pytest.fixture
def admin(logto: Logto) -> Client:
    return client_of(logto, "admin", verified=True)


def begun(admin: Client, logto: Logto, handle: str = "amara", why: str = WHY) -> str:
    """The address under which the preview stands."""
    answer = admin.post(f"/admin/people/{logto.state.person(handle).id}/preview/", {"why": why})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def of_people(mock: RequestsMock) -> set[str]:
    """Whom Logto was asked about."""
    paths = [urlsplit(str(call.request.url)).path.split("/") for call in mock.calls]
    return {parts[3] for parts in paths if parts[1:3] == ["api", "users"] and len(parts) > 3}


def written(mock: RequestsMock) -> list[str]:
    calls = [call.request for call in mock.calls if call.request.method != "GET"]
    return [str(one.path_url) for one in calls if one.path_url != "/oidc/token"]


def read_of(mock: RequestsMock, person_id: str) -> set[str]:
    """What Logto was asked of this person."""
    paths = [urlsplit(str(call.request.url)).path for call in mock.calls]
    own = f"/api/users/{person_id}"
    return {path.removeprefix(own).strip("/") for path in paths if path == own or path.startswith(f"{own}/")}


def snapshot(logto: Logto) -> str:
    """Everything that the tenant holds, but for what asking leaves behind."""
    passing = ("now", "access_token_ids", "signing_keys", "_random", "_parts")
    return repr({name: value for name, value in vars(logto.state).items() if name not in passing})


def kept_of(person_id: str) -> dict[str, int]:
    """How many rows this site keeps of a person, but for the trail."""
    models = [one for one in apps.get_app_config("settings_app").get_models() if one is not AuditEntry]
    named = [one for one in models if "subject" in {field.name for field in one._meta.fields}]
    return {one.__name__: one._default_manager.filter(subject=person_id).count() for one in named}


def test_the_account_is_seen_as_the_person_sees_it(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    page = admin.get(f"{prefix}security/").content.decode()
    assert ("amara@okafor.example" in page, "Harbour Energy" in page, "Adrian Keeper" in page) == (True, True, True)
    assert ("Viewing as" in page, WHY in page, "15 minutes left" in page, "End preview" in page) == (True,) * 4
    assert f'href="{prefix}profile/"' in page


def test_links_stay_inside_and_actions_are_labels(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    end = [f"/admin/previews/{prefix[15:35]}/end/"]
    for path in ("", "profile/", "security/", "sessions/", "apps/", "organizations/", "activity/"):
        page = Reader(admin.get(prefix + path).content.decode())
        links = [one.get("href") for one in page.all("a") if not one.get("href").startswith(("#", "?", "https://"))]
        outside = [link for link in links if not link.startswith(prefix)]
        assert (path, outside) == (path, ["/admin/people/"])
        fields = page.all("input", "select", "textarea")
        usable = [one for one in fields if "disabled" not in one.attributes and not one.within("form")]
        assert (path, usable, [one.get("action") for one in page.all("form")]) == (path, [], end)
    page_of_security = admin.get(f"{prefix}security/").content.decode()
    assert re.search(r'<span class="button[^"]* inert">(<[^>]+>|\s)*Change', page_of_security)


def test_every_open_page_can_be_seen_whoever_it_is_about(
    logto: Logto, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With invitations, with many apps and devices, with nothing at all."""
    monkeypatch.setitem(TABLE, Limit.PREVIEW, ())
    for handle in ("ada", "heavy", "curious", "empty", "social", "enterprise"):
        prefix = begun(admin, logto, handle)
        for name in ("overview", "check_up", "profile", "security", "sessions", "apps", "organizations", "activity"):
            path = prefix + reverse(name).removeprefix("/")
            assert (handle, name, admin.get(path, follow=True).status_code) == (handle, name, 200)


def test_the_trail_has_it_before_anything_about_the_person_is_read(
    logto: Logto, logto_mock: RequestsMock, admin: Client
) -> None:
    """And where the trail cannot be written there is no preview."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE settings_app_auditentry RENAME TO somewhere_else")
    person_id = logto.state.person("amara").id
    with pytest.raises(DatabaseError):
        admin.post(f"/admin/people/{person_id}/preview/", {"why": WHY})
    assert person_id not in of_people(logto_mock)


def test_the_trail_says_who_looked_and_the_row_says_why(logto: Logto, admin: Client) -> None:
    begun(admin, logto)
    entry, row = AuditEntry.objects.get(change="account-viewed"), Preview.objects.get()
    amara, adrian = logto.state.person("amara").id, logto.state.person("admin").id
    assert (entry.subject, entry.acting_admin, entry.outcome, row.entry_id) == (amara, adrian, "done", entry.pk)
    assert (entry.device, entry.address) == ("", "")  # they would be the administrator's
    assert WHY not in row.sealed


@pytest.mark.parametrize(
    ("handle", "said"),
    [("admin", "your own account"), ("second", "another administrator"), ("nobody", "no person with this user ID")],
)
def test_who_may_not_be_looked_at(logto: Logto, admin: Client, handle: str, said: str) -> None:
    add_person(logto.state, "second", "second0000ab", name="Second").role_ids = ["roleaccountadmin00001"]
    person_id = "nobody000000" if handle == "nobody" else logto.state.person(handle).id
    answer = admin.post(f"/admin/people/{person_id}/preview/", {"why": WHY})
    assert (answer.status_code, said in answer.content.decode().replace("’", "'")) == (200, True)
    assert AuditEntry.objects.get(change="account-viewed").outcome == "refused"
    (row,) = Preview.objects.all()
    assert admin.get(f"/admin/preview/{row.key}/").status_code == 410


def test_the_page_that_asks_why_names_the_person_by_a_search_that_is_in_the_trail(
    logto: Logto, logto_mock: RequestsMock, admin: Client
) -> None:
    amara = logto.state.person("amara").id
    page = admin.get(f"/admin/people/{amara}/preview/").content.decode()
    assert ("Amara Okafor-Lindqvist" in page, "amara@okafor.example" in page) == (True, True)
    entry = AuditEntry.objects.get()
    assert (entry.change, entry.outcome, entry.reason) == ("people-searched", "done", "number")
    assert amara not in of_people(logto_mock)


def test_odd_numbers_of_pages_and_ids_are_no_fault(admin: Client) -> None:
    admin.raise_request_exception = False
    for number in ("0", "-1", "x", "00001" + "9" * 5000, "99999", "\u0663"):
        assert admin.get("/admin/people/", {"q": "a", "page": number}).status_code == 200, number
    nobody = f"/admin/people/{'x' * 100}/preview/"
    assert (admin.get(nobody).status_code, admin.post(nobody, {"why": WHY}).status_code) == (404, 404)
    assert not Preview.objects.exists()


def test_administrators_are_looked_at_where_the_operator_allows_it(
    logto: Logto, admin: Client, settings: Settings
) -> None:
    settings.SITES = (replace(settings.SITES[0], preview_of_admins=True),)
    add_person(logto.state, "second", "second0000ab", name="Second").role_ids = ["roleaccountadmin00001"]
    assert "Second" in admin.get(begun(admin, logto, "second")).content.decode()


@pytest.mark.parametrize("why", ["", "  ", "abc", "\u200b\u3164\u2800\u00ad", "a\u200b\u200b\u200b"])
def test_without_a_reason_there_is_none(logto: Logto, logto_mock: RequestsMock, admin: Client, why: str) -> None:
    person_id = logto.state.person("amara").id
    answer = admin.post(f"/admin/people/{person_id}/preview/", {"why": why})
    assert "Enter a reason" in answer.content.decode()
    assert (Preview.objects.count(), person_id in of_people(logto_mock)) == (0, False)


def test_a_suspended_person_can_be_looked_at_and_nobody_is_signed_out_by_it(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto, "suspended")
    assert "Suri Stopford" in admin.get(prefix).content.decode()
    assert admin.get("/admin/people/").status_code == 200


def test_a_deleted_person_is_told_and_the_administrator_stays_signed_in(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    del logto.state.people[logto.state.person("amara").id]
    answer = admin.get(prefix)
    assert (answer.status_code, "no longer exists" in answer.content.decode()) == (404, True)
    assert admin.get("/").status_code == 200


def test_it_ends_after_a_quarter_of_an_hour_and_another_one_needs_its_own_reason(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    for minutes, status in ((14, 200), (16, 410)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            answer = admin.get(prefix)
            assert (minutes, answer.status_code, "Okafor" in answer.content.decode()) == (
                minutes,
                status,
                status == 200,
            )
    assert f'href="/admin/people/{logto.state.person("amara").id}/preview/"' in answer.content.decode()


def test_end_stands_on_every_page_and_ends_it(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    answer = admin.post(f"/admin/previews/{prefix[15:35]}/end/", follow=True)
    assert "Preview ended." in answer.content.decode()
    assert admin.get(prefix).status_code == 410


def test_who_loses_the_role_sees_no_more_of_it(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    logto.state.person("admin").role_ids = []
    answer = admin.get(f"{prefix}profile/")
    assert (answer.status_code, "Okafor" in answer.content.decode()) == (404, False)
    logto.state.person("admin").role_ids = ["roleaccountadmin00001"]
    assert admin.get(f"{prefix}profile/").status_code == 410  # that one is over for good


def test_nobody_else_can_use_the_address(logto: Logto, admin: Client) -> None:
    """Not another administrator, not the same in another browser, not the person, not who is signed out."""
    prefix = begun(admin, logto)
    add_person(logto.state, "second", "second0000ab", name="Second").role_ids = ["roleaccountadmin00001"]
    second = client_of(logto, "second", verified=True)
    session = session_of(second)
    session["may_administer"] = True
    session.save()
    elsewhere = client_of(logto, "admin", verified=True, binding="another browser")
    for client in (second, elsewhere, client_of(logto, "amara", verified=True), Client()):
        answer = client.get(f"{prefix}profile/")
        assert (answer.status_code, prefix in answer.content.decode()) == (404, False)
        assert client.post(f"/admin/previews/{prefix[15:35]}/end/").status_code in (302, 404)
    assert admin.get(prefix).status_code == 200


def test_two_previews_and_the_own_account_side_by_side_are_not_confused(logto: Logto, admin: Client) -> None:
    amara, ada = begun(admin, logto), begun(admin, logto, "ada")
    names = {
        path: [
            name
            for name in ("Amara", "Ada Winterbourne", "Adrian")
            if f"<bdi>{name}" in admin.get(path).content.decode()
        ]
        for path in (f"{amara}profile/", f"{ada}profile/", "/profile/")
    }
    assert list(names.values()) == [["Amara", "Adrian"], ["Ada Winterbourne", "Adrian"], ["Adrian"]]


def test_what_is_closed_is_refused_noted_and_told(logto: Logto, admin: Client) -> None:
    prefix = begun(admin, logto)
    for method, path in (
        ("get", "two-step/backup-codes/make/"),
        ("post", "profile/nickname/change/"),
        ("get", "verify/"),
    ):
        answer = getattr(admin, method)(prefix + path)
        assert (path, answer.status_code) == (path, 403)
        assert "This is a preview. Nothing was changed." in answer.content.decode()
    reasons = AuditEntry.objects.filter(change="view-refused").values_list("outcome", "reason")
    assert list(reasons) == [
        ("refused", "GET two_step_backup_codes_make"),
        ("refused", "POST profile_change"),
        ("refused", "GET verify"),
    ]


@pytest.mark.timeout(180)
def test_inside_a_preview_no_address_and_no_method_changes_anything(
    logto: Logto, logto_mock: RequestsMock, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every address by GET, HEAD, POST and one more method in turn: nothing changes, nobody else is read."""
    monkeypatch.setitem(TABLE, Limit.POST, ())
    amara, adrian = logto.state.person("amara").id, logto.state.person("admin").id
    prefix = begun(admin, logto)
    before, rows = snapshot(logto), kept_of(amara)
    logto_mock.calls.reset()
    opened, other = set(), cycle(("options", "put", "patch", "delete", "trace"))
    for pattern in patterns():
        path = prefix + reverse(str(pattern.name), kwargs=ARGUMENTS.get(str(pattern.name))).removeprefix("/")
        for method in ("get", "head", "post", next(other)):
            status = getattr(admin, method)(path).status_code
            if status != 403:
                opened.add(
                    (method, pattern.name, status in (200, 302) or (status == 404 and pattern.name in ARGUMENTS))
                )
    assert opened == {(method, name, True) for name in OPEN for method in ("get", "head")}
    assert (snapshot(logto) == before, written(logto_mock)) == (True, [])
    assert of_people(logto_mock) == {amara, adrian}
    assert read_of(logto_mock, adrian) <= {"", "roles", "sessions"}
    assert kept_of(amara) == rows


def test_the_person_reads_in_their_activity_who_looked_and_why(logto: Logto, admin: Client, settings: Settings) -> None:
    begun(admin, logto)
    page = client_of(logto, "amara").get("/activity/").content.decode()
    assert ("Support looked at your account" in page, f"Support: “{WHY}”" in page, "Adrian" in page) == (
        True,
        True,
        False,
    )
    settings.SITES = (replace(settings.SITES[0], preview_names_admin=True),)
    begun(admin, logto, why="Ticket 4712")
    page = client_of(logto, "amara").get("/activity/").content.decode()
    assert "Adrian Keeper: “Ticket 4712”" in page


def test_the_person_is_mailed_where_the_operator_wants_that(logto: Logto, admin: Client, settings: Settings) -> None:
    begun(admin, logto)
    assert Notice.objects.count() == 0
    settings.SITES = (replace(settings.SITES[0], preview_is_mailed=True),)
    begun(admin, logto)
    mail.outbox.clear()
    outbox.send_due()
    (sent,) = mail.outbox
    assert (sent.to, "Support looked at your account" in sent.subject) == (["amara@okafor.example"], True)
    assert "Firefox" not in sent.body


def test_how_often_one_may_look_is_limited(logto: Logto, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.PREVIEW, (Rule(Scope.PERSON, 0, 60),))
    answer = admin.post(f"/admin/people/{logto.state.person('amara').id}/preview/", {"why": WHY})
    tried = AuditEntry.objects.filter(change="account-viewed")
    assert (answer.status_code, tried.count(), Preview.objects.count()) == (429, 0, 0)
