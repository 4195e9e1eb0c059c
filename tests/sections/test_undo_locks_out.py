"""What an undo takes from whoever changed the account, how it goes on when interrupted, and who signs in first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accountsite.sandbox import making, seed_people
from accountsite.sandbox.api.personal_access_tokens import add_token
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import SITE_APP_ID
from accountsite.sandbox.seed_people import PASSWORD
from accountsite.sandbox.web import Answer, Request
from settings_app.actor import Actor
from settings_app.logto.errors import Unavailable
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry, KnownDevice, OneTimeState, Pending, Restoration, Session
from settings_app.safeguards import alert_settings, audit, connect_states, pending, undo, waiting_secrets
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, TooManyAttempts
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.safeguards.perform import perform
from settings_app.safeguards.sign_ins import devices
from settings_app.safeguards.sign_ins.sighting import Reached, Sighting
from settings_app.sections.undo import actions
from settings_app.shell import owner_proof
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking
from tests.signin.ways import Page, come_back, request_of
from tests.taking_over import change_email, change_phone, days_ago, held, links, mails, opens, press

__all__ = ["asking"]

A, B = "ada@winterbourne.example", "b@intruder.example"
AMARA = "amara@okafor.example"
PHONE, YOUNG_PHONE = "447700900123", "447700900777"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def link(verified_ada: Client, logto: Logto) -> str:
    """Somebody changed Ada's email; this is the link that her old one got."""
    change_email(verified_ada, logto, B)
    return links(A)[0]


def factor(number: int, *, days: float) -> dict[str, object]:
    return {"id": f"factor{number:014d}", "type": "Totp", "createdAt": days_ago(days), "secret": SECRET}


def social(name: str) -> dict[str, object]:
    return {"userId": name, "details": {"id": name, "name": name}}


def page(client: Client, link: str) -> str:
    return client.get(link).content.decode()


def test_second_factors_added_since_or_just_before_go_and_older_ones_stay(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    ada = logto.state.person("ada")
    just_before = factor(2, days=1)
    ada.factors = [just_before]
    change_email(verified_ada, logto, B)
    ada.factors.append(factor(3, days=0))
    press(client, links(A)[0])
    assert ada.factors == []
    changes = AuditEntry.objects.values_list("change", flat=True)
    assert list(changes).count(Change.AUTHENTICATOR_REMOVED.value) == 2


def test_connected_accounts_added_since_go_and_older_ones_stay(client: Client, db: None, logto: Logto) -> None:
    amara = logto.state.person("amara")
    amara.factors = []
    change_email(client_of(logto, "amara", verified=True), logto, B)
    amara.user["identities"]["github"] = social("intruder")
    press(client, links(AMARA)[0])
    assert set(amara.user["identities"]) == {"google"}


def test_a_connected_account_that_was_replaced_goes(client: Client, db: None, logto: Logto) -> None:
    amara = logto.state.person("amara")
    amara.factors = []
    change_email(client_of(logto, "amara", verified=True), logto, B)
    amara.user["identities"]["google"] = social("intruder")
    press(client, links(AMARA)[0])
    assert amara.user["identities"] == {}


def test_connected_accounts_stay_where_nothing_else_opens_the_account(client: Client, db: None, logto: Logto) -> None:
    amara = logto.state.person("amara")
    amara.factors, amara.password_hash, amara.sso_identities = [], None, []
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    for method in logto.state.sign_in_experience["signIn"]["methods"]:
        method["verificationCode"] = False
    change_email(client_of(logto, "amara", verified=True), logto, B)
    amara.user["identities"]["google"] = social("intruder")
    answer = press(client, links(AMARA)[0])
    assert amara.user["identities"]["google"] == social("intruder")
    assert "We left your connected accounts" in page(client, answer["Location"])


def test_a_phone_that_nobody_had_established_goes(verified_ada: Client, client: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    ada.user["primaryPhone"] = None
    verified_ada.get("/security/")
    change_phone(verified_ada, logto, YOUNG_PHONE)
    change_email(verified_ada, logto, B)
    press(client, links(A)[0])
    assert ada.user["primaryPhone"] in (None, "")


def test_an_established_phone_comes_back_with_the_email(
    verified_ada: Client, client: Client, link: str, logto: Logto
) -> None:
    change_phone(verified_ada, logto, YOUNG_PHONE)
    press(client, link)
    assert (held(logto, "ada", "primaryEmail"), held(logto, "ada", "primaryPhone")) == (A, PHONE)


def test_a_phone_that_is_another_accounts_by_now_is_told(client: Client, link: str, logto: Logto) -> None:
    logto.state.person("ada").user["primaryPhone"] = YOUNG_PHONE
    seed_people.add_person(logto.state, "bob", name="Bob", primaryPhone=PHONE)
    answer = press(client, link)
    assert held(logto, "ada", "primaryPhone") in (None, "")
    assert "Another account uses your phone number" in page(client, answer["Location"])


def test_the_password_becomes_one_that_nobody_knows(client: Client, link: str, logto: Logto) -> None:
    answer = press(client, link)
    assert not opens(PASSWORD, "ada", logto)
    assert 'value="reset_password"' in page(client, answer["Location"])


def test_without_a_reset_the_password_stays_and_the_page_says_so(client: Client, link: str, logto: Logto) -> None:
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    Tenant.forget_all()
    assert "It stays as it is" in page(client, link)
    answer = press(client, link)
    assert opens(PASSWORD, "ada", logto)
    after = page(client, answer["Location"])
    assert "Anyone who knows it can still sign in" in after
    assert 'value="reset_password"' not in after


def test_a_first_password_stops_working_where_nobody_resets_it(client: Client, db: None, logto: Logto) -> None:
    ada = logto.state.person("ada")
    ada.password_hash, theirs = None, ada.password_hash
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    change_email(client_of(logto, "ada", verified=True), logto, B)
    ada.password_hash = theirs
    link = links(A)[0]
    assert "A password that was set in the last few days stops working" in page(client, link)
    answer = press(client, link)
    assert not opens(PASSWORD, "ada", logto)
    after = page(client, answer["Location"])
    assert "Sign in the way you did before" in after
    assert 'value="reset_password"' not in after


def test_a_first_password_set_just_before_is_none_of_the_owners(
    asking: Asking, client: Client, logto: Logto, verified_ada: Client
) -> None:
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    perform(asking("ada"), Change.PASSWORD_SET, lambda actor: None)
    change_email(verified_ada, logto, B)
    press(client, links(A)[0])
    assert not opens(PASSWORD, "ada", logto)


def test_access_tokens_made_since_go(verified_ada: Client, client: Client, logto: Logto) -> None:
    ada = logto.state.person("ada")
    add_token(logto.state, ada, "of the owner")
    ada.tokens[-1]["createdAt"] -= 30 * 86_400_000
    change_email(verified_ada, logto, B)
    add_token(logto.state, ada, "of the intruder")
    press(client, links(A)[0])
    assert [token["name"] for token in ada.tokens] == ["nightly backup", "old laptop", "of the owner"]


def test_an_access_token_whose_name_cannot_be_read_is_not_left_as_if_it_were_gone(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    change_email(verified_ada, logto, B)
    add_token(logto.state, logto.state.person("ada"), "of the intruder")
    logto.faults.add("field_other_type", path="/api/users/*/personal-access-tokens", times=1)
    link = links(A)[0]
    assert press(client, link).status_code == 503
    assert "of the intruder" in [token["name"] for token in logto.state.person("ada").tokens]
    press(client, link)
    assert "of the intruder" not in [token["name"] for token in logto.state.person("ada").tokens]


def test_devices_are_told_of_again(verified_ada: Client, client: Client, logto: Logto) -> None:
    """Also where whoever changed the account had that switched off, and had been told of as new."""
    tenant, subject = settings.SITES[0].tenant, logto.state.person("ada").id
    for days, agent in ((30, making.FIREFOX), (0, making.CHROME)):
        at = timezone.now() - timedelta(days=days)
        with time_machine.travel(at):
            devices.know(tenant, [Sighting(subject, at, Reached.SIGNED_IN, agent, "203.0.113.7")])
    verified_ada.post("/alerts/new-devices/turn-off/")
    assert not alert_settings.wants_new_devices(tenant, subject)
    change_email(verified_ada, logto, B)
    press(client, links(A)[0])
    assert alert_settings.wants_new_devices(tenant, subject)
    assert sorted(KnownDevice.objects.values_list("told", flat=True)) == [Reached.NOTHING, Reached.SIGNED_IN]


def test_who_had_switched_them_off_long_ago_is_left_alone(verified_ada: Client, client: Client, logto: Logto) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=10)):
        client_of(logto, "ada", verified=True).post("/alerts/new-devices/turn-off/")
    change_email(verified_ada, logto, B)
    press(client, links(A)[0])
    assert not alert_settings.wants_new_devices(settings.SITES[0].tenant, logto.state.person("ada").id)


def test_what_apps_were_allowed_ends_though_its_session_is_gone(client: Client, link: str, logto: Logto) -> None:
    ada = logto.state.person("ada")
    session = seed_people.add_session(logto.state, ada)
    seed_people.add_grant(logto.state, ada, SITE_APP_ID, "openid", session=session)
    del logto.state.sessions[session.uid]
    press(client, link)
    assert not [grant for grant in logto.state.grants.values() if grant.account_id == ada.id]


def test_what_waits_is_cancelled(asking: Asking, client: Client, link: str) -> None:
    intruder = asking("ada")
    pending.send(intruder, Purpose.PHONE, Kind.PHONE, YOUNG_PHONE)
    waiting_secrets.keep(intruder, "add", SECRET)
    connect_states.keep(intruder, purpose="connect", connector_id="x", redirect_uri="y", target="z")
    press(client, link)
    assert not Pending.objects.filter(state=Pending.State.WAITING).exists()
    assert not OneTimeState.objects.exists()


CALLS = {
    "email": ("PATCH", "/api/users/ada0000000ab"),
    "password": ("PATCH", "/api/users/*/password"),
    "factors": ("GET", "/api/users/*/mfa-verifications"),
    "removal of a factor": ("DELETE", "/api/users/*/mfa-verifications/*"),
    "disconnecting": ("DELETE", "/api/users/*/identities/*"),
    "tokens": ("GET", "/api/users/*/personal-access-tokens"),
    "removal of a token": ("POST", "/api/users/*/personal-access-tokens/delete"),
    "sessions": ("GET", "/api/users/*/sessions"),
    "end of a session": ("DELETE", "/api/users/*/sessions/*"),
    "grants": ("GET", "/api/users/*/grants"),
    "end of a grant": ("DELETE", "/api/users/*/grants/*"),
}


SETTLED_AT_ONCE = ("end of a session", "end of a grant")  # they are listed again, and are gone


def taken_over(verified_ada: Client, logto: Logto) -> str:
    """Everything that somebody can add to an account; the link that takes it all away again."""
    change_email(verified_ada, logto, B)
    change_phone(verified_ada, logto, YOUNG_PHONE)
    ada = logto.state.person("ada")
    ada.factors.append(factor(1, days=0))
    ada.user["identities"]["github"] = social("intruder")
    add_token(logto.state, ada, "of the intruder")
    session = seed_people.add_session(logto.state, ada)
    seed_people.add_grant(logto.state, ada, SITE_APP_ID, "openid", session=session)
    gone = seed_people.add_session(logto.state, ada)
    seed_people.add_grant(logto.state, ada, SITE_APP_ID, "openid", session=gone)
    del logto.state.sessions[gone.uid]
    return links(A)[0]


def assert_taken_back(logto: Logto) -> None:
    ada = logto.state.person("ada")
    assert (ada.user["primaryEmail"], ada.user["primaryPhone"]) == (A, PHONE)
    assert (ada.factors, ada.user["identities"]) == ([], {})
    assert "of the intruder" not in [token["name"] for token in ada.tokens]
    assert not opens(PASSWORD, "ada", logto)
    assert not [one for one in logto.state.sessions.values() if one.account_id == ada.id]
    assert not [one for one in logto.state.grants.values() if one.account_id == ada.id]
    assert not Session.objects.filter(subject=ada.id).exists()


@pytest.mark.parametrize("is_lost", [False, True], ids=["refused", "answer lost"])
@pytest.mark.parametrize("call", CALLS)
def test_pressed_again_after_any_interruption_it_goes_on_to_the_end(
    verified_ada: Client, client: Client, logto: Logto, call: str, is_lost: bool
) -> None:
    link = taken_over(verified_ada, logto)
    method, path = CALLS[call]
    logto.faults.add("reset" if is_lost else "refused", path=path, method=method, after=is_lost)
    is_settled = is_lost and call in SETTLED_AT_ONCE
    assert press(client, link).status_code == (302 if is_settled else 503)
    logto.faults.clear()
    if not is_settled:
        assert press(client, link).status_code == 302
    assert_taken_back(logto)
    assert Restoration.objects.get().sealed == ""


def test_whatever_is_interrupted_the_intruder_is_out_of_this_site(
    verified_ada: Client, client: Client, link: str, logto: Logto
) -> None:
    logto.faults.add("refused", path="/api/users/*/password", method="PATCH")
    assert press(client, link).status_code == 503
    assert verified_ada.get("/security/")["Location"].startswith("/sign-in/")


def test_the_one_who_was_locked_out_is_told_of_an_interrupted_undo_too(client: Client, link: str, logto: Logto) -> None:
    mails()
    logto.faults.add("refused", path="/api/users/*/password", method="PATCH")
    press(client, link)
    assert set(mails()) == {A, B}


def test_nobody_else_changes_it_until_it_is_finished(asking: Asking, client: Client, link: str, logto: Logto) -> None:
    logto.faults.add("refused", path="/api/users/*/password", method="PATCH")
    press(client, link)
    logto.faults.clear()
    with pytest.raises(TooManyAttempts):
        perform(asking("ada"), Change.USERNAME_CHANGED, lambda actor: actor.account.change_username("intruder"))
    assert not AuditEntry.objects.filter(change=Change.USERNAME_CHANGED.value).exists()  # refused before all else
    press(client, link)
    perform(asking("ada"), Change.USERNAME_CHANGED, lambda actor: actor.account.change_username("owner"))
    assert held(logto, "ada", "username") == "owner"


def test_who_goes_on_hours_later_is_not_changed_against_either(
    asking: Asking, client: Client, link: str, logto: Logto
) -> None:
    logto.faults.add("refused", path="/api/users/*/password", method="PATCH")
    press(client, link)
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        perform(asking("ada"), Change.USERNAME_CHANGED, lambda actor: actor.account.change_username("at_last"))
        assert press(client, link).status_code == 503
        with pytest.raises(TooManyAttempts):
            perform(asking("ada"), Change.USERNAME_CHANGED, lambda actor: actor.account.change_username("again"))


def test_an_interrupted_one_can_be_finished_after_its_72_hours(client: Client, link: str, logto: Logto) -> None:
    almost = Restoration.objects.get().expires_at - timedelta(minutes=1)
    logto.faults.add("refused", path="/api/users/*/password", method="PATCH")
    with time_machine.travel(almost):
        assert press(client, link).status_code == 503
    logto.faults.clear()
    with time_machine.travel(almost + timedelta(minutes=10)):
        assert press(client, link).status_code == 302


@pytest.fixture
def answers(logto: Logto, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, Callable[[], None]], None]:
    """Lets something happen at Logto right after a call, as when somebody else is quick."""

    def after(method: str, path: str, happens: Callable[[], None]) -> None:
        answer = logto.answer

        def answered(request: Request) -> Answer:
            given = answer(request)
            if request.method == method and request.path.endswith(path):
                happens()
            return given

        monkeypatch.setattr(logto, "answer", answered)

    return after


def test_what_is_changed_meanwhile_is_found(
    client: Client, link: str, logto: Logto, answers: Callable[[str, str, Callable[[], None]], None]
) -> None:
    ada, times = logto.state.person("ada"), iter([True])

    def adds_another() -> None:
        if next(times, False):
            ada.factors.append(factor(9, days=0))

    answers("GET", "/grants", adds_another)
    assert press(client, link).status_code == 302
    assert ada.factors == []


def test_a_change_that_was_under_way_at_logto_does_not_outlast_it(
    verified_ada: Client, client: Client, link: str, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button is pressed while Logto has not yet carried out what the intruder sent before."""
    monkeypatch.setattr(actions, "PATIENCE_SECONDS", 0.1)
    answer, pressed, third = logto.answer, [], "third@else.example"

    def slow(request: Request) -> Answer:
        if request.method == "PATCH" and third.encode() in request.body:
            pressed.append(press(client, link))
        return answer(request)

    verified_ada.post("/email/change/", {"email": third})
    monkeypatch.setattr(logto, "answer", slow)
    verified_ada.post("/email/confirm/", {"code": logto.state.latest_message(third).code})
    assert held(logto, "ada", "primaryEmail") == third
    assert pressed[0].status_code == 503
    assert "Wait a minute, then press the button again" in pressed[0].content.decode()
    assert press(client, link).status_code == 302
    assert held(logto, "ada", "primaryEmail") == A


def test_what_logto_was_too_slow_to_answer_is_waited_for(
    asking: Asking, client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "PATIENCE_SECONDS", 0.1)

    def is_lost(_actor: Actor) -> None:
        raise Unavailable("PATCH", "/api/users/{id}", sent=True)

    with pytest.raises(Unavailable):
        perform(asking("ada"), Change.USERNAME_CHANGED, is_lost)
    assert "Wait a minute" in press(client, link).content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert press(client, link).status_code == 302


def test_a_change_that_began_as_the_button_was_pressed_is_not_made(
    verified_ada: Client, link: str, logto: Logto, answers: Callable[[str, str, Callable[[], None]], None]
) -> None:
    """It had looked already, and reads at Logto what the account holds, before it writes."""
    verified_ada.post("/email/change/", {"email": "again@else.example"})
    code = logto.state.latest_message("again@else.example").code
    logto.state.person("ada").user["identities"]["github"] = social("intruder")
    reads = iter([False, True])

    def begins() -> None:
        if next(reads, False):
            undo.begin(Restoration.objects.get())

    answers("GET", "/api/users/ada0000000ab", begins)
    answer = verified_ada.post("/email/confirm/", {"code": code})
    assert "Someone is undoing the last changes" in answer.content.decode()
    assert held(logto, "ada", "primaryEmail") == B


def test_no_clock_decides_what_had_begun(asking: Asking, client: Client, link: str) -> None:
    """Of two machines, or of two commits: a change that looked before the button counted may be dated after it."""
    row = Restoration.objects.get()
    undo.begin(row)
    actor, later = asking("ada"), timezone.now() + timedelta(seconds=3)
    AuditEntry.objects.create(started_at=later, **actor.owner, change=Change.USERNAME_CHANGED.value)
    assert undo.under_way(row)


def test_no_change_goes_on_for_longer_than_it_is_waited_for(
    asking: Asking, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "LONGEST_CHANGE", timedelta(0))
    with pytest.raises(Unavailable):
        perform(asking("ada"), Change.USERNAME_CHANGED, lambda actor: actor.account.change_username("late"))
    assert held(logto, "ada", "username") == "ada"


def test_a_password_set_meanwhile_is_unknown_too(
    client: Client, link: str, logto: Logto, answers: Callable[[str, str, Callable[[], None]], None]
) -> None:
    ada, times = logto.state.person("ada"), iter([True])
    known = ada.password_hash

    def sets_it_again() -> None:
        if next(times, False):
            ada.password_hash = known

    answers("PATCH", "/password", sets_it_again)
    assert press(client, link).status_code == 302
    assert not opens(PASSWORD, "ada", logto)


def test_the_other_side_learns_neither_device_nor_network_nor_name(client: Client, link: str) -> None:
    mails()
    press(client, link)
    told = mails()
    assert set(told) == {A, B}
    for hidden in ("127.0.0.1", "Network address", "Device", A, "Ada"):
        assert hidden not in told[B][0]
    assert "127.0.0.1" in told[A][0]


def test_the_link_of_a_suspended_person_writes_nothing(asking: Asking, client: Client, link: str, logto: Logto) -> None:
    logto.state.person("ada").user["isSuspended"] = True
    assert "nothing to undo" in page(client, link)
    press(client, link)
    with pytest.raises(Declined):
        actions.take_back(asking("ada"), "", Restoration.objects.get(), is_proven=True)
    assert held(logto, "ada", "primaryEmail") == B


def test_a_link_survives_a_new_secret_key(client: Client, link: str, logto: Logto, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is as long as it has to be, invented for this test alone"
    press(client, link)
    assert held(logto, "ada", "primaryEmail") == A


# Second factors


@pytest.fixture
def amaras_link(db: None, logto: Logto) -> str:
    change_email(client_of(logto, "amara", verified=True), logto, B)
    return links(AMARA)[0]


def sign_in_at_logto(client: Client, logto: Logto, link: str, handle: str) -> Page:
    """From the link to Logto, the sign-in there, and back."""
    token = parse_qs(urlsplit(link).query)["token"][0]
    address = client.post("/sign-in/undo/", {"token": token})["Location"]
    query = parse_qs(urlsplit(address).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    assert token not in address
    return come_back(client, logto, handle, address)


def test_an_account_with_a_second_factor_asks_for_a_sign_in_first(
    asking: Asking, client: Client, amaras_link: str, logto: Logto
) -> None:
    assert "sign in with your second step first" in page(client, amaras_link)
    press(client, amaras_link)
    with pytest.raises(Declined):
        actions.take_back(asking("amara"), "", Restoration.objects.get(), is_proven=False)
    assert held(logto, "amara", "primaryEmail") == B


def test_who_signs_in_as_the_same_person_can_undo_and_is_not_signed_in(
    client: Client, amaras_link: str, logto: Logto
) -> None:
    answer = sign_in_at_logto(client, logto, amaras_link, "amara")
    assert answer["Location"] == reverse("undo")
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert "Undo and sign out everywhere" in page(client, reverse("undo"))
    press(client, amaras_link)
    assert held(logto, "amara", "primaryEmail") == AMARA
    assert len(logto.state.person("amara").factors) == 4


def test_who_signs_in_as_somebody_else_cannot(client: Client, amaras_link: str, logto: Logto) -> None:
    answer = sign_in_at_logto(client, logto, amaras_link, "ada")
    assert answer.status_code == 403
    press(client, amaras_link)
    assert held(logto, "amara", "primaryEmail") == B


def test_a_proof_is_for_one_person_and_ten_minutes(client: Client, amaras_link: str, logto: Logto) -> None:
    request = request_of(client)
    owner_proof.mark_proven(request, subject="amara")
    assert owner_proof.is_proven(request, subject="amara")
    assert not owner_proof.is_proven(request, subject="ada")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert not owner_proof.is_proven(request, subject="amara")


def test_once_the_factors_were_changed_the_mailbox_is_enough(client: Client, amaras_link: str, logto: Logto) -> None:
    logto.state.person("amara").factors.append(factor(7, days=0))
    press(client, amaras_link)
    assert held(logto, "amara", "primaryEmail") == AMARA
    assert len(logto.state.person("amara").factors) == 4


def test_a_factor_that_the_intruder_set_up_first_asks_for_nothing(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    logto.state.person("ada").factors = [factor(1, days=0)]
    change_email(client_of(logto, "ada", verified=True, how="sign-in"), logto, B)
    press(client, links(A)[0])
    assert held(logto, "ada", "primaryEmail") == A


def test_nothing_is_changed_whose_factors_cannot_be_read(asking: Asking, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/mfa-verifications")
    actor = asking("ada")
    with pytest.raises(Exception, match="mfa-verifications"):
        audit.start(actor, Change.EMAIL_CHANGED, written=B)
    assert not AuditEntry.objects.exists()


def test_a_link_that_leads_nowhere_leads_to_no_sign_in(client: Client, logto: Logto) -> None:
    assert client.post("/sign-in/undo/", {"token": "made-up"})["Location"] == reverse("undo")


@pytest.mark.parametrize("is_before", [True, False], ids=["just before", "since"])
def test_second_factors_are_asked_for_again(db: None, client: Client, logto: Logto, is_before: bool) -> None:
    amara = logto.state.person("amara")
    intruder = client_of(logto, "amara", verified=True, how="sign-in")

    def switch_off() -> None:
        assert intruder.post("/two-step/turn-off/").status_code == 302
        assert amara.configs["mfa"]["skipMfaOnSignIn"]

    if is_before:
        switch_off()
    change_email(intruder, logto, B)
    if not is_before:
        switch_off()
    amara.factors.append(factor(7, days=0))
    press(client, links(AMARA)[0])
    assert not amara.configs["mfa"]["skipMfaOnSignIn"]


def test_who_does_without_a_second_step_is_not_asked_for_one(db: None, client: Client, logto: Logto) -> None:
    amara = logto.state.person("amara")
    amara.configs["mfa"]["skipMfaOnSignIn"] = True
    change_email(client_of(logto, "amara", verified=True, how="sign-in"), logto, B)
    amara.factors.append(factor(7, days=0))
    press(client, links(AMARA)[0])
    assert amara.configs["mfa"]["skipMfaOnSignIn"]
