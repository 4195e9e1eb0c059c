"""The same action on a page and through the API: the same row of the trail, the same mails, the same limit."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import PASSWORD
from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry, FactorRemoval, Notice
from settings_app.safeguards import alert_address, proven_email
from settings_app.safeguards.limits import TABLE, Limit
from settings_app.safeguards.notices import facts_of
from settings_app.sections.tokens.held import held
from tests.api.caller import App, named_file
from tests.people import client_of

ADAS, SECOND = "ada@winterbourne.example", "ada@second.example"
NEW_PASSWORD = "quiet Orchard 7 walks"
ROBIN = {"id": "robin-1", "name": "Robin Example", "email": "robin@github.example"}
BACK = "com.fernhill.mobile:/connected"


@dataclass
class Both:
    """Somebody on a page and somebody in an app."""

    logto: Logto
    handle: str

    @property
    def page(self) -> Client:
        return client_of(self.logto, self.handle, verified=True, how="sign-in")

    @property
    def app(self) -> App:
        return App(self.logto, self.handle)

    def code_at(self, recipient: str) -> str:
        return str(self.logto.state.latest_message(recipient).code)

    def post(self, path: str, **typed: str) -> Any:
        return self.page.post(path, typed)

    def call(self, method: str, path: str, purpose: str, body: Any = None) -> Any:
        return self.app.call(method, path, body, Confirmation=self.app.confirmed(purpose))


def email_on_page(both: Both) -> Any:
    first = both.post("/email/change/", email="ada@new.example")
    return both.post("/email/confirm/", code=both.code_at("ada@new.example")) if first.status_code == 302 else first


def email_in_app(both: Both) -> Any:
    first = both.call("POST", "/account/email", "email", {"email": "ada@new.example"})
    if first.status_code != 202:
        return first
    return both.call("POST", "/account/email/code", "email", {"code": both.code_at("ada@new.example")})


def phone_on_page(both: Both) -> Any:
    first = both.post("/phone/change/", country="GB", phone="+447700900456")
    return both.post("/phone/confirm/", code=both.code_at("447700900456")) if first.status_code == 302 else first


def phone_in_app(both: Both) -> Any:
    first = both.call("POST", "/account/phone", "phone", {"phone": "+44 7700 900456"})
    if first.status_code != 202:
        return first
    return both.call("POST", "/account/phone/code", "phone", {"code": both.code_at("447700900456")})


def authenticator_on_page(both: Both) -> Any:
    page = both.page
    shown = page.get("/two-step/authenticator/add/").content.decode()
    setup = re.findall(r'name="setup" value="([^"]+)"', shown)[0]
    secret = re.findall(r'<copy-button text="([A-Z2-7]{32})"', shown)[0]
    return page.post("/two-step/authenticator/add/", {"setup": setup, "code": pyotp.TOTP(secret).now()})


def authenticator_in_app(both: Both) -> Any:
    begun = both.call("POST", "/second-steps/authenticator", "second-steps").json()
    typed = {"setup": begun["setup"], "code": pyotp.TOTP(begun["secret"]).now()}
    return both.call("POST", "/second-steps/authenticator/code", "second-steps", typed)


def codes_on_page(both: Both) -> Any:
    shown = both.page.get("/two-step/backup-codes/make/").content.decode()
    replaces = re.findall(r'name="replaces" value="([^"]+)"', shown)[0]
    return both.post("/two-step/backup-codes/make/", replaces=replaces)


def connect_on_page(both: Both) -> Any:
    page = both.page
    answer = page.post("/connections/github/connect/", {"replaces": ""})
    found = re.search(r'href="(http://localhost:3301/provider/[^"]*)"', answer.content.decode())
    if found is None:
        return answer
    state = parse_qs(urlsplit(html.unescape(found[1])).query)["state"][0]
    code = both.logto.state.new_social_code("github", "http://testserver/connections/callback/", ROBIN)
    return page.get("/connections/callback/", {"state": state, "code": code})


def connect_in_app(both: Both) -> Any:
    begun = both.call("POST", "/identities/github", "identities", {"redirectUri": BACK})
    if begun.status_code != 200:
        return begun
    state = parse_qs(urlsplit(begun.json()["address"]).query)["state"][0]
    code = both.logto.state.new_social_code("github", BACK, ROBIN)
    return both.call("POST", "/identities", "identities", {"parameters": {"state": state, "code": code}})


def session_of(both: Both) -> str:
    person = both.logto.state.person(both.handle)
    return making.add_session(both.logto.state, person, hours_ago=3).uid


def as_owner(both: Both) -> Actor:
    account = Tenant.of(settings.SITES[0]).account(both.logto.state.person(both.handle).id)
    return Actor(settings.SITES[0], account, account.person(), "en")


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    return content.getvalue()


def proof_on_page(both: Both) -> Any:
    first = both.post("/organizations/email/")
    typed = {"code": both.code_at(ADAS)} if first.status_code == 302 else {}
    return both.post("/organizations/email/confirm/", **typed) if typed else first


def proof_in_app(both: Both) -> Any:
    first = both.app.post("/organization-invitations/email")
    typed = {"code": both.code_at(ADAS)} if first.status_code == 202 else {}
    return both.app.post("/organization-invitations/email/code", typed) if typed else first


def invitation_of(both: Both) -> str:
    """The one of Ada's that waits, once her email is proven."""
    proven_email.note(as_owner(both), ADAS)
    every = both.logto.state.invitations.values()
    return next(str(one["id"]) for one in every if one["status"] == "Pending" and one["invitee"] == ADAS)


def token_of(both: Both) -> str:
    """What stands for one of Ada's access tokens."""
    return next(one.mark for one in held(as_owner(both).account.personal_access_tokens()) if one.name == "notebook")


def mailed_code() -> str:
    return str(re.findall(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)[0])


def alert_address_on_page(both: Both) -> Any:
    first = both.post("/alerts/address/change/", address=SECOND)
    return both.post("/alerts/address/confirm/", code=mailed_code()) if first.status_code == 302 else first


def alert_address_in_app(both: Both) -> Any:
    first = both.call("POST", "/alerts/address", "alerts", {"address": SECOND})
    if first.status_code != 202:
        return first
    return both.call("POST", "/alerts/address/code", "alerts", {"code": mailed_code()})


def with_alert_address(both: Both) -> Both:
    alert_address.put(as_owner(both), SECOND)
    return both


def with_removal(both: Both) -> Both:
    """Support is going to remove a second step."""
    now = timezone.now()
    moments = {"asked_at": now, "due_at": now + timedelta(hours=24), "try_at": now + timedelta(hours=24)}
    FactorRemoval.objects.filter(subject=as_owner(both).account.user_id).delete()
    row = as_owner(both).owner | moments | {"admin": "admin", "sealed": "", "needs_approval": False}
    FactorRemoval.objects.create(key="removal", **row)
    return both


@dataclass
class Action:
    """What is done both ways; `changes` are the kinds of rows it leaves, `told` the roles of those who are mailed."""

    handle: str
    on_page: Callable[[Both], Any]
    in_app: Callable[[Both], Any]
    changes: tuple[str, ...]
    told: tuple[str, ...]
    limit: Limit


ACTIONS: dict[str, Action] = {
    "change the username": Action(
        "ada",
        lambda both: both.post("/username/change/", username="lovelace"),
        lambda both: both.call("PUT", "/account/username", "username", {"username": "lovelace"}),
        ("username-changed",),
        ("current",),
        Limit.USERNAME,
    ),
    "remove the username": Action(
        "ada",
        lambda both: both.post("/username/remove/"),
        lambda both: both.call("DELETE", "/account/username", "username"),
        ("username-removed",),
        ("current",),
        Limit.CHANGE,
    ),
    "change the email": Action(
        "ada", email_on_page, email_in_app, ("email-code-sent", "email-changed"), ("old", "new"), Limit.CODE_SEND
    ),
    "remove the email": Action(
        "ada",
        lambda both: both.post("/email/remove/"),
        lambda both: both.call("DELETE", "/account/email", "email"),
        ("email-removed",),
        ("old",),
        Limit.CHANGE,
    ),
    "change the phone": Action(
        "ada", phone_on_page, phone_in_app, ("phone-code-sent", "phone-changed"), ("current",), Limit.TEXT_SEND
    ),
    "remove the phone": Action(
        "ada",
        lambda both: both.post("/phone/remove/"),
        lambda both: both.call("DELETE", "/account/phone", "phone"),
        ("phone-removed",),
        ("current",),
        Limit.CHANGE,
    ),
    "change the password": Action(
        "ada",
        lambda both: both.post("/password/change/", current_password=PASSWORD, password=NEW_PASSWORD),
        lambda both: both.call(
            "PUT", "/account/password", "password", {"currentPassword": PASSWORD, "password": NEW_PASSWORD}
        ),
        ("password-changed",),
        ("current",),
        Limit.SAVE_PASSWORD,
    ),
    "end one session": Action(
        "ada",
        lambda both: both.post(f"/sessions/{session_of(both)}/end/"),
        lambda both: both.call("DELETE", f"/sessions/{session_of(both)}", "sessions"),
        ("session-ended",),
        ("current",),
        Limit.CHANGE,
    ),
    "end all others": Action(
        "ada",
        lambda both: both.post("/sessions/end-others/"),
        lambda both: both.call("DELETE", "/sessions", "sessions"),
        ("other-sessions-ended",),
        ("current",),
        Limit.CHANGE,
    ),
    "remove an app": Action(
        "amara",
        lambda both: both.post("/apps/ledgerly0000000000001/remove/"),
        lambda both: both.call("DELETE", "/apps/ledgerly0000000000001", "apps"),
        ("app-removed",),
        ("current",),
        Limit.CHANGE,
    ),
    "leave an organisation": Action(
        "ada",
        lambda both: both.post("/organizations/rowingclub01/leave/", name="Rowing Club"),
        lambda both: both.call("POST", "/organizations/rowingclub01/leave", "organizations", {"name": "Rowing Club"}),
        ("organization-left",),
        ("current",),
        Limit.CHANGE,
    ),
    "turn two-step verification off": Action(
        "amara",
        lambda both: both.post("/two-step/turn-off/"),
        lambda both: both.call("PUT", "/second-steps", "second-steps", {"isAsked": False}),
        ("two-step-off",),
        ("current",),
        Limit.CHANGE,
    ),
    "add an authenticator app": Action(
        "ada",
        authenticator_on_page,
        authenticator_in_app,
        ("authenticator-added",),
        ("current",),
        Limit.AUTHENTICATOR_CODE,
    ),
    "make backup codes": Action(
        "amara",
        codes_on_page,
        lambda both: both.call("POST", "/second-steps/backup-codes", "second-steps"),
        ("backup-codes-made",),
        ("current",),
        Limit.CHANGE,
    ),
    "remove a passkey": Action(
        "amara",
        lambda both: both.post("/two-step/passkeys/factoramarapasskey001/remove/"),
        lambda both: both.call("DELETE", "/second-steps/factoramarapasskey001", "second-steps"),
        ("passkey-removed",),
        ("current",),
        Limit.CHANGE,
    ),
    "connect an account": Action(
        "ada",
        connect_on_page,
        connect_in_app,
        ("connection-started", "connection-added"),
        ("current",),
        Limit.CONNECT_START,
    ),
    "disconnect an account": Action(
        "amara",
        lambda both: both.post("/connections/google/remove/"),
        lambda both: both.call("DELETE", "/identities/google", "identities"),
        ("connection-removed",),
        ("current",),
        Limit.CHANGE,
    ),
    "download one's data": Action(
        "ada",
        lambda both: both.post("/data/download/file/"),
        lambda both: both.call("POST", "/export", "export"),
        ("data-downloaded",),
        ("current",),
        Limit.DOWNLOAD,
    ),
    "upload a photo": Action(
        "ada",
        lambda both: both.page.post(
            "/profile/photo/upload/", {"picture": named_file(picture()), "zoom": 100, "left": 50, "top": 50}
        ),
        lambda both: both.app.upload("/account/avatar", picture()),
        ("profile",),
        (),
        Limit.UPLOAD,
    ),
    "remove the photo": Action(
        "ada",
        lambda both: both.post("/profile/photo/remove/"),
        lambda both: both.app.delete("/account/avatar"),
        ("profile",),
        (),
        Limit.CHANGE,
    ),
    "prove the email": Action(
        "ada", proof_on_page, proof_in_app, ("email-proof-sent", "email-proven"), (), Limit.CODE_SEND
    ),
    "join an organisation": Action(
        "ada",
        lambda both: both.post(f"/organizations/invitations/{invitation_of(both)}/join/"),
        lambda both: both.app.post(f"/organization-invitations/{invitation_of(both)}/accept"),
        ("organization-joined",),
        ("current",),
        Limit.CHANGE,
    ),
    "decline an invitation": Action(
        "ada",
        lambda both: both.post(f"/organizations/invitations/{invitation_of(both)}/decline/"),
        lambda both: both.app.post(f"/organization-invitations/{invitation_of(both)}/decline"),
        ("organization-declined",),
        (),
        Limit.CHANGE,
    ),
    "take an organisation away from an app": Action(
        "amara",
        lambda both: both.post("/apps/ledgerly0000000000001/organizations/", organizations="okaforstudio"),
        lambda both: both.call(
            "PUT", "/apps/ledgerly0000000000001/organizations", "apps", {"organizations": ["okaforstudio"]}
        ),
        ("app-organizations-changed",),
        ("current",),
        Limit.CHANGE,
    ),
    "get an access token": Action(
        "ada",
        lambda both: both.post("/tokens/add/", name="laptop", days="7"),
        lambda both: both.call(
            "POST", "/personal-access-tokens", "personal-access-tokens", {"name": "laptop", "days": 7}
        ),
        ("access-token-added",),
        ("current",),
        Limit.CHANGE,
    ),
    "rename an access token": Action(
        "ada",
        lambda both: both.post(f"/tokens/{token_of(both)}/rename/", name="desk"),
        lambda both: both.call(
            "PATCH", f"/personal-access-tokens/{token_of(both)}", "personal-access-tokens", {"name": "desk"}
        ),
        ("access-token-renamed",),
        (),
        Limit.CHANGE,
    ),
    "remove an access token": Action(
        "ada",
        lambda both: both.post(f"/tokens/{token_of(both)}/remove/"),
        lambda both: both.call("DELETE", f"/personal-access-tokens/{token_of(both)}", "personal-access-tokens"),
        ("access-token-removed",),
        ("current",),
        Limit.CHANGE,
    ),
    "add an alert address": Action(
        "ada",
        alert_address_on_page,
        alert_address_in_app,
        ("alert-address-code-sent", "alert-address-added"),
        ("current", "new"),
        Limit.OWN_CODE_SEND,
    ),
    "remove the alert address": Action(
        "ada",
        lambda both: with_alert_address(both).post("/alerts/address/remove/"),
        lambda both: with_alert_address(both).call("DELETE", "/alerts/address", "alerts"),
        ("alert-address-removed",),
        ("current", "alert-young"),
        Limit.CHANGE,
    ),
    "turn emails about new devices off": Action(
        "ada",
        lambda both: both.post("/alerts/new-devices/turn-off/"),
        lambda both: both.call("PUT", "/alerts", "alerts", {"newDevices": False}),
        ("device-alerts-off",),
        ("current",),
        Limit.CHANGE,
    ),
    "stop what support is going to remove": Action(
        "amara",
        lambda both: with_removal(both).post("/support/cancel/"),
        lambda both: with_removal(both).app.delete("/second-steps/removal"),
        ("factor-removal-stopped",),
        ("current",),
        Limit.POST,
    ),
    "ask for the deletion": Action(
        "ada",
        lambda both: both.post("/delete/confirm/", confirmation="ada@winterbourne.example"),
        lambda both: both.call("POST", "/deletion", "deletion", {"typed": "ada@winterbourne.example"}),
        ("deletion-asked",),
        ("current",),
        Limit.CHANGE,
    ),
}
CASES = [pytest.param(action, way, id=f"{name}, {way}") for name, action in ACTIONS.items() for way in ("page", "app")]


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], api_redirect_uris=(BACK,), deletion_grace_days=7),)


def done(action: Action, way: str, logto: Logto) -> Any:
    both = Both(logto, action.handle)
    logto.state.sign_in_experience["signUp"]["identifiers"] = []  # nothing is required of everybody
    return action.on_page(both) if way == "page" else action.in_app(both)


def rows() -> list[AuditEntry]:
    return list(AuditEntry.objects.order_by("pk"))


@pytest.mark.parametrize(("action", "way"), CASES)
def test_it_leaves_the_same_rows_and_mails_and_counts_for_the_same_limit(
    action: Action, way: str, logto: Logto, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as spent:
        spent.setitem(TABLE, action.limit, tuple(replace(rule, count=0) for rule in TABLE[action.limit]))
        assert done(action, way, logto).status_code == 429
    assert [row.outcome for row in rows()] in ([], ["refused"])
    AuditEntry.objects.all().delete()
    answer = done(action, way, logto)
    assert answer.status_code < 400, answer.content
    assert [(row.change, row.outcome) for row in rows()] == [(change, "done") for change in action.changes]
    told = [facts_of(notice) for notice in Notice.objects.filter(entry=rows()[-1]).order_by("pk")]
    assert [facts.role for facts in told if facts] == list(action.told)
    app = "Fernhill Mobile" if way == "app" else ""
    assert {facts.app for facts in told if facts} == ({app} if told else set())
    assert {row.application for row in rows()} == {"fernhillmobile0000001" if way == "app" else ""}


def test_the_mail_and_the_activity_name_the_app(logto: Logto, db: None) -> None:
    both = Both(logto, "ada")
    both.call("DELETE", "/account/username", "username")
    outbox.send_due()
    assert "Through the app: Fernhill Mobile" in str(mail.outbox[-1].body)
    assert "Fernhill Mobile" in both.page.get("/activity/").content.decode()
    events = both.app.get("/activity?kind=changes").json()["events"]
    assert [(one["title"], one["app"]) for one in events][:1] == [("Your username was removed", "Fernhill Mobile")]
