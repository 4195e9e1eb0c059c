"""Two sites on two tenants whose people have the same ids: nothing of one is of use on the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import responses
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app import metering, session, tracing
from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry, OneTimeState, Session
from settings_app.safeguards import audit, heartbeats, leases, limits, pending, previews, undo
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.shell.exporter import exposition
from settings_app.sites import Brand, Site
from settings_app.webhooks import events
from settings_app.webhooks.message import Delivery
from tests.conftest import METHODS, carry
from tests.people import client_of
from tests.taking_over import change_email, links

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class There:
    """The other site and its tenant, with Ada signed in and confirmed; her id is the same as on the first."""

    site: Site
    logto: Logto
    ada: Client
    actor: Actor


@pytest.fixture
def ada(verified_ada: Client) -> Client:
    return verified_ada


@pytest.fixture
def there(logto: Logto, ada: Client, logto_mock: responses.RequestsMock, settings: Settings) -> There:
    first = settings.SITES[0]
    site = replace(first, base_url="http://second.example", endpoint="http://localhost:3399", brand=Brand(name="Acme"))
    sandbox = Logto(site.endpoint, site_url=site.base_url, seed=1)

    def answer(sent: requests.PreparedRequest) -> Any:
        return carry(sandbox, sent)

    for method in METHODS:
        logto_mock.add_callback(method, re.compile(re.escape(sandbox.endpoint) + "/.*"), answer)
    settings.SITES, settings.ALLOWED_HOSTS = (site, first), ["testserver", "second.example"]
    client = client_of(sandbox, "ada", verified=True)
    client.defaults["HTTP_HOST"] = "second.example"
    settings.SITES = (first, site)
    assert sandbox.state.person("ada").id == logto.state.person("ada").id
    return There(site, sandbox, client, actor_of(site, sandbox))


def actor_of(site: Site, logto: Logto) -> Actor:
    account = Tenant.of(site).account(logto.state.person("ada").id)
    return Actor(site=site, account=account, person=account.person(), language="en", session=session.SessionStore())


@pytest.fixture
def here(there: There, logto: Logto) -> Actor:
    return actor_of(settings.SITES[0], logto)


def test_a_change_on_one_is_written_told_and_listed_there_alone(ada: Client, there: There, logto: Logto) -> None:
    before = logto.state.person("ada").user["username"]
    there.ada.post("/username/change/", {"username": "countess"})
    assert there.logto.state.person("ada").user["username"] == "countess"
    assert logto.state.person("ada").user["username"] == before
    assert "countess" not in ada.get("/security/").content.decode()
    assert {row.site for row in AuditEntry.objects.all()} == {"second.example"}
    assert "Username" not in ada.get("/activity/").content.decode().partition("<main")[2].partition("Signed in")[0]
    outbox.send_due()
    assert ["Acme" in str(sent.body) + sent.subject and "testserver" not in str(sent.body) for sent in mail.outbox] == [
        True
    ]


def test_sessions_end_on_one_and_not_on_the_other(ada: Client, there: There, here: Actor) -> None:
    assert session.end_sessions(tenant=here.realm, subject=here.account.user_id) == 1
    assert (ada.get("/").status_code, there.ada.get("/").status_code) == (302, 200)
    Session.objects.update(sid="the-same-sid")
    assert session.end_sessions_of_sid(tenant=here.realm, sid="the-same-sid") == 0
    events.obey(here.site, Delivery("User.Deleted", timezone.now(), {"data": {"id": here.account.user_id}}))
    assert there.ada.get("/").status_code == 200


def test_a_cookie_of_one_opens_nothing_on_the_other(ada: Client, there: There) -> None:
    carried = Client(HTTP_HOST="testserver")
    carried.cookies = there.ada.cookies
    assert carried.get("/profile/").status_code == 302


def test_what_is_kept_of_a_tenant_and_its_token_are_its_own(there: There, here: Actor, logto: Logto) -> None:
    there.logto.state.sign_in_experience["unknownSessionRedirectUrl"] = "https://acme.example"
    ours, theirs = here.tenant, there.actor.tenant
    assert ours is not theirs
    assert theirs.sign_in_experience().unknown_session_address == "https://acme.example"
    assert ours.sign_in_experience().unknown_session_address == ""
    assert len({one.transport._token().value for one in (ours, theirs)}) == 2


def test_tries_leases_and_codes_of_one_do_not_count_on_the_other(there: There, here: Actor) -> None:
    for _time in range(5):
        limits.spend(here, Limit.STEP_UP_PASSWORD)
    with pytest.raises(TooManyAttempts):
        limits.spend(here, Limit.STEP_UP_PASSWORD)
    limits.spend(there.actor, Limit.STEP_UP_PASSWORD)
    with leases.on_person(here), leases.on_person(there.actor):
        pass
    pending.send(here, Purpose.EMAIL, Kind.EMAIL, "new@mail.example")
    assert len(pending.of_person(here)) == 1
    assert pending.of_person(there.actor) == []


def test_links_in_mails_of_one_lead_nowhere_on_the_other(ada: Client, there: There, logto: Logto) -> None:
    change_email(ada, logto, "b@intruder.example")
    (link,) = links("ada@winterbourne.example")[:1]
    token = unquote(link.partition("token=")[2])
    first = settings.SITES[0]
    assert undo.read(first, token).row is not None
    assert undo.read(there.site, token).row is None
    there.ada.post("/undo/", {"token": token})
    assert logto.state.person("ada").user["primaryEmail"] == "b@intruder.example"


def test_a_look_at_an_account_is_open_on_its_own_site_alone(there: There, here: Actor) -> None:
    entry = audit.start(here, Change.ACCOUNT_VIEWED)
    row = previews.keep(here, entry, why="Ticket 4711")
    asked = {"admin": here.account.user_id, "binding": here.binding}
    assert previews.find(here.site, row.key, **asked) == row
    assert previews.find(there.site, row.key, **asked) is None
    assert previews.recent(there.actor) == []


def test_a_sign_in_that_began_on_one_does_not_end_on_the_other(there: There) -> None:
    visitor = Client()
    begun = visitor.post("/sign-in/", headers={"host": "testserver"})
    state = re.findall(r"state=([^&]+)", begun["Location"])[0]
    assert OneTimeState.objects.count() == 1
    answer = visitor.get("/sign-in/callback/", {"code": "x", "state": state}, headers={"host": "second.example"})
    assert answer.status_code == 400
    assert OneTimeState.objects.count() == 1


PLANTED = "plantedvalue"


def test_what_is_counted_on_one_is_not_counted_on_the_other_and_names_nobody(
    ada: Client, there: There, logto: Logto
) -> None:
    """Every metric that the operator's guide promises is there, and by site where it says so."""
    for sandbox in (logto, there.logto):
        sandbox.state.person("ada").user.update(name=PLANTED, primaryPhone="46700199887")
    meters = metering.start()
    try:
        for _time in range(3):
            ada.get("/profile/")
        there.ada.post("/username/change/", {"username": f"x{PLANTED}"})
        there.ada.get(f"/{PLANTED}/?x={PLANTED}", headers={"User-Agent": PLANTED})
        there.logto.faults.add("refused")
        there.ada.get("/profile/")
        with tracing.of_site(there.site.host), pytest.raises(TooManyAttempts):
            exhaust(there.actor)
        heartbeats.beat(heartbeats.RETENTION)
        outbox.send_due()
        told = exposition(meters).decode()
    finally:
        metering.stop()
    samples = [line for line in told.splitlines() if not line.startswith("#")]

    def of(name: str, host: str, **labels: str) -> float:
        wanted = [f'site="{host}"', *(f'{label}="{value}"' for label, value in labels.items())]
        found = [line for line in samples if re.match(rf"{name}[{{ ]", line) and all(one in line for one in wanted)]
        return sum(float(line.rpartition(" ")[2]) for line in found)

    here, other = "testserver", "second.example"
    requests_of = "accountsite_requests_total"
    assert [of(requests_of, host, page="profile") for host in (here, other)] == [3, 1]
    assert [of(requests_of, host, status="503") for host in (here, other)] == [0, 1]
    assert [of(requests_of, host, page="username_change") for host in (here, other)] == [0, 1]
    calls = "accountsite_logto_calls_total"
    assert [of(calls, host, method="PATCH", endpoint="/api/users/{id}", status="200") for host in (here, other)] == [
        0,
        1,
    ]
    assert [of(calls, host, status="no-answer") > 0 for host in (here, other)] == [False, True]
    assert [of("accountsite_request_seconds_count", host) for host in (here, other)] == [3, 3]
    assert [of("accountsite_limits_hit_total", host, limit="undo") for host in (here, other)] == [0, 1]
    assert f'accountsite_mails_waiting{{site="{other}"}}' in told
    assert [word for word in (PLANTED, "46700199887", "ada0000000ab", "198.51.100") if word in told] == []

    guide = (Path(__file__).resolve().parent.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    promised = set(
        re.findall(r"`(accountsite_[a-z_]+)`", guide.partition("| by | |")[2].partition("Worth an alarm")[0])
    )
    assert len(promised) >= 11
    assert {name for name in promised if f"# TYPE {name}" not in told} == set()
    beats = set(re.findall(r'accountsite_heartbeat_timestamp_seconds\{of="([a-z]+)"\}', told))
    assert beats == {"mails", "retention"}


def exhaust(actor: Actor) -> None:
    for _time in range(100):
        limits.spend(actor, Limit.UNDO)
