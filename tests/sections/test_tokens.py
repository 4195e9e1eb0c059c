"""Access tokens: the list without secrets, a new one that is shown once, renaming, removal."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
import time_machine
from django.apps import apps
from django.conf import settings as site_settings
from django.core import mail
from django.test import Client
from pytest_django import Settings
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import Json
from settings_app.logto.errors import LogtoError
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from settings_app.session import SessionStore
from tests.conftest import carry

TOKENS = "/api/users/*/personal-access-tokens"
DELETE = f"{TOKENS}/delete"
MARKER = "pat_planted-marker-that-nobody-may-see"
ADD = {"name": "ci", "days": "30"}


def shown(client: Client, address: str = "/tokens/") -> str:
    return client.get(address).content.decode()


def tokens(logto: Logto) -> list[Json]:
    return logto.state.person("ada").tokens


def names(logto: Logto) -> list[str]:
    return [str(token["name"]) for token in tokens(logto)]


def address_of(client: Client, name: str, action: str) -> str:
    """Of the page that renames or removes the token of this name."""
    row = shown(client).split(f"<bdi>{name}</bdi>")[1]
    return str(re.findall(rf'href="(/tokens/\w+/{action}/)"', row)[0])


def test_show_lists_names_and_ends_newest_first(ada: Client) -> None:
    source = shown(ada)
    assert re.findall(r"item__title\">\s*<bdi>([^<]+)", source) == ["notebook", "nightly backup", "old laptop"]
    assert "Works until you remove it" in source
    assert "Works until <time" in source
    assert "Expired on <time" in source
    assert source.count('<span class="badge">Expired</span>') == 1


def test_show_without_any_and_with_a_list_that_failed(empty: Client, ada: Client, logto: Logto) -> None:
    assert "You have no access tokens" in shown(empty)
    logto.faults.add("500", path=TOKENS)
    assert "We couldn’t load your access tokens" in shown(ada)
    security = ada.get("/security/")
    assert security.status_code == 200
    assert "We couldn’t load your access tokens" in security.content.decode()


def test_the_security_page_counts_those_that_work(ada: Client) -> None:
    source = shown(ada, "/security/")
    assert "2 tokens" in source
    assert 'href="/tokens/"' in source


def test_they_are_only_there_where_the_operator_turned_them_on(
    verified_ada: Client, logto: Logto, logto_mock: RequestsMock, settings: Settings
) -> None:
    mark = address_of(verified_ada, "notebook", "remove")
    settings.SITES = (replace(settings.SITES[0], access_tokens=False),)
    before = len(logto_mock.calls)
    for address in ("/tokens/", "/tokens/add/", mark, mark.replace("remove", "rename")):
        assert verified_ada.get(address).status_code == 404
        assert verified_ada.post(address, ADD).status_code == 404
    assert "/tokens/" not in shown(verified_ada, "/security/")
    assert not any("personal-access-tokens" in str(call.request.path_url) for call in list(logto_mock.calls)[before:])
    assert names(logto) == ["notebook", "nightly backup", "old laptop"]


def test_add_shows_the_token_once(verified_ada: Client, logto: Logto) -> None:
    answer = verified_ada.post("/tokens/add/", ADD)
    secret = str(tokens(logto)[-1]["value"])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.content.decode().count(secret) == 2  # to be read, and to be copied
    assert secret not in shown(verified_ada)
    assert secret not in shown(verified_ada, "/tokens/add/")
    assert AuditEntry.objects.get().change == "access-token-added"
    outbox.send_due()
    assert "An access token for your account was created" in str(mail.outbox[0].subject)


@pytest.mark.parametrize(("days", "wanted"), [("7", 7), ("30", 30), ("90", 90), ("365", 365), ("0", None)])
def test_add_ends_when_the_person_chose(verified_ada: Client, logto: Logto, days: str, wanted: int | None) -> None:
    verified_ada.post("/tokens/add/", {"name": "ci", "days": days})
    ends = tokens(logto)[-1]["expiresAt"]
    if wanted is None:
        assert ends is None
    else:
        assert abs(ends / 1000 - (datetime.now(UTC) + timedelta(days=wanted)).timestamp()) < 60


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": " \u200b", "days": "30"}, "Give it a name."),
        ({"name": "n" * 257, "days": "30"}, "Use 256 characters or fewer."),
        ({"name": "a\x00b", "days": "30"}, "characters in it that we can’t save"),
        ({"name": "notebook", "days": "30"}, "You got a token with this name moments ago."),
        ({"name": "nightly backup", "days": "30"}, "You already have a token with this name."),
        ({"name": "ci", "days": "31"}, "Choose how long it works."),
        ({"name": "ci"}, "Choose how long it works."),
    ],
)
def test_add_says_what_is_wrong(verified_ada: Client, logto: Logto, typed: dict[str, str], says: str) -> None:
    before = list(tokens(logto))
    source = verified_ada.post("/tokens/add/", typed).content.decode()
    assert says in source
    assert "<title>Error:" in source
    assert tokens(logto) == before


def test_add_takes_any_name(verified_ada: Client, logto: Logto) -> None:
    name = "../ <b>CI</b> ü/ى ?#%2F"
    verified_ada.post("/tokens/add/", {"name": name, "days": "7"})
    assert names(logto)[-1] == name
    source = shown(verified_ada)
    assert "&lt;b&gt;CI&lt;/b&gt;" in source
    remove = re.findall(r'href="(/tokens/\w+/remove/)"', source)[0]
    verified_ada.post(remove)
    assert name not in names(logto)


def test_add_whose_answer_was_lost_says_that_nobody_has_seen_it(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path=TOKENS, method="POST", after=True)
    answer = verified_ada.post("/tokens/add/", ADD)
    assert answer.status_code == 503
    assert "nobody has seen it" in answer.content.decode()
    assert AuditEntry.objects.get().outcome == "unknown"


@pytest.mark.parametrize(("kind", "status"), [("refused", 503), ("500", 503), ("429", 429)])
def test_what_fails_at_logto_is_told_and_can_be_done_again(
    verified_ada: Client, logto: Logto, kind: str, status: int
) -> None:
    rename, remove = (address_of(verified_ada, "notebook", one) for one in ("rename", "remove"))
    asked: tuple[tuple[str, dict[str, str], str, str], ...] = (
        ("/tokens/add/", ADD, TOKENS, "POST"),
        (rename, {"name": "desk"}, TOKENS, "PATCH"),
        (remove, {}, DELETE, "POST"),
    )
    for address, typed, path, method in asked:
        logto.faults.add(kind, path=path, method=method)
        answer = verified_ada.post(address, typed)
        assert (answer.status_code, "<title>Error:" in answer.content.decode()) == (status, True)
        assert ("Too many requests right now." in answer.content.decode()) is (status == 429)
        logto.faults.clear()
    assert names(logto) == ["notebook", "nightly backup", "old laptop"]
    assert verified_ada.post(rename, {"name": "desk"})["Location"] == "/tokens/"
    assert names(logto) == ["desk", "nightly backup", "old laptop"]


def test_rename_keeps_the_token(verified_ada: Client, logto: Logto) -> None:
    secret = tokens(logto)[0]["value"]
    address = address_of(verified_ada, "notebook", "rename")
    assert 'value="notebook"' in shown(verified_ada, address)
    assert "You already have a token" in verified_ada.post(address, {"name": "old laptop"}).content.decode()
    assert verified_ada.post(address, {"name": "desk"})["Location"] == "/tokens/"
    assert (tokens(logto)[0]["name"], tokens(logto)[0]["value"]) == ("desk", secret)
    assert "That token isn’t there any more." in verified_ada.post(address, {"name": "x"}, follow=True).content.decode()


def test_rename_to_the_same_name_asks_for_nothing(verified_ada: Client, logto_mock: RequestsMock) -> None:
    address = address_of(verified_ada, "notebook", "rename")
    assert verified_ada.post(address, {"name": " notebook "})["Location"] == "/tokens/"
    assert "PATCH" not in {call.request.method for call in logto_mock.calls}


def test_remove_ends_that_one_alone_and_a_namesake_is_another(verified_ada: Client, logto: Logto) -> None:
    address = address_of(verified_ada, "notebook", "remove")
    assert "Programs that use it stop working for you." in shown(verified_ada, address)
    assert verified_ada.post(address)["Location"] == "/tokens/"
    assert names(logto) == ["nightly backup", "old laptop"]
    assert "Access token removed." in shown(verified_ada)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5)):
        verified_ada.post("/tokens/add/", {"name": "notebook", "days": "7"})
        assert "isn’t there any more" in verified_ada.post(address, follow=True).content.decode()
    assert "notebook" in names(logto)
    outbox.send_due()
    assert any("An access token of your account was removed" in str(one.subject) for one in mail.outbox)


@pytest.mark.parametrize("action", ["rename", "remove"])
def test_an_answer_that_was_lost_is_looked_up(verified_ada: Client, logto: Logto, action: str) -> None:
    address = address_of(verified_ada, "notebook", action)
    path, method = (TOKENS, "PATCH") if action == "rename" else (DELETE, "POST")
    logto.faults.add("timeout", path=path, method=method, after=True)
    assert verified_ada.post(address, {"name": "desk"})["Location"] == "/tokens/"
    assert AuditEntry.objects.get().outcome == "done"


def everything_stored() -> str:
    """Every row that names a person or a browser."""
    models = apps.get_app_config("settings_app").get_models()
    return str([list(model._default_manager.values()) for model in models])


def planted(logto: Logto, mock: RequestsMock, wrap: Callable[[Any], Any]) -> None:
    """Every answer about tokens carries the marker, in the shape that `wrap` gives it."""
    for token in tokens(logto):
        token["value"] = MARKER

    def answer(sent: Any) -> Any:
        answered = carry(logto, sent)
        return wrap(answered) if "personal-access-tokens" in sent.url and answered[0] == 200 else answered

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    for method in (responses.GET, responses.PATCH):
        mock.replace(CallbackResponse(method, anywhere, answer))


ODD: dict[str, Callable[[Any], Any]] = {
    "as it is": lambda answer: answer,
    "cut off": lambda answer: (answer[0], answer[1], answer[2][: len(answer[2]) - 2]),
    "an object": lambda answer: (200, answer[1], b'{"tokens": ' + answer[2] + b"}"),
    "a refusal": lambda answer: (422, answer[1], b'{"code": "x", "message": "' + MARKER.encode() + b'", "data": 1}'),
    "a failure": lambda answer: (500, answer[1], b'{"message": "' + MARKER.encode() + b'"}'),
    "its name": lambda answer: (200, answer[1], answer[2].replace(b'"createdAt"', b'"createdAt": "x", "made"')),
}


@pytest.mark.parametrize("wrap", ODD.values(), ids=ODD.keys())
def test_the_secret_in_logtos_list_reaches_nothing(
    verified_ada: Client,
    logto: Logto,
    logto_mock: RequestsMock,
    caplog: pytest.LogCaptureFixture,
    wrap: Callable[[Any], Any],
) -> None:
    """No page, log, exception, session, mail or row, whatever shape the answer has."""
    caplog.set_level(logging.DEBUG)
    rename, remove = (address_of(verified_ada, "notebook", one) for one in ("rename", "remove"))
    planted(logto, logto_mock, wrap)
    seen: list[object] = [shown(verified_ada, one) for one in ("/tokens/", "/security/", "/", rename, remove)]
    seen.append(verified_ada.post(rename, {"name": "desk"}).content.decode())
    seen.append(verified_ada.post(remove).content.decode())
    seen.append(verified_ada.post("/tokens/add/", {"name": "old laptop", "days": "7"}).content.decode())
    account = Tenant.of(site_settings.SITES[0]).account(logto.state.person("ada").id)
    calls: list[Callable[[], object]] = [
        account.personal_access_tokens,
        lambda: account.rename_personal_access_token("desk", becomes="x"),
    ]
    for call in calls:
        try:
            seen.append(repr(call()))
        except LogtoError as error:
            seen += [repr(error), str(error), repr(error.__cause__)]
    outbox.send_due()
    seen += [str(one.message()) for one in mail.outbox] + [record.getMessage() for record in caplog.records]
    seen.append(dict(SessionStore(verified_ada.cookies["accountsite"].value, site="testserver").items()))
    seen.append(everything_stored())
    assert MARKER not in str(seen)
    assert len(str(seen)) > 10_000


def test_a_new_secret_reaches_the_page_and_nothing_else(
    verified_ada: Client, logto: Logto, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert verified_ada.post("/tokens/add/", ADD).status_code == 200
    secret = str(tokens(logto)[-1]["value"])
    outbox.send_due()
    seen = [str(one.message()) for one in mail.outbox] + [one.getMessage() for one in caplog.records]
    assert secret not in str([*seen, everything_stored(), shown(verified_ada)])
