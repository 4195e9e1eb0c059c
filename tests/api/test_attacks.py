"""What somebody tries who has a token and wants more than it is good for, or an answer that none was written for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey
from pytest_django.fixtures import Settings
from responses import RequestsMock

from accountsite.sandbox.api.personal_access_tokens import add_token
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import PASSWORD
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from tests.api.caller import App

LEDGERLY = "ledgerly0000000000001"
OTHER_HOST = "other.example"


def sent(app: App, method: str, path: str, body: bytes, kind: str = "application/json", **headers: str) -> Any:
    told = {"Authorization": f"Bearer {app.token()}"} | {name.replace("_", "-"): one for name, one in headers.items()}
    return Client(raise_request_exception=False).generic(method, f"/api{path}", body, kind, headers=told)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"[" * 200_000, 400, id="deep"),
        pytest.param(b'{"name": ' + b"9" * 5000 + b"}", 400, id="a number of 5000 digits"),
        pytest.param(b'{"name": "\\ud800"}', 400, id="half a letter"),
        pytest.param(b'{"\\ud800": "x"}', 400, id="half a letter as a name"),
        pytest.param(b'{"customData": {"\\ud800": "x"}}', 400, id="half a letter further in"),
        pytest.param(b'{"customData": {"x": "\\ud800"}}', 400, id="half a letter as a value"),
        pytest.param(b'{"customData": {"team": NaN}}', 400, id="no number"),
        pytest.param(b'{"name": "\xff"}', 400, id="no UTF-8"),
        pytest.param(b"{}", 200, id="nothing"),
    ],
)
def test_bodies_that_nobody_writes(app: App, body: bytes, status: int) -> None:
    answer = sent(app, "PATCH", "/account", body, If_Match=app.version())
    assert answer.status_code == status, answer.content


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""])
@pytest.mark.parametrize("key", ["", "once"])
def test_a_content_type_that_does_not_fit_is_no_fault(app: App, kind: str, key: str) -> None:
    answer = sent(app, "PATCH", "/account", b'{"name": "New"}', kind, If_Match=app.version(), Idempotency_Key=key)
    assert answer.status_code in (200, 400, 422)
    upload = sent(app, "POST", "/account/avatar", b"--x\r\nnonsense", kind, Idempotency_Key=key)
    assert upload.status_code in (400, 422), upload.content


@pytest.mark.parametrize("path", ["/activity", "/account"])
def test_more_parameters_than_are_read_are_no_fault(app: App, path: str) -> None:
    answer = sent(app, "GET", f"{path}?{'&'.join(f'a{number}=1' for number in range(150))}", b"")
    assert answer.status_code in (200, 400), answer.content


def test_more_files_than_one_are_refused(app: App) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\nx\r\n'
    answer = sent(app, "POST", "/account/avatar", part * 3 + b"--x--\r\n", "multipart/form-data; boundary=x")
    assert code_of(answer) == (400, "request.unreadable")


@pytest.mark.parametrize("before", ["9" * 40, "-" + "9" * 30, "-1", "99999999999999", "0"])
def test_moments_that_there_are_not(app: App, before: str) -> None:
    assert sent(app, "GET", f"/activity?before={before}", b"").status_code in (200, 422)


def test_addresses_are_exact(app: App) -> None:
    for path in ("/account/", "//account", "/account//", "/account/../account", "/Account", "/account%2F"):
        answer = app.get(path)
        assert answer.status_code == 404, path


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "POST"])
def test_methods_that_are_not_offered(app: App, method: str) -> None:
    answer = sent(app, method, "/account", b"")
    assert (answer.status_code, set(answer["Allow"].split(", "))) == (405, {"GET", "PATCH"})


def test_no_answer_is_kept_by_anybody_on_the_way(app: App) -> None:
    answer = app.get("/account")
    again = app.get("/account", If_None_Match=answer["ETag"])
    assert (answer["Cache-Control"], again.status_code) == ("no-store", 200)
    assert {"Authorization", "Origin", "Accept-Language"} <= set(answer["Vary"].split(", "))
    assert app.get("/account", Authorization="")["Cache-Control"] == "no-store"


def test_two_tokens_are_none(app: App) -> None:
    token = app.token()
    assert code_of(app.get("/account", Authorization=f"Bearer {token},Bearer {token}")) == (401, "token.invalid")


def claims_of(app: App) -> dict[str, Any]:
    return dict(jwt.decode(app.token(), app.logto.state.signing_keys[0], algorithms=["ES384"]).claims)


def test_a_key_that_a_token_brings_along_is_not_looked_at(app: App) -> None:
    own = ECKey.generate_key("P-384")
    public = own.as_dict(private=False)
    for more in ({"jwk": public}, {"jku": "https://evil.example/jwks"}, {"kid": "../../etc/passwd"}, {"kid": ""}):
        header = {"alg": "ES384", "typ": "at+jwt", "kid": app.logto.state.signing_keys[0].kid} | more
        forged = jwt.encode(header, claims_of(app), own, algorithms=["ES384"])
        assert code_of(app.get("/account", Authorization=f"Bearer {forged}")) == (401, "token.invalid")


def test_a_token_that_nobody_signed(app: App) -> None:
    head, body, _signature = app.token().split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"  # {"alg":"none","typ":"at+jwt"}
    for forged in (f"{none}.{body}.", f"{head}.{body}.", f"{none}.{body}.AAAA"):
        assert code_of(app.get("/account", Authorization=f"Bearer {forged}")) == (401, "token.invalid")


def test_a_call_beyond_the_limit_asks_logto_nothing(
    app: App, logto_mock: RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, Limit.API, (Rule(Scope.PERSON, 1, 60),))
    app.get("/account")
    before = len(logto_mock.calls)
    assert code_of(app.get("/account")) == (429, "limit.api")
    assert len(logto_mock.calls) == before


def test_a_key_is_of_one_site(app: App, logto: Logto, settings: Settings) -> None:
    """Another site of the tenant may show less of the account."""
    (here,) = settings.SITES
    other = replace(here, base_url=f"http://{OTHER_HOST}", api_resource=here.api_audience, visible_fields=("nickname",))
    settings.SITES = (here, other)
    settings.ALLOWED_HOSTS = ["*"]
    headers = {"If_Match": app.version(), "Idempotency_Key": "once"}
    assert "Ada" in app.patch("/account", {"name": "Ada King"}, **headers).content.decode()
    there = app.patch("/account", {"name": "Ada King"}, Host=OTHER_HOST, **headers)
    assert "Idempotency-Replayed" not in there
    assert "Ada" not in there.content.decode()


def test_confirmed_after_all_the_same_request_runs(app: App, logto: Logto) -> None:
    refused = app.delete("/account/username", Idempotency_Key="once")
    assert code_of(refused) == (403, "confirmation.required")
    done = app.delete("/account/username", Idempotency_Key="once", Confirmation=app.confirmed("username"))
    assert done.status_code == 204
    assert logto.state.person("ada").user["username"] is None


def test_the_version_read_again_the_same_request_runs(app: App) -> None:
    assert app.patch("/account", {"name": "New"}, If_Match='"old"', Idempotency_Key="once").status_code == 412
    assert app.patch("/account", {"name": "New"}, If_Match=app.version(), Idempotency_Key="once").status_code == 200


def test_any_version_is_no_version(app: App) -> None:
    assert app.patch("/account", {"name": "New"}, If_Match="*").status_code == 412


def confirmed(app: App, purpose: str) -> str:
    return str(app.post("/confirmations", {"for": purpose, "password": PASSWORD}).json()["id"])


def others(app: App, settings: Settings) -> App:
    settings.SITES = (replace(settings.SITES[0], api_third_party_apps=(LEDGERLY,)),)
    return replace(app, told={"client_id": LEDGERLY})


def test_what_one_app_began_no_other_ends(app: App, logto: Logto, settings: Settings) -> None:
    """Codes, the secret of an authenticator, an account being connected."""
    theirs = others(app, settings)
    settings.SITES = (replace(settings.SITES[0], api_redirect_uris=("com.fernhill.mobile:/connected",)),)
    Tenant.forget_all()

    def do(one: App, method: str, path: str, purpose: str, body: Any = None) -> Any:
        return one.call(method, path, body, Confirmation=confirmed(one, purpose))

    do(app, "POST", "/account/email", "email", {"email": "ada@new.example"})
    code = str(logto.state.latest_message("ada@new.example").code)
    assert code_of(do(theirs, "POST", "/account/email/code", "email", {"code": code})) == (422, "code.none")
    setup = do(app, "POST", "/second-steps/authenticator", "second-steps").json()["setup"]
    typed = {"setup": setup, "code": "123456"}
    taken = do(theirs, "POST", "/second-steps/authenticator/code", "second-steps", typed)
    assert taken.status_code == 422
    begun = do(app, "POST", "/identities/github", "identities", {"redirectUri": "com.fernhill.mobile:/connected"})
    state = str(begun.json()["address"]).partition("state=")[2].partition("&")[0]
    answer = {"parameters": {"state": state, "code": "x"}}
    assert code_of(do(theirs, "POST", "/identities", "identities", answer)) == (422, "state.unknown")
    assert not AuditEntry.objects.filter(outcome="done", change="email-changed").exists()


def test_a_confirmation_is_of_one_site(app: App, settings: Settings) -> None:
    (here,) = settings.SITES
    other = replace(here, base_url=f"http://{OTHER_HOST}", api_resource=here.api_audience)
    settings.SITES = (here, other)
    settings.ALLOWED_HOSTS = ["*"]
    confirmation = app.confirmed("username")
    there = app.delete("/account/username", Confirmation=confirmation, Host=OTHER_HOST)
    assert code_of(there) == (403, "confirmation.required")


def test_what_is_of_somebody_else_is_not_there(app: App, logto: Logto) -> None:
    """By the ids of others: their sessions, factors, tokens and invitations."""
    amara = logto.state.person("amara")
    session = next(uid for uid, one in logto.state.sessions.items() if one.payload["accountId"] == amara.id)
    add_token(logto.state, amara, "of nobody else")
    mine = {one["name"]: one["id"] for one in App(logto, "amara").get("/personal-access-tokens").json()}[
        "of nobody else"
    ]
    invitation = next(
        key for key, one in logto.state.invitations.items() if one["invitee"] != "ada@winterbourne.example"
    )
    for method, path, purpose, body in (
        ("DELETE", f"/sessions/{session}", "sessions", None),
        ("DELETE", "/second-steps/factoramarapasskey001", "second-steps", None),
        ("DELETE", f"/personal-access-tokens/{mine}", "personal-access-tokens", None),
        ("PATCH", f"/personal-access-tokens/{mine}", "personal-access-tokens", {"name": "mine now"}),
        ("PUT", "/apps/ledgerly0000000000001/organizations", "apps", {"organizations": []}),
    ):
        answer = app.call(method, path, body, Confirmation=app.confirmed(purpose))
        assert answer.status_code in (404, 422), (path, answer.content)
    app.post("/organization-invitations/email")
    app.post(
        "/organization-invitations/email/code", {"code": logto.state.latest_message("ada@winterbourne.example").code}
    )
    for what in ("accept", "decline"):
        assert code_of(app.post(f"/organization-invitations/{invitation}/{what}")) == (404, "not_found")
    assert session in logto.state.sessions
    assert logto.state.consent_organizations["ledgerly0000000000001", amara.id] == ["okaforstudio", "harbourenrgy"]
    assert "of nobody else" in {one["name"] for one in amara.tokens}
