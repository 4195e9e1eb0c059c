"""`/api/account`: reading it whole, changing what may be changed, and never over somebody else's change."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry
from tests.api.caller import App
from tests.people import client_of


def changed(app: App, body: Any, **headers: str) -> Any:
    return app.patch("/account", body, If_Match=app.version(), **headers)


def user(logto: Logto, handle: str = "ada") -> dict[str, Any]:
    return logto.state.person(handle).user


def test_it_is_read_whole_in_logtos_words(app: App, logto: Logto) -> None:
    account = app.get("/account").json()
    stored = user(logto)
    names = ("id", "username", "primaryEmail", "primaryPhone", "name", "avatar", "createdAt", "updatedAt")
    assert {name: account[name] for name in names} == {name: stored[name] for name in names}
    assert account["profile"]["address"]["postalCode"] == "LA9 4AA"
    assert account["customData"]["shoeSize"] == 39
    assert account["fields"]["/profile/nickname"] == "Edit"


def test_what_the_tenant_switched_off_is_not_told(app: App, logto: Logto) -> None:
    logto.state.account_center["fields"] |= {"email": "Off", "profile": "Off", "name": "ReadOnly"}
    account = app.get("/account").json()
    assert account["primaryEmail"] is None
    assert account["profile"]["nickname"] is None
    assert account["fields"]["/name"] == "ReadOnly"
    assert "/profile/nickname" not in account["fields"]


def test_what_is_named_changes_and_what_is_not_named_stays(app: App, logto: Logto) -> None:
    address = {"streetAddress": "1 Quay", "country": "Sweden"}
    body = {"name": "Ada W.", "profile": {"nickname": None, "birthdate": "1990-02-01", "address": address}}
    answer = changed(app, body)
    assert answer.status_code == 200, answer.content
    assert user(logto)["name"] == "Ada W."
    profile = user(logto)["profile"]
    assert (profile["nickname"], profile["birthdate"], profile["givenName"]) == ("", "1990-02-01", "Ada")
    assert (profile["address"]["streetAddress"], profile["address"]["postalCode"]) == ("1 Quay", "LA9 4AA")
    assert answer.json()["name"] == "Ada W."
    assert answer["ETag"] == app.version()


def test_custom_data_keeps_its_kinds_and_every_other_key(app: App, logto: Logto) -> None:
    user(logto)["customData"]["secret"] = "kept"
    answer = changed(app, {"customData": {"shoeSize": 41.5, "newsletter": False, "favouriteColour": "blue"}})
    assert answer.status_code == 200, answer.content
    kept = {"shoeSize": 41.5, "newsletter": False, "favouriteColour": "blue", "secret": "kept"}
    assert {name: user(logto)["customData"][name] for name in kept} == kept
    assert "secret" not in answer.json()["customData"]


def test_the_row_of_the_trail_and_the_mail_are_those_of_the_page(app: App) -> None:
    changed(app, {"name": "Ada W."})
    client_of(app.logto, "ada").post("/profile/name/change/", {"name": "Ada"})
    by_app, by_page = AuditEntry.objects.order_by("pk")
    assert (by_app.change, by_app.outcome, by_app.reason) == (by_page.change, by_page.outcome, by_page.reason)
    assert (by_app.application, by_page.application) == ("fernhillmobile0000001", "")
    assert mail.outbox == []


def test_what_is_as_it_was_writes_nothing(app: App) -> None:
    assert changed(app, {"name": "Ada Winterbourne"}).status_code == 200
    assert not AuditEntry.objects.exists()


def test_a_wrong_value_is_told_in_the_words_of_the_page_and_nothing_is_saved(app: App, logto: Logto) -> None:
    answer = changed(app, {"name": "New", "profile": {"website": "javascript:alert(1)"}}, Accept_Language="de-AT")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert (answer["Content-Language"], problem["code"]) == ("de", "values.refused")
    (wrong,) = problem["errors"]
    assert (wrong["pointer"], wrong["code"]) == ("/profile/website", "field.invalid")
    assert "https://example.com" in wrong["detail"]
    assert "Enter" not in wrong["detail"]
    assert user(logto)["name"] == "Ada Winterbourne"


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"profile": {"birthdate": "tomorrow"}}, "field.invalid", "/profile/birthdate"),
        ({"profile": {"zoneinfo": "Mars/Base"}}, "field.invalid_choice", "/profile/zoneinfo"),
        ({"customData": {"shoeSize": "big"}}, "field.invalid", "/customData/shoeSize"),
        ({"customData": {"shoeSize": {"eu": 39}}}, "field.invalid", "/customData/shoeSize"),
        ({"customData": {"isAdmin": True}}, "field.unknown", "/customData/isAdmin"),
        ({"name": "a\u0000b"}, "field.characters", "/name"),
        ({"isSuspended": False}, "field.extra_forbidden", "/isSuspended"),
        ({"name": 7}, "field.string_type", "/name"),
    ],
)
def test_values_that_are_not_taken(app: App, logto: Logto, body: Any, code: str, pointer: str) -> None:
    before = dict(user(logto))
    answer = changed(app, body)
    assert answer.status_code == 422, answer.content
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [(code, pointer)]
    assert user(logto) == before


def test_a_field_that_the_tenant_keeps_to_itself_is_not_changed(app: App, logto: Logto) -> None:
    logto.state.account_center["fields"]["name"] = "ReadOnly"
    answer = changed(app, {"name": "New"})
    assert (answer.status_code, answer.json()["code"]) == (403, "field.read_only")
    assert answer.json()["detail"] == "Only Fernhill can change this."
    assert user(logto)["name"] == "Ada Winterbourne"


def test_the_version_that_was_read_has_to_be_named(app: App) -> None:
    answer = app.patch("/account", {"name": "New"})
    assert (answer.status_code, answer.json()["code"]) == (428, "version.missing")


def test_a_version_that_came_compressed_is_the_same(app: App, logto: Logto) -> None:
    """Django's compression calls it weak."""
    seen = app.get("/account", Accept_Encoding="gzip")["ETag"]
    assert seen.startswith('W/"')
    assert app.patch("/account", {"name": "New"}, If_Match=seen).status_code == 200
    assert user(logto)["name"] == "New"


def test_two_apps_do_not_overwrite_each_other(app: App, logto: Logto) -> None:
    seen = app.version()
    client_of(logto, "ada").post("/profile/nickname/change/", {"nickname": "Addie"})
    answer = app.patch("/account", {"name": "New"}, If_Match=seen)
    assert (answer.status_code, answer.json()["code"]) == (412, "version.changed")
    assert user(logto)["name"] == "Ada Winterbourne"


@pytest.mark.parametrize("body", ["{", "[1]", "7", ""])
def test_a_body_that_is_no_object_is_told(app: App, body: str) -> None:
    headers = {"Authorization": f"Bearer {app.token()}", "If-Match": "x"}
    answer = app.client.patch("/api/account", body, content_type="application/json", headers=headers)
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
