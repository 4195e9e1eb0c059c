"""What a token holds, how it is signed, and that its receiver can check it with what the site publishes."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app import event_keys
from settings_app.models import SecurityEvent
from settings_app.safeguards import audit
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.security_events import TELLING
from settings_app.sites import ENVIRONMENT_NAMES, Site, read_site
from settings_app.transmitter.tokens import token_of, verification_of
from tests.safeguards.conftest import Asking

from .conftest import pem
from .receiving import URL, claims_of

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"

# A change of which no other service is told: it is a step on the way, Logto tells it, or it opens and closes nothing.
UNTOLD = {
    "profile", "step-up", "step-up-code-sent", "email-code-sent", "email-wanted", "email-restored", "phone-code-sent",
    "phone-wanted", "phone-restored", "passkey-started", "connection-started", "email-proof-sent", "email-proven",
    "organization-joined", "organization-declined", "organization-left", "access-token-renamed", "new-device",
    "sign-in-stopped", "alert-address-code-sent", "device-alerts-on", "device-alerts-off", "data-downloaded",
    "deletion-asked", "deletion-put-off", "deletion-cancelled", "deletion-stopped", "people-searched", "account-viewed",
    "view-refused", "app-permissions-changed", "app-look-changed", "factor-removal-asked", "factor-removal-approved",
    "factor-removal-withdrawn", "factor-removal-stopped",
}  # fmt: skip


def test_of_every_change_it_is_decided_whether_others_are_told() -> None:
    assert {change.value for change in Change} - {change.value for change in TELLING} == UNTOLD


def one(asking: Asking, change: Change = Change.PASSWORD_CHANGED) -> SecurityEvent:
    audit.finish(audit.start(asking("ada"), change), Outcome.DONE)
    return SecurityEvent.objects.get()


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_receiver_can_check_a_token_with_the_published_keys(
    asking: Asking, telling: Site, settings: Settings, client: Client, logto: Logto, kind: str
) -> None:
    site = replace(telling, events_keys=(pem(kind), pem("ec" if kind == "rsa" else "rsa")))
    settings.SITES = (site,)
    event = one(asking)
    token = token_of(event, site)
    about = client.get("/.well-known/ssf-configuration").json()
    keys = KeySet.import_key_set(client.get(about["jwks_uri"].removeprefix(about["issuer"])).json())
    checked = jwt.decode(token, keys, algorithms=["RS256", "ES256"])
    assert checked.header["typ"] == "secevent+jwt"
    assert checked.header["alg"] == {"rsa": "RS256", "ec": "ES256"}[kind]
    claims = checked.claims
    assert claims == {
        "iss": about["issuer"],
        "aud": "https://receiver.example",
        "iat": pytest.approx(time.time(), abs=5),
        "jti": event.token_id,
        "sub_id": {"format": "iss_sub", "iss": "http://localhost:3301/oidc", "sub": logto.state.person("ada").id},
        "events": {
            f"{CAEP}credential-change": {
                "event_timestamp": pytest.approx(time.time(), abs=5),
                "initiating_entity": "user",
                "credential_type": "password",
                "change_type": "update",
            }
        },
    }
    assert about["issuer"] == site.base_url
    stranger = KeySet([event_keys.signing_key(pem(kind, 3072))])
    with pytest.raises((JoseError, ValueError)):
        jwt.decode(token, stranger, algorithms=["RS256", "ES256"])


def test_nothing_of_the_person_but_their_id_is_in_it(asking: Asking, telling: Site, logto: Logto) -> None:
    user = logto.state.person("ada").user
    user.update(name="planted", username="planted", primaryEmail="planted@example.com", primaryPhone="46700199887")
    actor = asking("ada")
    for change in TELLING:
        written = "planted-new@example.com" if change.words.value == "email" else ""
        entry = audit.start(actor, change, written=written)
        audit.finish(entry, Outcome.DONE, "planted")
    rows = SecurityEvent.objects.all()
    assert rows.count() == len(TELLING)
    for row in rows:
        claims = claims_of(token_of(row, telling))
        text = json.dumps(claims)
        assert set(claims) == {"iss", "aud", "iat", "jti", "sub_id", "events"}
        assert [word for word in ("planted", "46700199887", "203.0.113.7", "Firefox") if word in text] == []


def test_what_support_did_names_an_administrator_as_who_began_it(asking: Asking, telling: Site) -> None:
    (name, said), *_none = claims_of(token_of(one(asking, Change.ACCOUNT_SUSPENDED), telling))["events"].items()
    assert (name.rpartition("/")[2], said["initiating_entity"]) == ("account-disabled", "admin")


def test_what_no_standard_names_is_named_below_the_address_of_the_site(asking: Asking, telling: Site) -> None:
    """RISC's own event would have to hold the address that was replaced."""
    (name, said), *_none = claims_of(token_of(one(asking, Change.EMAIL_CHANGED), telling))["events"].items()
    assert name == "http://testserver/events/identifier-change"
    assert (said["identifier_type"], said["change_type"]) == ("email", "update")


def test_one_that_nobody_can_confirm_says_so(asking: Asking, telling: Site) -> None:
    audit.finish(audit.start(asking("ada"), Change.ALL_SESSIONS_ENDED), Outcome.UNKNOWN)
    events = claims_of(token_of(SecurityEvent.objects.get(), telling))["events"]
    assert events[f"{CAEP}session-revoked"]["confirmed"] is False


def test_a_verification_event_is_about_nobody(telling: Site) -> None:
    claims = claims_of(verification_of(telling, "a" * 32))
    assert claims["sub_id"] == {"format": "opaque", "id": "testserver"}
    assert [*claims["events"]] == ["https://schemas.openid.net/secevent/ssf/event-type/verification"]


def test_the_private_halves_are_not_published(client: Client, telling: Site, settings: Settings) -> None:
    settings.SITES = (replace(telling, events_keys=(pem("ec"), pem("rsa"))),)
    answer = client.get("/.well-known/jwks.json")
    assert [set(key) & {"d", "p", "q", "dp", "dq", "qi", "k"} for key in answer.json()["keys"]] == [set(), set()]
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/.well-known/ssf-configuration"])
def test_a_site_that_tells_nobody_publishes_nothing(client: Client, logto: Logto, path: str) -> None:
    assert client.get(path).status_code == 404


GIVEN = {
    "base_url": "https://account.example.com",
    "endpoint": "https://auth.example.com",
    "app_id": "web",
    "app_secret": "invented",
    "m2m_app_id": "machine",
    "m2m_app_secret": "invented",
}


@pytest.mark.parametrize(
    ("url", "keys", "wrong"),
    [
        (URL, (pem("rsa"),), ""),
        (URL, (), "needs events_url and events_keys, or neither"),
        ("", (pem("rsa"),), "needs events_url and events_keys, or neither"),
        ("http://receiver.example/", (pem("rsa"),), "must begin with https://"),
        ("https://receiver.example:8443/", (pem("rsa"),), "must begin with https://"),
        ("https://user@receiver.example/", (pem("rsa"),), "must begin with https://"),
        (URL, ("secret-of-somebody",), "must be a private key in PEM"),
        (URL, (pem("rsa", 1024),), "must be a key of RSA with 2048 bits"),
    ],
)
def test_a_wrong_receiver_or_key_is_told_and_no_key_is_repeated(url: str, keys: tuple[str, ...], wrong: str) -> None:
    site, problems = read_site({**GIVEN, "events_url": url, "events_keys": keys}, "Site 1")
    assert (site is None) == bool(wrong)
    assert wrong in " ".join(problems)
    assert "secret-of-somebody" not in " ".join(problems)
    assert "PRIVATE KEY" not in f"{problems}{site!r}"


def test_one_site_names_its_receiver_by_the_environment() -> None:
    _site, problems = read_site({**GIVEN, "events_url": URL}, "The environment", called=ENVIRONMENT_NAMES)
    assert problems == ["The environment needs EVENTS_URL and EVENTS_KEY, or neither."]
