"""“This wasn’t me”: signed out, by a button, once, for ten days; it locks everyone out and leads to a new password."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
import time_machine
from django.conf import settings
from django.core.signing import TimestampSigner
from django.test import Client, override_settings
from django.utils import timezone
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox import making, seed_people
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import hash_password
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry, Notice, Session
from settings_app.safeguards import audit, notices, reports
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from tests.conftest import carry
from tests.mails.sent import Sent
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking
from tests.signin.ways import Page
from tests.taking_over import mails

__all__ = ["asking"]

ADA = "ada@winterbourne.example"
LINK = re.compile(r"http://testserver(/not-me/\S+)")


def told(asking: Asking, change: Change = Change.PASSWORD_CHANGED, written: str = "") -> dict[str, list[str]]:
    """The links in the mails about a change of Ada's account, by address."""
    audit.finish(audit.start(asking("ada"), change, written=written), Outcome.DONE)
    return {to: LINK.findall("\n".join(bodies)) for to, bodies in mails().items()}


@pytest.fixture
def link(asking: Asking) -> str:
    return told(asking)[ADA][0]


def press(client: Client, link: str) -> Page:
    token = parse_qs(urlsplit(link).query)["token"][0]
    return client.post("/not-me/", {"token": token})


def signed_in_everywhere(logto: Logto) -> Client:
    """Ada is signed in here and at Logto, where an app has access that outlives its session."""
    ada = logto.state.person("ada")
    session = making.add_session(logto.state, ada)
    making.add_grant(logto.state, ada, "ledgerly0000000000001", "openid offline_access", session=session)
    making.add_grant(logto.state, ada, "ledgerly0000000000001", "openid offline_access")
    return client_of(logto, "ada", verified=True)


def is_locked_out(logto: Logto) -> bool:
    """Whether nobody is in Ada's account, here or at Logto."""
    subject = logto.state.person("ada").id
    owners = {one.account_id for one in logto.state.sessions.values()}
    owners |= {one.account_id for one in logto.state.grants.values()}
    return subject not in owners and not Session.objects.filter(subject=subject).exists()


def opens_with_the_old_password(logto: Logto) -> bool:
    return logto.state.person("ada").password_hash == hash_password(seed_people.PASSWORD)


def heading(answer: Page) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def test_opening_it_says_what_the_button_does_and_changes_nothing(client: Client, link: str, logto: Logto) -> None:
    inside = signed_in_everywhere(logto)
    page = client.get(link)
    client.head(link)
    assert heading(page) == "Sign everyone out of your account?"
    assert ADA not in page.content.decode()
    assert inside.get("/profile/").status_code == 200
    assert not is_locked_out(logto)


def test_the_button_locks_everyone_out_and_leads_to_a_new_password_and_the_secure_page(
    client: Client, link: str, logto: Logto
) -> None:
    inside = signed_in_everywhere(logto)
    after = client.get(press(client, link)["Location"])
    assert is_locked_out(logto)
    assert inside.get("/profile/")["Location"].startswith("/sign-in/")
    assert heading(after) == "Choose a new password next"
    assert 'name="first_screen" value="reset_password"' in after.content.decode()
    assert 'name="next" value="/secure/"' in after.content.decode()
    assert client.get("/profile/")["Location"].startswith("/sign-in/")  # it signs nobody in


def test_the_old_password_ends_with_the_sessions_as_the_page_promises(client: Client, link: str, logto: Logto) -> None:
    assert "It stops working at once." in client.get(link).content.decode()
    assert opens_with_the_old_password(logto)
    after = client.get(press(client, link)["Location"])
    assert not opens_with_the_old_password(logto)
    assert logto.state.person("ada").password_hash is not None
    assert "Your password still works" not in after.content.decode()


def test_the_password_stays_where_the_link_is_not_with_who_gets_the_code(
    asking: Asking, client: Client, link: str, logto: Logto
) -> None:
    """Somebody changed the email since: the code for a new password would go to them."""
    signed_in_everywhere(logto)
    asking("ada").account.change_email("intruder@mail.example")
    assert "It stays as it is." in client.get(link).content.decode()
    after = client.get(press(client, link)["Location"])
    assert is_locked_out(logto)
    assert opens_with_the_old_password(logto)
    assert "Your password still works" in after.content.decode()


def test_a_link_from_before_it_told_where_it_was_sent_leaves_the_password(
    asking: Asking, client: Client, link: str, logto: Logto
) -> None:
    older = TimestampSigner(salt=reports.SALT).sign(str(Notice.objects.get().pk))
    assert client.post("/not-me/", {"token": older}).status_code == 302
    assert is_locked_out(logto)
    assert opens_with_the_old_password(logto)


def test_who_comes_in_with_the_old_password_before_it_ends_is_signed_out_too(
    client: Client, link: str, logto: Logto, logto_mock: RequestsMock
) -> None:
    state = logto.state
    came_in: list[object] = []

    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        if str(sent.url).endswith("/password") and not came_in:
            came_in.append(making.add_session(state, state.person("ada"), sid="sid-of-an-intruder"))
        return carry(logto, sent)

    logto_mock.replace(CallbackResponse(responses.PATCH, re.compile(re.escape(logto.endpoint) + "/.*"), answer))
    press(client, link)
    assert len(came_in) == 1
    assert is_locked_out(logto)


def test_without_a_reset_at_logto_it_leads_to_signing_in(client: Client, link: str, logto: Logto) -> None:
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    Tenant.forget_all()
    after = client.get(press(client, link)["Location"])
    assert opens_with_the_old_password(logto)
    assert "Your password still works" in after.content.decode()
    assert heading(after) == "Sign in and change your password"
    assert "reset_password" not in after.content.decode()


def test_who_has_no_password_is_asked_for_none(client: Client, link: str, logto: Logto) -> None:
    logto.state.person("ada").password_hash = None
    assert "Your password" not in client.get(link).content.decode()
    after = client.get(press(client, link)["Location"])
    assert heading(after) == "Sign in again"
    assert "password" not in after.content.decode().partition("<main")[2].partition("</main>")[0]


def test_it_works_once_and_ends_the_links_of_older_mails_with_it(
    asking: Asking, client: Client, link: str, logto: Logto
) -> None:
    newer = told(asking, Change.USERNAME_CHANGED)[ADA][0]
    press(client, newer)
    signed_in_everywhere(logto)
    for used in (newer, link):
        assert heading(client.get(used)) == "Choose a new password next"
        assert press(client, used).status_code == 200
    assert not is_locked_out(logto)
    latest = told(asking, Change.PASSWORD_SET)[ADA][0]
    press(client, latest)
    assert is_locked_out(logto)


def test_two_who_saw_the_same_link_lock_out_once(asking: Asking, link: str) -> None:
    from settings_app.safeguards.declined import Declined
    from settings_app.sections.undo import actions

    seen = Notice.objects.get()
    actions.lock_out(asking("ada"), "", seen, ends_password=False)
    with pytest.raises(Declined):
        actions.lock_out(asking("ada"), "", seen, ends_password=False)


def test_it_works_for_ten_days(client: Client, link: str, logto: Logto) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=9, hours=23)):
        signed_in_everywhere(logto)
        press(client, link)
        assert is_locked_out(logto)


def test_after_ten_days_it_has_expired(client: Client, link: str, logto: Logto) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=10, minutes=1)):
        signed_in_everywhere(logto)
        assert "This link has expired." in press(client, link).content.decode()
        assert not is_locked_out(logto)


def test_the_row_of_a_mail_is_kept_for_as_long_as_its_link_works() -> None:
    assert notices.KEPT_FOR > outbox.KEPT_TRYING_FOR + reports.LIFE


@pytest.mark.parametrize("token", ["", "1", "1:a:b", "{first}:{rest}"])
def test_an_invented_token_leads_nowhere(client: Client, link: str, logto: Logto, token: str) -> None:
    real = parse_qs(urlsplit(link).query)["token"][0]
    forged = token.format(first=Notice.objects.get().pk + 1, rest=real.partition(":")[2])
    signed_in_everywhere(logto)
    assert heading(client.post("/not-me/", {"token": forged})) == "This link doesn’t work"
    assert not is_locked_out(logto)


def test_it_is_good_on_its_tenant_alone(client: Client, link: str, logto: Logto) -> None:
    token = parse_qs(urlsplit(link).query)["token"][0]
    elsewhere = replace(settings.SITES[0], base_url="http://other.example", endpoint="http://localhost:3302")
    with override_settings(SITES=(settings.SITES[0], elsewhere)):
        assert reports.read(settings.SITES[0], token).notice is not None
        assert reports.read(elsewhere, token).notice is None


def test_a_suspended_person_has_none(client: Client, link: str, logto: Logto) -> None:
    logto.state.person("ada").user["isSuspended"] = True
    assert heading(press(client, link)) == "This link doesn’t work"


def test_what_could_not_be_ended_is_said_and_the_link_stays_good(client: Client, link: str, logto: Logto) -> None:
    signed_in_everywhere(logto)
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE")
    answer = press(client, link)
    assert "some are still signed in" in answer.content.decode()
    logto.faults.clear()
    Tenant.forget_all()
    press(client, link)
    assert is_locked_out(logto)


@pytest.mark.parametrize("reached", range(1, 12))
def test_killed_at_any_call_to_logto_it_is_finished_by_another_press(
    client: Client, link: str, logto: Logto, monkeypatch: pytest.MonkeyPatch, reached: int
) -> None:
    from settings_app.logto.transport import Transport

    signed_in_everywhere(logto)
    calls, call = [], Transport.answer

    class Killed(BaseException):
        pass

    def die_at(self: Transport, method: str, path: str, **content: object) -> object:
        calls.append(path)
        if len(calls) == reached:
            raise Killed
        return call(self, method, path, **content)  # type: ignore[arg-type]  # handed on as it came

    with monkeypatch.context() as mortal:
        mortal.setattr(Transport, "answer", die_at)
        try:
            press(client, link)
        except Killed:
            assert not Notice.objects.filter(reported_at__isnull=False).exists()
    press(client, link)
    assert is_locked_out(logto)


def test_it_is_audited_and_announced_without_a_link_of_its_own(client: Client, link: str) -> None:
    press(client, link)
    assert AuditEntry.objects.filter(change="account-reported", outcome=Outcome.DONE).exists()
    (body,) = mails()[ADA]
    assert "Everyone was signed out of your account" in body
    assert not LINK.findall(body)
    assert "http://testserver/secure/" in body


def test_it_can_be_pressed_a_few_times_only(client: Client, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope

    monkeypatch.setitem(TABLE, Limit.UNDO, (Rule(Scope.NETWORK, 0, 60),))
    assert press(client, link).status_code == 429


def test_who_gets_one(asking: Asking, logto: Logto) -> None:
    """Every mail about the account, but none to an address that is not the account's, nor beside a way back.

    While a way back stands, the account's is the established address: who changed it keeps the other one's mails.
    """
    new = "new@mail.example"
    assert [len(found) for found in told(asking, Change.TWO_STEP_OFF).values()] == [1]
    assert told(asking, Change.EMAIL_WANTED) == {ADA: []}
    changed = told(asking, Change.EMAIL_CHANGED, written=new)
    assert changed == {ADA: [], new: []}
    asking("ada").account.change_email(new)
    for change, written in ((Change.PASSWORD_CHANGED, ""), (Change.EMAIL_CHANGED, "third@mail.example")):
        later = {to: len(found) for to, found in told(asking, change, written=written).items()}
        assert later == {ADA: 1, new: 0} | ({written: 0} if written else {})


def test_the_mail_has_it_as_a_button_and_says_what_it_does(asking: Asking) -> None:
    told(asking)
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    outbox.send_due()
    html = Sent().html
    assert ">This wasn’t me</a>" in html
    assert "It asks before it does anything, and works for 10 days." in html


@pytest.mark.parametrize("path", ["/not-me/?token=made-up", "/undo/?token=made-up"])
def test_a_link_that_leads_nowhere_leads_to_a_new_password_all_the_same(
    db: None, client: Client, logto: Logto, path: str
) -> None:
    assert 'name="first_screen" value="reset_password"' in client.get(path).content.decode()
