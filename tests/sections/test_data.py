"""A copy of one's data: what is in it, what never is, what it says of parts that are missing, and what we keep."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import responses
from django.apps import apps
from django.core import mail
from django.core.serializers import serialize
from django.test import Client
from pytest_django.fixtures import Settings
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from settings_app.logto import breaker
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from settings_app.safeguards import alert_address, traces
from settings_app.safeguards.limits import TABLE, Limit
from settings_app.sections.data import kept
from settings_app.sections.data.labels import LABELS
from settings_app.sections.data.parts import EVERY, VERSION
from tests.conftest import carry
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "data-export.md"
FILE, PAGE = "/data/download/file/", "/data/download/page/"
PLANTED = "PLANTED-SECRET-7f3a"
# Where Logto's answers hold secrets (docs/logto.md 21), and a few more that none may ever hand on.
SECRETS = (
    "value", "jti", "sid", "grantId", "secret", "signingKey", "sessionId", "config", "passwordDigest",
    "passwordAlgorithm", "codes", "credentialId", "publicKey", "tokenSecret", "code_verifier", "interactionId",
)  # fmt: skip
MAPS = ("resources", "authorizations", "identities")  # whose keys are no names of fields


def pressed(client: Client, address: str = FILE) -> str:
    answer: Any = client.post(address)
    assert answer.status_code == 200, answer.content
    assert answer.streaming
    return b"".join(answer.streaming_content).decode()


def copy(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pressed(client))
    return found


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


def test_the_file_holds_every_part_of_the_account(verified_amara: Client, logto: Logto) -> None:
    amara = logto.state.person("amara")
    amara.user["profile"] |= {"nickname": "Am", "address": {"locality": "Gothenburg"}}
    verified_amara.get("/data/")
    found = copy(verified_amara)
    assert (found["format"], found["version"], found["complete"], found["missing"]) == (
        "account-data",
        VERSION,
        True,
        [],
    )
    assert [part.name for part in EVERY] == [name for name in found if name in {part.name for part in EVERY}]
    assert found["profile"]["name"] == amara.user["name"]
    assert found["profile"]["nickname"] == "Am"
    assert found["profile"]["address"]["locality"] == "Gothenburg"
    assert found["identifiers"]["email"] == amara.user["primaryEmail"]
    assert found["custom_data"] == amara.user["customData"]
    assert [one["provider"] for one in found["connected_accounts"]] == list(amara.user["identities"])
    assert len(found["work_accounts"]) == len(amara.sso_identities)
    assert {one["kind"] for one in found["second_steps"]} == {"passkey", "authenticator_app", "backup_codes"}
    assert "Mobile Safari" in str(found["devices"]) or "Safari on iPhone" in str(found["devices"])
    ledgerly = next(one for one in found["apps"] if one["app"] == "Ledgerly")
    assert "email" in ledgerly["permissions"]
    assert {"read:invoices", "write:invoices"} <= set(ledgerly["api_permissions"][0]["permissions"])
    assert {one["name"] for one in found["organizations"]} == {"Okafor Studio", "Harbour Energy"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["made_at"])
    assert found["activity"][0]["change"] == "data-downloaded"


def test_the_alert_address_is_in_it(verified_ada: Client, asking: Asking) -> None:
    alert_address.put(asking("ada"), "second@mail.example", stands_already=True)
    assert copy(verified_ada)["alerts"] == {"alert_address": "second@mail.example", "new_devices": True}
    assert "second@mail.example" in pressed(verified_ada, PAGE)


def test_the_answer_is_a_file_and_is_recorded_and_announced(verified_ada: Client) -> None:
    answer: Any = verified_ada.post(FILE)
    assert re.fullmatch(r'attachment; filename="fernhill-data-\d{4}-\d\d-\d\d\.json"', answer["Content-Disposition"])
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    tokens = json.loads(b"".join(answer.streaming_content))["access_tokens"]
    assert all(set(one) == {"name", "created_at", "until"} for one in tokens)
    assert tokens
    assert (AuditEntry.objects.get().change, AuditEntry.objects.get().outcome) == ("data-downloaded", "done")
    outbox.send_due()
    assert "A copy of your data was downloaded" in mail.outbox[0].subject


def test_the_shape_is_documented_and_every_key_has_words(logto: Logto, db: None) -> None:
    document = DOCUMENT.read_text()
    assert f"Version {VERSION}" in document
    for handle in ("ada", "amara", "heavy", "enterprise", "curious", "empty"):
        found = copy(client_of(logto, handle, verified=True))
        for name, value in found.items():
            assert f"`{name}`" in document
            if name == "custom_data":
                continue
            for key in keys_in(value):
                assert f"`{key}`" in document, key
                assert key in LABELS or name in ("activity", "profile", "apps"), key


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys_in(one)}
    if isinstance(value, list):
        return {key for one in value for key in keys_in(one)}
    return set()


def test_the_page_to_read_says_the_same_without_markup_of_others(verified_amara: Client, logto: Logto) -> None:
    logto.state.person("amara").user["profile"] |= {"nickname": "<script>alert(1)</script>"}
    logto.state.person("amara").user["customData"] |= {"<b>key": {"deep": ["a", 1]}}
    page = pressed(verified_amara, PAGE)
    for words in (
        "Your data at Fernhill",
        "Ledgerly",
        "Okafor Studio",
        "Passkey",
        "See your email",
        "Your organisations: read:members",
        "This copy is complete.",
    ):
        assert words in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;key" in page
    assert page.count("<section") == page.count("</section>") == len(EVERY)
    assert page.rstrip().endswith("</html>")
    assert "http" not in re.sub(r"<meta[^>]+>", "", page.partition("<body>")[0])  # nothing is loaded from elsewhere
    assert "A copy of your data was downloaded" in page  # the activity, in words


def test_somebody_with_nothing_gets_a_page_too(logto: Logto, db: None) -> None:
    page = pressed(client_of(logto, "empty", verified=True), PAGE)
    assert page.count("Nothing here") >= 5


@pytest.mark.parametrize(("handle", "asked"), [("amara", True), ("ada", False), ("empty", False)])
def test_a_second_step_is_asked_of_nobody_who_has_none(logto: Logto, db: None, handle: str, asked: bool) -> None:
    client = client_of(logto, handle, verified=True)
    assert copy(client)["two_step_verification"] == {"asked_at_sign_in": asked}
    answer = "Yes" if asked else "No"
    assert f"<dt><bdi>Asked for when you sign in</bdi></dt><dd><bdi>{answer}</bdi></dd>" in pressed(client, PAGE)


FAILING = {
    "*/mfa-verifications": "second_steps",
    "*/logto-configs": "two_step_verification",
    "*/sessions": "devices",
    "*/grants": "apps",
    "*/organizations": "organizations",
    "*/roles": "roles",
    "*/personal-access-tokens": "access_tokens",
}


def test_parts_that_could_not_be_loaded_are_named_inside(
    verified_amara: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So many fail that by the order of their answers nobody would be asked any more, not even for the person.
    monkeypatch.setattr(breaker, "FAILURES_IN_A_ROW", 100)
    for number, (path, name) in enumerate(FAILING.items()):
        logto.faults.add(("500", "refused", "429", "html")[number % 4], path=f"/api/users{path}")
        found = copy(verified_amara)
        assert found[name] is None
        assert name in found["missing"]
        assert found["complete"] is False
        assert found["profile"]["name"]
    page = pressed(verified_amara, PAGE)
    assert page.count("We couldn’t load this part.") == len(FAILING)
    assert "This copy isn’t complete." in page


def test_without_the_person_there_is_no_copy(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*")
    answer = verified_ada.post(FILE)
    assert answer.status_code == 503
    assert "We can’t load your account right now" in answer.content.decode()  # nothing was to be saved


def planted(logto: Logto, logto_mock: RequestsMock) -> None:
    """From now on every object in every answer of Logto's has every kind of secret in it."""

    def plant(value: object, name: str = "") -> object:
        if isinstance(value, list):
            return [plant(one) for one in value]
        if not isinstance(value, dict) or name == "customData":  # the brand's own, handed on as it is
            return value
        found = {key: plant(one, key) for key, one in value.items()}
        return found if name in MAPS else found | {key: found.get(key) if key == "sid" else PLANTED for key in SECRETS}

    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        status, headers, body = carry(logto, sent)
        if status == 200 and "/api/" in str(sent.url):
            body = json.dumps(plant(json.loads(body))).encode()
            headers = [one for one in headers if one[0].lower() != "content-length"]
        return status, headers, body

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    logto_mock.replace(CallbackResponse(responses.GET, anywhere, answer))


def test_no_secret_of_any_answer_gets_out(
    logto: Logto, logto_mock: RequestsMock, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    amara = logto.state.person("amara")
    making.add_session(logto.state, amara, city="Bern")
    client = client_of(logto, "amara", verified=True)
    planted(logto, logto_mock)
    found = pressed(client) + pressed(client, PAGE) + client.get("/data/").content.decode()
    assert '"complete": true' in found
    assert PLANTED not in found
    assert PLANTED not in caplog.text
    tables = apps.get_app_config("settings_app").get_models()
    assert all(PLANTED not in serialize("json", model._default_manager.all()) for model in tables)


def test_the_file_begins_before_everything_has_been_read(verified_ada: Client) -> None:
    answer: Any = verified_ada.post(FILE)
    chunks = [chunk.decode() for chunk in answer.streaming_content]
    assert len(chunks) > len(EVERY)
    assert "activity" not in chunks[0]


def test_who_comes_back_from_confirming_presses_again(ada: Client, verified_ada: Client) -> None:
    assert ada.post(FILE)["Location"] == "/verify/?next=%2Fdata%2Fdownload%2Ffile%2F"
    assert verified_ada.get(FILE)["Location"] == "/data/download/"
    assert "A page to read" in verified_ada.get("/data/download/").content.decode()


def test_downloads_are_limited(verified_ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.DOWNLOAD, TABLE[Limit.DOWNLOAD][:1])
    for _time in range(TABLE[Limit.DOWNLOAD][0].count):
        pressed(verified_ada)
    answer = verified_ada.post(FILE)
    assert answer.status_code == 429
    assert "Too many tries." in answer.content.decode()


def test_what_is_kept_is_told_for_every_table_that_names_a_person(ada: Client, settings: Settings) -> None:
    of_nobody_told = kept.listed(settings.SITES[0])
    settings.SITES = (replace(settings.SITES[0], events_url="https://receiver.example/"),)
    assert len(kept.listed(settings.SITES[0])) == len(of_nobody_told) + 1
    told = {model for one in kept.listed(settings.SITES[0]) for model in one.of}
    assert told == {*traces.FORGOTTEN, *traces.KEPT}
    page = ada.get("/data/").content.decode()
    assert all(one.what in page and one.until in page for one in kept.listed(settings.SITES[0]))
    assert all(len(getattr(one, field.name)) for one in kept.listed(settings.SITES[0]) for field in fields(one))
