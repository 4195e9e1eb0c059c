"""What Logto tells of by itself is taken from Logto alone, once, and while it is fresh."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import HOOK_SIGNING_KEY
from accountsite.sandbox.web import Request
from accountsite.sandbox.webhooks import Mode, Webhooks, signature
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import LogEntry
from settings_app.models import AuditEntry, KnownValue, SeenWebhook, Session
from settings_app.safeguards import established, owners, traces
from settings_app.sites import Site
from tests.people import client_of
from tests.taking_over import mails

pytestmark = pytest.mark.django_db

OTHER_KEY = "a key of another webhook"


def message(event: str = "User.Deleted", at: str | None = None, **content: Any) -> bytes:
    told = {"event": event, "createdAt": at or timezone.now().isoformat(), **content}
    return json.dumps(told).encode()


def post(body: bytes, signed: str | None = None) -> HttpResponse:
    headers = {"logto-signature-sha-256": signature(HOOK_SIGNING_KEY, body) if signed is None else signed}
    sender = Client(enforce_csrf_checks=True)
    return sender.post("/webhooks/logto/", body, content_type="application/json", headers=headers)  # type: ignore[return-value]  # the test client's own kind


def carry(logto: Logto) -> list[int]:
    """What waits in the sandbox, as Logto sends it; gives the answers."""
    answers = []
    for delivery in logto.state.part(Webhooks).waiting:
        sent = Client().post(
            "/webhooks/logto/", delivery.body, content_type="application/json", headers=dict(delivery.headers)
        )
        delivery.status, delivery.answer = "sent", sent.status_code
        answers.append(sent.status_code)
    return answers


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def suspend(logto: Logto, handle: str, *, is_suspended: bool = True) -> None:
    person = logto.state.person(handle)
    token = logto.answer(
        Request(
            "POST",
            "/oidc/token",
            "",
            {"content-type": "application/x-www-form-urlencoded"},
            (
                "grant_type=client_credentials&scope=all&resource=https%3A%2F%2Fdefault.logto.app%2Fapi"
                f"&client_id={settings.SITES[0].m2m_app_id}&client_secret={settings.SITES[0].m2m_app_secret}"
            ).encode(),
        )
    )
    bearer = json.loads(token.body)["access_token"]
    body = json.dumps({"isSuspended": is_suspended}).encode()
    headers = {"authorization": f"Bearer {bearer}", "content-type": "application/json"}
    logto.answer(Request("PATCH", f"/api/users/{person.id}/is-suspended", "", headers, body))


def test_who_is_suspended_at_logto_is_out_at_once_and_nobody_else(ada: Client, logto: Logto) -> None:
    second, amara = client_of(logto, "ada", binding="second"), client_of(logto, "amara")
    suspend(logto, "ada")
    assert carry(logto) == [204]
    # Once more in good standing, the sessions of before stay ended.
    suspend(logto, "ada", is_suspended=False)
    assert carry(logto) == [204]
    assert (is_in(ada), is_in(second), is_in(amara)) == (False, False, True)


def test_somebody_who_is_let_in_again_is_not_signed_out(logto: Logto) -> None:
    suspend(logto, "ada", is_suspended=False)
    ada = client_of(logto, "ada")
    assert carry(logto) == [204]
    assert is_in(ada)


def test_who_is_deleted_at_logto_is_out_at_once_and_leaves_nothing_here(ada: Client, logto: Logto) -> None:
    subject = logto.state.person("ada").id
    ada.get("/profile/")
    assert KnownValue.objects.filter(subject=subject).exists()
    assert post(message(data={"id": subject})).status_code == 204
    assert not Session.objects.filter(subject=subject).exists()
    assert not any(
        model._default_manager.filter(**{name: subject}).exists()
        for model in traces.FORGOTTEN
        for name in ("subject", "person")
        if name in {field.name for field in model._meta.fields}
    )


def test_every_table_that_names_a_person_is_kept_or_forgotten_by_decision() -> None:
    from django.apps import apps

    naming = {
        model
        for model in apps.get_app_config("settings_app").get_models()
        if {"subject", "person"} & {field.name for field in model._meta.fields}
    }
    assert naming == {*traces.FORGOTTEN, *traces.KEPT}


@pytest.fixture
def deleted_ada(ada: Client, logto: Logto) -> Iterator[dict[str, Any]]:
    """What a webhook about Ada's deletion says. It must not have been obeyed: she is signed in all through."""
    yield {"data": {"id": logto.state.person("ada").id}}
    assert is_in(ada)


@pytest.mark.parametrize(
    "signed",
    ["", "0" * 64, signature(OTHER_KEY, b"{}"), "é", signature(HOOK_SIGNING_KEY, b"something else")],
    ids=["none", "invented", "another key", "not ASCII", "another body"],
)
def test_what_logto_did_not_sign_is_refused(deleted_ada: dict[str, Any], signed: str) -> None:
    assert post(message(**deleted_ada), signed).status_code == 401


def test_a_site_that_knows_no_key_takes_nothing(deleted_ada: dict[str, Any]) -> None:
    body = message(**deleted_ada)
    with override_settings(SITES=(with_keys(),)):
        assert post(body).status_code == 401
        assert post(body, signature("", body)).status_code == 401


def test_the_new_and_the_old_key_count_after_a_renewal(logto: Logto) -> None:
    with override_settings(SITES=(with_keys("the new one", HOOK_SIGNING_KEY),)):
        assert post(message("User.Created")).status_code == 204
        body = message("User.Updated")
        assert post(body, signature("the new one", body)).status_code == 204


def with_keys(*keys: str) -> Site:
    from dataclasses import replace

    return replace(settings.SITES[0], webhook_keys=keys)


@pytest.mark.parametrize("minutes", [-6, 2], ids=["old", "of tomorrow"])
def test_what_is_not_of_now_is_refused(deleted_ada: dict[str, Any], minutes: int) -> None:
    at = (timezone.now() + timedelta(minutes=minutes)).isoformat()
    assert post(message(at=at, **deleted_ada)).status_code == 400


def test_one_that_was_taken_does_nothing_when_it_comes_again(ada: Client, logto: Logto) -> None:
    body = message(data={"id": logto.state.person("ada").id})
    assert post(body).status_code == 204
    back = client_of(logto, "ada")
    assert post(body).status_code == 204
    assert is_in(back)


def test_one_that_failed_half_way_is_obeyed_when_it_comes_again(
    ada: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = message(data={"id": logto.state.person("ada").id})
    with monkeypatch.context() as broken:
        broken.setattr(traces, "FORGOTTEN", (None,))
        with pytest.raises(AttributeError):
            post(body)
    assert is_in(ada)
    assert post(body).status_code == 204
    assert not is_in(ada)


def test_what_is_too_long_is_not_even_read(deleted_ada: dict[str, Any]) -> None:
    body = message(**deleted_ada, padding="x" * 600_000)
    assert post(body).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff", b"[" * 100_000, b'{"event": "User.Deleted"}', message(event="")],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_webhook_is_refused_without_a_trace(body: bytes) -> None:
    assert post(body).status_code == 400
    assert not SeenWebhook.objects.exists()


def test_events_of_no_use_here_and_odd_contents_are_let_go(deleted_ada: dict[str, Any]) -> None:
    odd = [message("Role.Created"), message(), message(data=[1]), message(params={"userId": None}), message(data={})]
    odd.append(message("User.SuspensionStatus.Updated", data=deleted_ada["data"] | {"isSuspended": "true"}))
    assert {post(body).status_code for body in odd} == {204}


def test_other_methods_are_refused_and_no_session_begins(client: Client) -> None:
    assert client.get("/webhooks/logto/").status_code == 405
    assert not post(message("Role.Created")).cookies


def test_what_was_seen_is_forgotten_when_it_would_be_too_old() -> None:
    from settings_app.safeguards import retention

    post(message("Role.Created"))
    assert retention.delete_old()["webhooks"] == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=8)):
        assert retention.delete_old()["webhooks"] == 1


def test_doubled_ones_are_answered_alike(ada: Client, logto: Logto) -> None:
    logto.state.part(Webhooks).mode = Mode.DOUBLE
    suspend(logto, "ada")
    for delivery in logto.state.part(Webhooks).deliveries:
        delivery.status = "waiting"
    assert carry(logto) == [204, 204]
    assert not is_in(ada)


def test_an_email_that_was_changed_elsewhere_is_young_from_that_moment(ada: Client, logto: Logto) -> None:
    ada.get("/security/")
    person = logto.state.person("ada")
    person.user["primaryEmail"] = "other@mail.example"
    assert post(message("User.Data.Updated", data={"id": person.id})).status_code == 204
    site = settings.SITES[0]
    account = Tenant.of(site).account(person.id)
    actor = owners.acting(site, account.person(), user_agent="", address="")
    assert not established.is_established(actor, established.EMAIL, "other@mail.example")
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert established.is_established(actor, established.EMAIL, "other@mail.example")


def test_an_account_that_was_never_seen_here_is_left_for_its_first_page(logto: Logto) -> None:
    assert post(message("User.Data.Updated", data={"id": logto.state.person("ada").id})).status_code == 204
    assert not KnownValue.objects.exists()


def test_what_logto_does_not_answer_meanwhile_is_found_later(ada: Client, logto: Logto) -> None:
    ada.get("/security/")
    logto.faults.add("500", path="/api/users/*")
    subject = logto.state.person("ada").id
    assert post(message("User.Data.Updated", data={"id": subject})).status_code == 204
    assert post(message("PostResetPassword", userId=subject)).status_code == 204
    assert mails() == {}


def test_a_password_that_was_reset_at_logto_is_mailed_once(logto: Logto) -> None:
    subject = logto.state.person("ada").id
    for _time in range(2):
        body = message("PostResetPassword", userId=subject, userAgent=making.SAFARI, userIp="192.0.2.44")
        assert post(body).status_code == 204
    (told,) = mails()["ada@winterbourne.example"]
    assert "Your password was reset" in told
    assert "192.0.2.44" in told
    assert "/not-me/?token=" in told


def test_what_somebody_wrote_in_place_of_an_address_is_neither_kept_nor_mailed(ada: Client, logto: Logto) -> None:
    """Logto may believe a header. PostgreSQL refused what was too long for it, so nobody was told of anything."""
    subject = logto.state.person("ada").id
    for address in ("Call 0800 555 0100 " * 20, "fe80::1%" + "x" * 80, "1.2.3.4, 5.6.7.8"):
        body = message("PostResetPassword", userId=subject, userAgent=making.SAFARI, userIp=address)
        assert post(body).status_code == 204
        assert LogEntry.from_api({"payload": {"ip": address}}).address == ""
    assert set(AuditEntry.objects.filter(change="password-reset").values_list("address", flat=True)) == {""}
    assert all("555" not in mail for mail in mails()["ada@winterbourne.example"])
