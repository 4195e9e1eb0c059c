"""Organisations: what one belongs to, the email that invitations go to, joining, declining, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import responses
from django.core import mail
from django.test import Client
from pytest_django import Settings
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox.api.invitations import add_invitation
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import DAY_MS
from accountsite.sandbox.state import Json
from settings_app.logto.types import Invitation
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from settings_app.safeguards.declined import Declined
from settings_app.sections.organizations import actions
from tests.conftest import carry
from tests.pages import email_proven
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking  # noqa: F401  # a fixture

ADAS = "ada@winterbourne.example"
STATUS = "/api/organization-invitations/*/status"
HELD = "/api/users/*/organizations"
LEAVING = "/api/organizations/*/users/*"
LIST = "/api/organization-invitations"


@pytest.fixture
def proven_ada(ada: Client, logto: Logto) -> Client:
    """Ada has proven her email by a code."""
    email_proven(ada, logto)
    return ada


@pytest.fixture
def waiting(logto: Logto) -> Json:
    """Ada's invitation to the studio."""
    return next(
        one for one in logto.state.invitations.values() if one["status"] == "Pending" and one["invitee"] == ADAS
    )


def shown(client: Client, address: str = "/organizations/") -> str:
    return client.get(address).content.decode()


def join_url(invitation: Json) -> str:
    return f"/organizations/invitations/{invitation['id']}/join/"


def decline_url(invitation: Json) -> str:
    return f"/organizations/invitations/{invitation['id']}/decline/"


def paths_asked(mock: RequestsMock, since: int) -> list[str]:
    return sorted(str(call.request.path_url).partition("?")[0] for call in list(mock.calls)[since:])


def test_show_names_each_with_its_roles_and_what_they_permit(amara: Client, logto: Logto) -> None:
    logto.state.organizations["okaforstudio"]["isMfaRequired"] = True
    source = shown(amara)
    assert re.findall(r"item__title\">\s*<bdi>([^<]+)", source) == ["Harbour Energy", "Okafor Studio"]
    assert "Design and print" in source
    assert '<span class="badge">Owner</span>' in source
    assert "See who the members are" in source
    assert '<bdi class="mono" dir="ltr">read:usage</bdi>' in source
    assert source.count("Asks its members for two-step verification") == 1


def test_show_asks_for_everything_at_once_and_for_nothing_by_row(
    proven_ada: Client, logto: Logto, logto_mock: RequestsMock
) -> None:
    for number in range(20):
        logto.state.memberships[f"org{number}"] = {logto.state.person("ada").id: ["orgrolemember00000001"]}
        logto.state.organizations[f"org{number}"] = logto.state.organizations["rowingclub01"] | {"id": f"org{number}"}
    shown(proven_ada)
    before = len(logto_mock.calls)
    assert shown(proven_ada).count('class="item"') >= 21
    person = f"/api/users/{logto.state.person('ada').id}"
    assert paths_asked(logto_mock, before) == [
        "/api/organization-invitations",
        "/api/users",
        person,
        f"{person}/organizations",
    ]


def test_words_of_an_organisation_are_shown_as_text_on_one_line(ada: Client, logto: Logto) -> None:
    logto.state.organizations["rowingclub01"] |= {"name": "<b>Oars\u202e\n now", "description": "\u2066x"}
    source = shown(ada)
    assert "&lt;b&gt;Oars now" in source
    assert "\u202e" not in source
    logto.state.organizations["rowingclub01"]["name"] = "\u200b"
    assert "Unnamed organisation" in shown(ada)


def test_roles_that_cannot_be_read_leave_the_rest(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/organization-roles")
    assert "We couldn’t load what your roles allow." in shown(ada)
    logto.faults.clear()
    logto.faults.add("500", path=HELD)
    answer = ada.get("/organizations/")
    assert answer.status_code == 200
    assert "We couldn’t load your organisations" in answer.content.decode()


def test_own_roles_are_shown_where_the_operator_wants_it(db: None, logto: Logto, settings: Settings) -> None:
    logto.state.person("admin").role_ids.append("rolecustomer000000001")
    admin = client_of(logto, "admin")
    assert "Your roles" not in shown(admin)
    settings.SITES = (replace(settings.SITES[0], show_roles=True),)
    source = shown(admin)
    assert "May open the admin area of the account site" in source
    assert "read:invoices" in source
    logto.faults.add("500", path="/api/users/*/roles")
    assert "We couldn’t load your roles" in shown(admin)


def test_invitations_are_shown_to_who_has_proven_the_email_alone(
    ada: Client, logto: Logto, logto_mock: RequestsMock, waiting: Json
) -> None:
    source = shown(ada)
    assert "Confirm your email to see invitations" in source
    assert "Okafor Studio" not in source
    for address in (join_url(waiting), decline_url(waiting)):
        assert ada.get(address)["Location"] == "/organizations/email/"
        assert ada.post(address)["Location"] == "/organizations/email/"
    assert LIST not in paths_asked(logto_mock, 0)
    assert waiting["status"] == "Pending"


def test_an_email_is_proven_by_a_code_sent_to_it(ada: Client, logto: Logto) -> None:
    assert ADAS in shown(ada, "/organizations/email/")
    assert ada.post("/organizations/email/")["Location"] == "/organizations/email/confirm/"
    assert ada.post("/organizations/email/")["Location"] == "/organizations/email/confirm/"  # pressed twice
    codes = [message for message in logto.state.inbox if message.address == ADAS]
    assert len(codes) == 1
    assert "That code didn’t match" in ada.post("/organizations/email/confirm/", {"code": "000000"}).content.decode()
    answer = ada.post("/organizations/email/confirm/", {"code": codes[0].code}, follow=True)
    assert answer.redirect_chain == [("/organizations/", 302)]
    assert "Email confirmed." in answer.content.decode()
    assert "Amara Okafor-Lindqvist" in answer.content.decode()
    assert [row.change for row in AuditEntry.objects.order_by("pk")][-1] == "email-proven"
    assert ada.get("/organizations/email/")["Location"] == "/organizations/"


def test_a_code_to_an_email_that_was_changed_meanwhile_proves_nothing(ada: Client, logto: Logto) -> None:
    ada.post("/organizations/email/")
    message = logto.state.latest_message(ADAS)
    assert message is not None
    logto.state.person("ada").user["primaryEmail"] = "other@winterbourne.example"
    source = ada.post("/organizations/email/confirm/", {"code": message.code}).content.decode()
    assert "Your email has changed since we sent the code." in source
    assert "Confirm your email to see invitations" in shown(ada)


def test_without_an_email_or_a_way_to_send_codes_the_page_says_so(empty: Client, ada: Client, logto: Logto) -> None:
    for key in [key for key, one in logto.state.connectors.items() if one["type"] == "Email"]:
        del logto.state.connectors[key]
    source = shown(ada)
    assert "We can’t send codes by email right now." in source
    assert "/organizations/email/" not in source
    assert "Invitations go to an email." in shown(empty)
    assert empty.get("/organizations/email/")["Location"] == "/organizations/"


def test_where_nobody_knows_whether_codes_can_be_sent_one_may_try(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/connectors")
    source = ada.get("/organizations/").content.decode()
    assert 'href="/organizations/email/"' in source
    assert "We can’t send codes" not in source


def test_an_invitation_says_who_invites_to_what_until_when(proven_ada: Client, logto: Logto, waiting: Json) -> None:
    source = shown(proven_ada)
    assert "<bdi>Amara Okafor-Lindqvist</bdi> invited you" in source
    assert re.search(r"Until <time", source)
    source = shown(proven_ada, join_url(waiting))
    assert "Join <bdi>Okafor Studio</bdi>?" in source
    assert "See who the members are" in source
    logto.state.person("amara").user |= {"name": None, "profile": {}}
    assert "You were invited" in shown(proven_ada)
    assert "amara@" not in shown(proven_ada)


def test_how_invitations_ended_is_told_apart(proven_ada: Client, logto: Logto, waiting: Json) -> None:
    now = logto.state.now_ms
    for status, user in (("Accepted", logto.state.person("ada").id), ("Accepted", "somebody-else")):
        add_invitation(logto.state, ADAS.upper(), "rowingclub01", expires_at=now + DAY_MS, status=status)[
            "acceptedUserId"
        ] = user
    proven_ada.post(decline_url(waiting))
    source = shown(proven_ada)
    ended = re.findall(
        r"<span>(Expired|You \w+|Accepted by another account|Withdrawn, or declined elsewhere)</span>", source
    )
    assert sorted(ended) == [
        "Accepted by another account",
        "Expired",
        "Withdrawn, or declined elsewhere",
        "You declined",
        "You joined",
    ]
    assert "There’s no invitation waiting" in source


def test_join_says_when_what_the_roles_allow_cannot_be_read(proven_ada: Client, logto: Logto, waiting: Json) -> None:
    logto.faults.add("500", path="/api/organization-roles")
    page = proven_ada.get(join_url(waiting)).content.decode()
    assert "We couldn’t load what your roles allow." in page
    assert "Nothing more than belonging to it" not in page


def test_join_makes_a_member_and_is_recorded_and_announced(proven_ada: Client, logto: Logto, waiting: Json) -> None:
    answer = proven_ada.post(join_url(waiting), follow=True)
    assert "You’ve joined Okafor Studio." in answer.content.decode()
    ada = logto.state.person("ada").id
    assert logto.state.memberships["okaforstudio"][ada] == ["orgrolemember00000001"]
    assert waiting["acceptedUserId"] == ada
    row = AuditEntry.objects.get(change="organization-joined")
    assert (row.outcome, row.reason) == ("done", waiting["id"])
    outbox.send_due()
    assert any("You joined an organisation" in str(message.subject) for message in mail.outbox)


def test_decline_revokes_it_and_makes_no_member(proven_ada: Client, logto: Logto, waiting: Json) -> None:
    assert "you need a new invitation" in shown(proven_ada, decline_url(waiting))
    answer = proven_ada.post(decline_url(waiting), follow=True)
    assert "You’ve declined the invitation to Okafor Studio." in answer.content.decode()
    assert waiting["status"] == "Revoked"
    assert logto.state.person("ada").id not in logto.state.memberships["okaforstudio"]


@pytest.mark.parametrize(
    ("became", "says"),
    [
        ({"status": "Accepted", "acceptedUserId": "ada"}, "You’ve already accepted that invitation."),
        ({"status": "Revoked"}, "That invitation can’t be answered any more."),
        ({"expiresAt": 1}, "That invitation has expired."),
        ({"invitee": "amara@okafor.example"}, "That invitation isn’t there any more."),
    ],
)
def test_what_was_answered_elsewhere_says_so(
    proven_ada: Client, logto: Logto, waiting: Json, became: Json, says: str
) -> None:
    """In another tab, by the organisation, by time; and one that is somebody else's is as if it weren't there."""
    waiting |= became | ({"acceptedUserId": logto.state.person("ada").id} if "acceptedUserId" in became else {})
    before = dict(waiting)
    for address in (join_url(waiting), decline_url(waiting)):
        assert says in proven_ada.post(address, follow=True).content.decode()
    assert waiting == before
    assert logto.state.person("ada").id not in logto.state.memberships["okaforstudio"]


def test_withdrawn_between_the_look_and_the_press_is_told(
    proven_ada: Client, logto: Logto, logto_mock: RequestsMock, waiting: Json
) -> None:
    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        waiting["status"] = "Revoked"
        return carry(logto, sent)

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    logto_mock.replace(CallbackResponse(responses.PUT, anywhere, answer))
    assert "It may have been withdrawn." in proven_ada.post(join_url(waiting)).content.decode()
    assert AuditEntry.objects.get(change="organization-joined").outcome == "refused"


@pytest.mark.parametrize("url_of", [join_url, decline_url])
def test_pressed_twice_at_the_same_moment_is_done(
    proven_ada: Client, logto: Logto, logto_mock: RequestsMock, waiting: Json, url_of: Callable[[Json], str]
) -> None:
    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        carry(logto, sent)  # that of the first press, which was quicker
        return carry(logto, sent)

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    logto_mock.replace(CallbackResponse(responses.PUT, anywhere, answer))
    assert proven_ada.post(url_of(waiting))["Location"] == "/organizations/"
    assert AuditEntry.objects.latest("pk").outcome == "done"


def test_nobody_declines_what_others_were_invited_to(asking: Asking, logto: Logto) -> None:  # noqa: F811
    theirs = next(one for one in logto.state.invitations.values() if one["invitee"] != ADAS)
    with pytest.raises(Declined):
        actions.decline(asking("ada"), Invitation(id=str(theirs["id"]), invitee=str(theirs["invitee"])))
    assert theirs["status"] == "Pending"


def test_leave_asks_for_the_name_first(verified_ada: Client, logto: Logto) -> None:
    source = shown(verified_ada, "/organizations/rowingclub01/leave/")
    assert "We can’t tell who else runs Rowing Club." in source
    for name in ("", "Rowing", "Okafor Studio", "Rowing\x00Clubs"):
        source = verified_ada.post("/organizations/rowingclub01/leave/", {"name": name}).content.decode()
        assert "Type Rowing Club to leave it." in source
    assert logto.state.person("ada").id in logto.state.memberships["rowingclub01"]


@pytest.mark.parametrize("name", ["Rowing Club", " rowing  club ", "ROWING\u200b CLUB"])
def test_leave_takes_the_person_out_with_what_apps_were_let_into(verified_ada: Client, logto: Logto, name: str) -> None:
    ada = logto.state.person("ada").id
    logto.state.consent_organizations["ledgerly0000000000001", ada] = ["rowingclub01"]
    answer = verified_ada.post("/organizations/rowingclub01/leave/", {"name": name}, follow=True)
    assert "You’ve left Rowing Club." in answer.content.decode()
    assert ada not in logto.state.memberships["rowingclub01"]
    assert logto.state.consent_organizations["ledgerly0000000000001", ada] == []
    again = verified_ada.post("/organizations/rowingclub01/leave/", {"name": name}, follow=True)
    assert "You don’t belong to that organisation any more." in again.content.decode()
    assert AuditEntry.objects.get(change="organization-left").outcome == "done"
    outbox.send_due()
    assert any("You left an organisation" in str(message.subject) for message in mail.outbox)


@pytest.mark.parametrize(("kind", "status"), [("refused", 503), ("500", 503), ("429", 429)])
def test_what_fails_at_logto_is_told_and_can_be_done_again(
    db: None, logto: Logto, waiting: Json, kind: str, status: int
) -> None:
    ada = client_of(logto, "ada", verified=True)
    email_proven(ada, logto)
    leave = ("/organizations/rowingclub01/leave/", {"name": "Rowing Club"}, LEAVING, "DELETE")
    for address, typed, path, method in ((join_url(waiting), {}, STATUS, "PUT"), leave):
        logto.faults.add(kind, path=path, method=method)
        answer = ada.post(address, typed)
        assert (answer.status_code, "<title>Error:" in answer.content.decode()) == (status, True)
        logto.faults.clear()
        assert ada.post(address, typed)["Location"] == "/organizations/"
    assert logto.state.person("ada").id in logto.state.memberships["okaforstudio"]


def test_an_answer_that_was_lost_is_looked_up(db: None, logto: Logto, waiting: Json) -> None:
    ada = client_of(logto, "ada", verified=True)
    email_proven(ada, logto)
    logto.faults.add("timeout", path=STATUS, method="PUT", after=True)
    logto.faults.add("timeout", path=LEAVING, method="DELETE", after=True)
    assert ada.post(join_url(waiting))["Location"] == "/organizations/"
    assert ada.post("/organizations/rowingclub01/leave/", {"name": "Rowing Club"})["Location"] == "/organizations/"
    done = AuditEntry.objects.filter(change__in=["organization-joined", "organization-left"])
    assert {row.outcome for row in done} == {"done"}


def test_invitations_that_cannot_be_read_leave_the_rest(proven_ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path=LIST)
    source = shown(proven_ada)
    assert "We couldn’t load your invitations" in source
    assert "Rowing Club" in source


def test_a_logo_comes_from_here_and_by_the_address_on_a_page_alone(amara: Client, ada: Client, logto: Logto) -> None:
    drawing = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' id='oar'/>"
    logto.state.organizations["okaforstudio"]["branding"] = {"logoUrl": drawing}
    found = re.search(r'src="(/organizations/okaforstudio/logo/\?(\w+))"', shown(amara))
    assert found
    answer = amara.get(found[1])
    assert (answer["Content-Type"], answer["Cache-Control"].partition(",")[0]) == ("image/svg+xml", "private")
    for address in (
        "okaforstudio/logo/",
        "okaforstudio/logo/?0123456789ab",
        f"harbourenrgy/logo/?{found[2]}",
        "nope/logo/?x",
    ):
        assert ada.get(f"/organizations/{address}").status_code == 404
    email_proven(ada, logto)
    assert found[1] in shown(ada)  # with the invitation


def test_many_invitations_stay_few_reads(proven_ada: Client, logto: Logto, logto_mock: RequestsMock) -> None:
    for number in range(40):
        key = f"org{number}"
        logto.state.organizations[key] = logto.state.organizations["rowingclub01"] | {"id": key}
        logto.state.memberships[key] = {}
        add_invitation(logto.state, ADAS, key, expires_at=logto.state.now_ms + DAY_MS)
    before = len(logto_mock.calls)
    source = shown(proven_ada)
    assert source.count("/join/") == 20
    assert "21 more are waiting. Answer these first." in source
    assert len([path for path in paths_asked(logto_mock, before) if "/api/organizations/" in path]) <= 22


def test_the_overview_lists_them(amara: Client, empty: Client) -> None:
    source = shown(amara, "/")
    assert re.search(r"<dt>Okafor Studio</dt><dd>Owner</dd>", source)
    assert "You don’t belong to any organisation" in shown(empty, "/")
