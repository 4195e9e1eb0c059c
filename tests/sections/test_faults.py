"""Every change that the pages of attached things make at Logto, with each of its calls failing in each way.

The table names the calls; a page that is in no row of it, or a call that no row names, fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import product

import pytest
import responses
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import Json
from settings_app.gathered.navigation import EVERY
from tests.interrupting import Line
from tests.pages import email_proven
from tests.people import client_of

LEDGERLY = "ledgerly0000000000001"
ADAS = "ada@winterbourne.example"

END_SESSION = "DELETE /api/users/*/sessions/*"
END_GRANT = "DELETE /api/users/*/grants/*"
TAKE_ORGANIZATIONS = "PUT /api/applications/*/users/*/consent-organizations"
ANSWER_INVITATION = "PUT /api/organization-invitations/*/status"
REMOVE_TOKEN = "POST /api/users/*/personal-access-tokens/delete"

ONLY_A_LIST = {"/sessions/": "sessions", "/apps/": "grants", "/tokens/": "personal-access-tokens"}
A_WHILE = timedelta(minutes=2)  # until another code may be sent

Press = Callable[[Client, Logto], HttpResponse]
Holds = Callable[[Logto], bool]


def ada(logto: Logto) -> str:
    return logto.state.person("ada").id


def mine(kept: Mapping[str, object], logto: Logto) -> list[str]:
    return [name for name, one in kept.items() if getattr(one, "account_id", "") == ada(logto)]


def post(client: Client, address: str, **typed: str) -> HttpResponse:
    return client.post(address, typed)  # type: ignore[return-value]  # the test client's own kind


def other_session(logto: Logto) -> str:
    return next((one.uid for one in logto.state.sessions.values() if "sid-there" in str(one.payload)), "none")


def invitation(logto: Logto) -> Json:
    return next(one for one in logto.state.invitations.values() if one["invitee"] == ADAS and one["id"] != "past")


def token_page(client: Client, name: str, action: str) -> str:
    row = client.get("/tokens/").content.decode().partition(f"<bdi>{name}</bdi>")[2]
    return next(iter(re.findall(rf'href="(/tokens/\w+/{action}/)"', row)), "/tokens/gone/remove/")


def token_names(logto: Logto) -> set[str]:
    return {str(one["name"]) for one in logto.state.person("ada").tokens}


def send_proof(client: Client, logto: Logto) -> HttpResponse:
    return post(client, "/organizations/email/")


def codes_sent(logto: Logto) -> int:
    return sum(message.address == ADAS for message in logto.state.inbox)


def prove_email(client: Client, logto: Logto) -> HttpResponse:
    if client.get("/organizations/email/confirm/").status_code == 302:
        send_proof(client, logto)
    return post(client, "/organizations/email/confirm/", code=logto.state.latest_message(ADAS).code)


@dataclass(frozen=True)
class Action:
    """`calls`: what it changes at Logto, in the order of the first of each kind; `is_done` looks there."""

    page: str  # url name
    press: Press
    calls: tuple[str, ...]
    is_done: Holds
    before: Callable[[Client, Logto], object] | None = None
    goes_on: tuple[str, ...] = ()  # calls without which it is done all the same


ACTIONS = (
    Action(
        "sessions_end",
        lambda client, logto: post(client, f"/sessions/{other_session(logto)}/end/"),
        (END_SESSION,),
        lambda logto: other_session(logto) == "none",
    ),
    Action(
        "sessions_end_others",
        lambda client, logto: post(client, "/sessions/end-others/"),
        (END_SESSION,),
        lambda logto: len(mine(logto.state.sessions, logto)) == 1,
    ),
    Action(
        "apps_remove",
        lambda client, logto: post(client, f"/apps/{LEDGERLY}/remove/"),
        (TAKE_ORGANIZATIONS, END_GRANT, END_SESSION),
        lambda logto: not grants(logto) and not given(logto),
        goes_on=(END_SESSION,),  # of a session that no browser holds
    ),
    Action(
        "apps_organizations",
        lambda client, logto: post(client, f"/apps/{LEDGERLY}/organizations/"),
        (TAKE_ORGANIZATIONS,),
        lambda logto: not given(logto),
    ),
    Action(
        "organizations_email",
        send_proof,
        ("POST /api/verification-codes",),
        lambda logto: codes_sent(logto) > 0,
    ),
    Action(
        "organizations_email_confirm",
        prove_email,
        ("POST /api/verification-codes/verify",),
        lambda logto: codes_sent(logto) > 0 and not logto.state.codes,
        before=send_proof,
    ),
    Action(
        "organizations_join",
        lambda client, logto: post(client, f"/organizations/invitations/{invitation(logto)['id']}/join/"),
        (ANSWER_INVITATION,),
        lambda logto: invitation(logto)["status"] == "Accepted",
        before=email_proven,
    ),
    Action(
        "organizations_decline",
        lambda client, logto: post(client, f"/organizations/invitations/{invitation(logto)['id']}/decline/"),
        (ANSWER_INVITATION,),
        lambda logto: invitation(logto)["status"] == "Revoked",
        before=email_proven,
    ),
    Action(
        "organizations_leave",
        lambda client, logto: post(client, "/organizations/rowingclub01/leave/", name="Rowing Club"),
        ("DELETE /api/organizations/*/users/*",),
        lambda logto: ada(logto) not in logto.state.memberships["rowingclub01"],
    ),
    Action(
        "tokens_add",
        lambda client, logto: post(client, "/tokens/add/", name="desk", days="7"),
        ("POST /api/users/*/personal-access-tokens",),
        lambda logto: "desk" in token_names(logto),
    ),
    Action(
        "tokens_rename",
        lambda client, logto: post(client, token_page(client, "notebook", "rename"), name="desk"),
        ("PATCH /api/users/*/personal-access-tokens",),
        lambda logto: "desk" in token_names(logto),
    ),
    Action(
        "tokens_remove",
        lambda client, logto: post(client, token_page(client, "notebook", "remove")),
        (REMOVE_TOKEN,),
        lambda logto: "notebook" not in token_names(logto),
    ),
    Action(
        "delete_confirm",
        lambda client, logto: post(client, "/delete/confirm/", confirmation=ADAS),
        (REMOVE_TOKEN, TAKE_ORGANIZATIONS, END_GRANT, END_SESSION, "DELETE /api/users/????????????"),
        lambda logto: all(one.handle != "ada" for one in logto.state.people.values()),
        goes_on=(END_SESSION,),
    ),
    Action(
        "secure_sign_out_others",
        lambda client, logto: post(client, "/secure/sign-out-others/"),
        (END_SESSION,),
        lambda logto: len(mine(logto.state.sessions, logto)) == 1,
    ),
    Action(
        "secure_lock",
        lambda client, logto: post(client, "/secure/lock/"),
        (END_SESSION, "PATCH /api/users/*/password", REMOVE_TOKEN, TAKE_ORGANIZATIONS, END_GRANT),
        lambda logto: not (grants(logto) or given(logto) or token_names(logto) or mine(logto.state.sessions, logto)),
    ),
)
ATTACHED = ("sessions", "apps", "organizations", "tokens", "alerts", "delete", "data", "secure")
# These pages change nothing at Logto: they draw something, or change what this site keeps.
AT_LOGTO_NOTHING = {
    *("sessions", "apps", "apps_details", "apps_logo", "organizations", "organizations_logo", "tokens"),
    *("alerts_address_change", "alerts_address_confirm", "alerts_address_resend", "alerts_address_cancel"),
    *("alerts_address_remove", "alerts_new_devices_turn_on", "alerts_new_devices_turn_off"),
    *("delete", "delete_cancel", "delete_keep", "delete_done"),
    *("data", "data_download", "data_download_page", "data_download_file"),
    *("secure", "secure_locked"),
}


def grants(logto: Logto) -> list[str]:
    held = logto.state.grants.values()
    return [one.id for one in held if one.account_id == ada(logto) and one.client_id == LEDGERLY]


def given(logto: Logto) -> list[str]:
    return logto.state.consent_organizations.get((LEDGERLY, ada(logto)), [])


@pytest.fixture
def client(db: None, logto: Logto) -> Client:
    """Ada's browser, of somebody with a bit of everything: another device, an app with organisations, tokens."""
    state, person = logto.state, logto.state.person("ada")
    for kept in (state.grants, state.sessions):
        for name in mine(kept, logto):
            del kept[name]
    making.add_session(state, person, sid="sid-here")
    making.add_session(state, person, sid="sid-there")
    own = making.add_session(state, person, hours_ago=2, client_id=LEDGERLY)
    making.add_grant(state, person, LEDGERLY, "openid offline_access", session=own)
    making.add_grant(state, person, LEDGERLY, "openid offline_access")
    state.consent_organizations[LEDGERLY, person.id] = ["rowingclub01"]
    made = client_of(logto, "ada", sid="sid-here", verified=True)
    made.get("/apps/")  # what belongs to the tenant is known
    return made


def held(logto: Logto) -> str:
    """All that Logto holds which any of these changes touches."""
    state = logto.state
    kept = (state.sessions, state.grants, state.consent_organizations, state.memberships, state.invitations)
    person = next((one for one in state.people.values() if one.handle == "ada"), None)
    return repr((kept, state.codes, person and (person.user, person.tokens, person.password_hash)))


def test_every_page_of_these_sections_is_in_the_table_or_changes_nothing_at_logto() -> None:
    pages = {str(address.name) for one in EVERY if one.name in ATTACHED for address in one.addresses}
    assert pages == AT_LOGTO_NOTHING | {action.page for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.page)
def test_these_are_its_calls(client: Client, logto: Logto, logto_mock: responses.RequestsMock, action: Action) -> None:
    if action.before:
        action.before(client, logto)
    line = Line.between(logto, logto_mock)
    action.press(client, logto)
    assert action.is_done(logto)
    made = [call.partition("?")[0] for call in line.calls if not call.startswith(("GET ", "POST /oidc/"))]
    kinds = [next((kind for kind in action.calls if fnmatchcase(call, kind)), call) for call in made]
    assert list(dict.fromkeys(kinds)) == list(action.calls)


FAULTS = (("refused", False), ("timeout", True), ("500", False), ("429", False))
CASES = [(action, call, *fault) for action in ACTIONS for call, fault in product(action.calls, FAULTS)]


@pytest.mark.parametrize(
    ("action", "call", "kind", "after"), CASES, ids=[f"{case[0].page}-{case[1]}-{case[2]}" for case in CASES]
)
def test_whatever_fails_the_page_says_what_is_so_and_it_can_be_done_again(
    client: Client, logto: Logto, action: Action, call: str, kind: str, after: bool
) -> None:
    if action.before:
        action.before(client, logto)
    before, (method, path) = held(logto), call.split(" ")
    logto.faults.add(kind, path=path, method=method, after=after, times=1 if after else None)
    answer = action.press(client, logto)
    is_done = action.is_done(logto)
    if call in action.goes_on:
        assert (answer.status_code, is_done) == (302, True)
        return
    source = answer.content.decode()
    if "<title>Error:" not in source:
        assert is_done
    else:
        assert answer.status_code in (429, 503)
        if re.search("othing was (changed|saved|sent)", source):
            assert held(logto) == before
        if after:
            assert re.search("couldn’t confirm|some may be|may still be|not deleted|nobody has seen it", source)
    logto.faults.clear()
    with time_machine.travel(timezone.now() + A_WHILE):
        action.press(client, logto)
    assert action.is_done(logto)


@pytest.mark.parametrize(("path", "read"), ONLY_A_LIST.items())
def test_where_the_list_that_failed_is_all_there_is_one_asks_for_the_page_again(
    logto: Logto, db: None, path: str, read: str
) -> None:
    """In place of the list alone, what stands beside it would be missing once it is there."""
    logto.faults.add("500", path=f"/api/users/*/{read}")
    source = client_of(logto, "ada").get(path).content.decode()
    [again] = re.findall(r"<a([^>]*)>Try again</a>", source)
    assert re.findall(r"[\w-]+=", again) == ["class=", "href="]
    assert f'href="{path}"' in again
    assert "The rest of this page is up to date." not in source


def test_where_a_part_failed_that_part_alone_is_asked_for_again(logto: Logto, db: None) -> None:
    logto.faults.add("500", path="/api/users/*/organizations")
    source = client_of(logto, "ada").get("/organizations/").content.decode()
    assert re.search(r'hx-select="#organizations"[^>]*>Try again</a>', source)
    assert "The rest of this page is up to date." in source
