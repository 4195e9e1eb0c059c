"""The photo, invitations, access tokens and alerts through the API, beyond what `test_like_the_pages.py` compares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer, Request
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry, FactorRemoval, IdempotentRequest
from settings_app.safeguards.limits import TABLE, Limit
from tests.api.caller import App
from tests.api.test_like_the_pages import ADAS, SECOND, Both, mailed_code, picture, with_alert_address, with_removal


@pytest.fixture
def amara(db: None, logto: Logto) -> App:
    return App(logto, "amara")


def do(app: App, method: str, path: str, purpose: str, body: Any = None, **headers: str) -> Any:
    return app.call(method, path, body, Confirmation=app.confirmed(purpose), **headers)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def set_policy(app: App, field: str, value: str) -> None:
    app.logto.state.account_center["fields"][field] = value
    Tenant.forget_all()


def every_way_to_a_photo(app: App) -> list[Any]:
    return [
        app.upload("/account/avatar", picture()),
        app.put("/account/avatar", {"identity": "google"}),
        app.delete("/account/avatar"),
    ]


def test_an_upload_is_stored_and_sent_again_it_is_not_stored_twice(app: App, logto: Logto) -> None:
    first = app.upload("/account/avatar", picture(), Idempotency_Key="once")
    assert first.status_code == 204, first.content
    again = app.upload("/account/avatar", picture(), Idempotency_Key="once")
    assert (again["Idempotency-Replayed"], again.status_code, len(logto.state.assets)) == ("true", 204, 1)
    assert logto.state.person("ada").user["avatar"] == app.get("/account/avatar").json()["avatar"]
    other = app.upload("/account/avatar", b"another", Idempotency_Key="once")
    assert code_of(other) == (422, "idempotency.reused")


def test_what_is_no_picture_is_told_beside_it(app: App) -> None:
    wrong = app.upload("/account/avatar", b"nonsense")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/picture")
    assert "JPEG, PNG or WebP" in wrong.json()["errors"][0]["detail"]
    missing = app.post("/account/avatar")
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/picture")
    part = app.upload("/account/avatar", picture(), zoom=900)
    assert (part.status_code, part.json()["errors"][0]["pointer"]) == (422, "/zoom")


def test_uploads_are_there_where_the_tenant_stores_them(app: App, logto: Logto) -> None:
    logto.state.asset_storage_ready = False
    assert app.get("/account/avatar").json()["canUpload"] is False
    assert app.upload("/account/avatar", picture()).status_code == 404


def test_a_photo_comes_from_an_account_of_ones_own(amara: App, logto: Logto) -> None:
    address = "https://pictures.example/amara.png"
    logto.state.person("amara").user["identities"]["google"]["details"]["avatar"] = address
    assert amara.get("/account/avatar").json()["offers"] == [
        {"identity": "google", "name": "Google", "address": address}
    ]
    assert amara.put("/account/avatar", {"identity": "github"}).status_code == 422
    assert amara.put("/account/avatar", {"identity": "google"}).status_code == 204
    assert amara.get("/account/avatar").json()["avatar"] == address


def test_a_photo_comes_from_an_address_where_the_operator_allows_it(app: App, settings: Settings) -> None:
    wanted = {"avatar": "https://pictures.example/me.png"}
    assert code_of(app.put("/account/avatar", wanted)) == (404, "not_found")
    settings.SITES = (replace(settings.SITES[0], allow_picture_address=True),)
    wrong = app.put("/account/avatar", {"avatar": "http://pictures.example/me.png"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/avatar")
    assert app.put("/account/avatar", wanted).status_code == 204
    assert app.get("/account/avatar").json()["avatar"] == wanted["avatar"]
    assert code_of(app.put("/account/avatar", {})) == (422, "avatar.source")


def test_a_photo_that_the_tenant_keeps_to_itself_stays(app: App) -> None:
    before = app.get("/account/avatar").json()["avatar"]
    set_policy(app, "avatar", "ReadOnly")
    assert [code_of(one) for one in every_way_to_a_photo(app)] == [(403, "field.read_only")] * 3
    assert app.get("/account/avatar").json()["avatar"] == before


def test_a_photo_that_is_off_is_not_there(app: App) -> None:
    set_policy(app, "avatar", "Off")
    assert [one.status_code for one in every_way_to_a_photo(app)] == [404] * 3
    assert app.get("/account/avatar").status_code == 404


def prove(app: App) -> None:
    assert app.post("/organization-invitations/email").json()["sentTo"] == "ad•••@winterbourne.example"
    wrong = app.post("/organization-invitations/email/code", {"code": "000000"})
    assert code_of(wrong) == (422, "code.wrong")
    code = app.logto.state.latest_message(ADAS).code
    assert app.post("/organization-invitations/email/code", {"code": code}).status_code == 204


def test_invitations_are_told_to_who_has_proven_the_email_alone(app: App, logto: Logto) -> None:
    every = [str(one["id"]) for one in logto.state.invitations.values() if one["invitee"] == ADAS]
    before = app.get("/organization-invitations").json()
    assert before == {"isEmailProven": False, "canBeProven": True, "invitations": []}
    for one in every:
        assert code_of(app.post(f"/organization-invitations/{one}/accept")) == (409, "email.unproven")
    prove(app)
    told = {one["id"]: one for one in app.get("/organization-invitations").json()["invitations"]}
    assert sorted(told) == sorted(every)
    assert {one["status"]: bool(one["ended"]) for one in told.values()} == {
        "Pending": False,
        "Expired": True,
        "Revoked": True,
    }
    assert code_of(app.post("/organization-invitations/email")) == (409, "email.proven")


def test_an_invitation_is_answered_once(app: App, logto: Logto) -> None:
    prove(app)
    by_status = {one["status"]: one for one in app.get("/organization-invitations").json()["invitations"]}
    one, over = by_status["Pending"], by_status["Expired"]
    assert app.post(f"/organization-invitations/{one['id']}/accept").status_code == 204
    assert one["organizationId"] in {joined["id"] for joined in app.get("/organizations").json()}
    for answered in (one, over):
        for what in ("accept", "decline"):
            answer = app.post(f"/organization-invitations/{answered['id']}/{what}")
            assert code_of(answer) == (409, "invitation.closed")
    assert code_of(app.post("/organization-invitations/nothing/accept")) == (404, "not_found")


def test_an_access_token_is_told_once(app: App, logto: Logto) -> None:
    made = do(
        app, "POST", "/personal-access-tokens", "personal-access-tokens", {"name": "laptop"}, Idempotency_Key="once"
    )
    value = made.json()["value"]
    assert (made.status_code, value in str(logto.state.person("ada").tokens)) == (201, True)
    assert not IdempotentRequest.objects.exists()
    listed = app.get("/personal-access-tokens")
    assert value not in listed.content.decode()
    laptop = next(one for one in listed.json() if one["name"] == "laptop")
    assert set(laptop) == {"id", "name", "createdAt", "expiresAt"}
    assert laptop["expiresAt"] - laptop["createdAt"] == pytest.approx(30 * 86_400_000, abs=60_000)
    again = do(app, "POST", "/personal-access-tokens", "personal-access-tokens", {"name": "laptop"})
    assert code_of(again) == (422, "access-token.just_made")


def test_access_tokens_are_there_where_the_operator_turned_them_on(app: App, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], access_tokens=False),)
    listed = app.get("/personal-access-tokens")
    made = app.post("/personal-access-tokens", {"name": "laptop"})
    renamed = app.patch("/personal-access-tokens/x", {"name": "desk"})
    removed = app.delete("/personal-access-tokens/x")
    assert [code_of(one) for one in (listed, made, renamed, removed)] == [(404, "not_found")] * 4


def test_an_alert_address_is_proven_by_its_code(app: App) -> None:
    assert app.get("/alerts").json() == {"address": None, "isEstablished": False, "newDevices": True}
    own = do(app, "POST", "/alerts/address", "alerts", {"address": ADAS})
    assert (own.status_code, own.json()["errors"][0]["code"]) == (422, "email")
    sent = do(app, "POST", "/alerts/address", "alerts", {"address": SECOND})
    assert (sent.status_code, sent.json()["sentTo"]) == (202, "ad•••@second.example")
    assert do(app, "POST", "/alerts/address", "alerts", {"address": SECOND}).status_code == 202  # not mailed again
    assert len([one for one in mail.outbox if one.to == [SECOND]]) == 1
    wrong = do(app, "POST", "/alerts/address/code", "alerts", {"code": "000000"})
    assert code_of(wrong) == (422, "code.wrong")
    right = do(app, "POST", "/alerts/address/code", "alerts", {"code": mailed_code()})
    assert right.json() == {"address": SECOND, "isEstablished": False, "newDevices": True}


def test_an_alert_address_is_established_in_time(app: App, logto: Logto) -> None:
    with_alert_address(Both(logto, "ada"))
    with time_machine.travel(timezone.now() + timedelta(hours=73), tick=False):
        assert app.get("/alerts").json()["isEstablished"] is True


def test_what_waits_for_its_code_can_be_given_up(app: App, logto: Logto) -> None:
    do(app, "POST", "/account/email", "email", {"email": "ada@new.example"})
    do(app, "POST", "/account/phone", "phone", {"phone": "+447700900456"})
    do(app, "POST", "/alerts/address", "alerts", {"address": SECOND})
    begun = do(app, "POST", "/second-steps/authenticator", "second-steps").json()
    for path in ("/account/email/code", "/account/phone/code", "/alerts/address/code"):
        assert app.delete(path).status_code == 204
    assert app.delete("/second-steps/authenticator/code").status_code == 204
    code = logto.state.latest_message("ada@new.example").code
    assert code_of(do(app, "POST", "/account/email/code", "email", {"code": code})) == (422, "code.cancelled")
    code = logto.state.latest_message("447700900456").code
    assert code_of(do(app, "POST", "/account/phone/code", "phone", {"code": code})) == (422, "code.cancelled")
    assert code_of(do(app, "POST", "/alerts/address/code", "alerts", {"code": mailed_code()})) == (422, "code.none")
    typed = {"setup": begun["setup"], "code": "123456"}
    assert do(app, "POST", "/second-steps/authenticator/code", "second-steps", typed).status_code == 422


def test_an_app_loses_organizations_and_is_never_given_one(amara: App, logto: Logto) -> None:
    path = "/apps/ledgerly0000000000001/organizations"
    assert {one["id"] for one in amara.get(path).json()} == {"okaforstudio", "harbourenrgy"}
    same = do(amara, "PUT", path, "apps", {"organizations": ["okaforstudio", "harbourenrgy", "rowingclub01"]})
    assert same.status_code == 422
    fewer = do(amara, "PUT", path, "apps", {"organizations": ["okaforstudio", "okaforstudio"]})
    assert [one["id"] for one in fewer.json()] == ["okaforstudio"]
    person = logto.state.person("amara").id
    assert logto.state.consent_organizations["ledgerly0000000000001", person] == ["okaforstudio"]
    assert code_of(amara.get("/apps/fernhillforum00000001/organizations")) == (404, "not_found")


def test_where_passkeys_and_some_accounts_come_from_is_told(app: App, logto: Logto) -> None:
    assert app.get("/second-steps").json()["addPasskeyAt"] == "http://testserver/two-step/passkeys/add/"
    identities = {one["target"]: one for one in app.get("/identities").json()}
    assert identities["line"]["connectAt"] == "http://testserver/connections/line/elsewhere/"
    assert identities["github"]["connectAt"] is None
    logto.state.account_center["enabled"] = False
    Tenant.forget_all()
    assert app.get("/second-steps").json()["addPasskeyAt"] is None


def test_what_support_is_going_to_remove_is_told_and_stopped(
    amara: App, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the link in the mail is limited, whoever is signed in is not."""
    assert amara.get("/second-steps").json()["removalDueAt"] is None
    assert code_of(amara.delete("/second-steps/removal")) == (422, "factor-removal.nothing_waits")
    with_removal(Both(logto, "amara"))
    assert amara.get("/second-steps").json()["removalDueAt"] > timezone.now().timestamp() * 1000
    monkeypatch.setitem(TABLE, Limit.UNDO, tuple(replace(rule, count=0) for rule in TABLE[Limit.UNDO]))
    assert amara.delete("/second-steps/removal").status_code == 204
    assert FactorRemoval.objects.get().state == FactorRemoval.State.KEPT
    assert AuditEntry.objects.filter(change="factor-removal-stopped", outcome="done").count() == 1


def failing_after(
    logto: Logto, monkeypatch: pytest.MonkeyPatch, *, fails: Callable[[Request], bool], once: Callable[[Request], bool]
) -> None:
    """What `fails` says has the answer 500 as soon as there was a request that `once` says."""
    answer = logto.answer
    seen: list[str] = []

    def spoilt(request: Request) -> Answer:
        if seen and fails(request):
            return Answer.json(500, {})
        seen.extend([request.path] if once(request) else [])
        return answer(request)

    monkeypatch.setattr(logto, "answer", spoilt)


def is_patch(request: Request) -> bool:
    return request.method == "PATCH"


def test_what_cannot_be_read_after_a_change_is_not_said_to_be_unchanged(
    app: App, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = app.version()
    reading = f"/api/users/{logto.state.person('ada').id}"
    failing_after(
        logto, monkeypatch, once=is_patch, fails=lambda request: request.path == reading and not is_patch(request)
    )
    assert code_of(app.patch("/account", {"name": "New"}, If_Match=version)) == (503, "unconfirmed")
    assert logto.state.person("ada").user["name"] == "New"


def test_of_two_fields_the_second_fails(app: App, logto: Logto, monkeypatch: pytest.MonkeyPatch) -> None:
    version = app.version()
    failing_after(logto, monkeypatch, once=is_patch, fails=is_patch)
    answer = app.patch("/account", {"name": "New", "profile": {"nickname": "Newt"}}, If_Match=version)
    assert code_of(answer) == (503, "unconfirmed")
    assert logto.state.person("ada").user["name"] == "New"


def test_an_answer_that_is_lost_for_good_is_told_by_its_code(
    app: App, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = app.version()
    reading = f"/api/users/{logto.state.person('ada').id}"
    logto.faults.add("timeout", path="/api/users/*", method="PATCH", after=True)
    failing_after(
        logto, monkeypatch, once=is_patch, fails=lambda request: request.path == reading and not is_patch(request)
    )
    answer = app.patch("/account", {"name": "New"}, If_Match=version)
    assert code_of(answer) == (503, "unconfirmed")
    assert "We lost the connection" in answer.json()["detail"]


@pytest.mark.parametrize("fault", ["429", "429_retry_after"])
def test_a_limit_of_what_stands_before_logto_is_told_as_one(app: App, logto: Logto, fault: str) -> None:
    version = app.version()
    logto.faults.add(fault, path="/api/users/*", method="PATCH")
    answer = app.patch("/account", {"name": "New"}, If_Match=version)
    assert (code_of(answer), answer.has_header("Retry-After")) == ((429, "too_many_requests"), True)


def test_a_limit_of_logtos_own_is_told_as_one(app: App, logto: Logto) -> None:
    logto.faults.add("429", path="/api/verification-codes")
    answer = app.post("/organization-invitations/email")
    assert (code_of(answer), answer.has_header("Retry-After")) == ((429, "limit.code-send"), True)
