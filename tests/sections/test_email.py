"""The email: a code to the new one, then the write; removal; and every way that can be refused."""

# ruff: noqa: RUF001  # characters that look like others are typed here

from __future__ import annotations

import re
import time

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import add_person
from accountsite.sandbox.web import Answer, Request
from settings_app.logto.types import EmailBlocklist
from settings_app.shell.email_rules import is_blocked, normalized
from tests.people import client_of

NEW = "ada@new.example"
OLD = "ada@winterbourne.example"


def send(client: Client, email: str = NEW) -> None:
    answer = client.post("/email/change/", {"email": email})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/email/confirm/"


def code(logto: Logto, email: str = NEW) -> str:
    return str(logto.state.latest_message(email).code)


def wrong(logto: Logto, email: str = NEW) -> str:
    return f"{(int(code(logto, email)) + 1) % 1_000_000:06d}"


def confirm(client: Client, typed: str) -> str:
    return client.post("/email/confirm/", {"code": typed}, follow=True).content.decode()


def stored(logto: Logto) -> object:
    return logto.state.person("ada").user["primaryEmail"]


def test_change_sends_a_code_to_the_new_address_and_changes_nothing_yet(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    assert len(code(logto)) == 6
    assert stored(logto) == OLD


def test_the_right_code_changes_the_email(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    page = confirm(verified_ada, code(logto))
    assert stored(logto) == NEW
    assert "Email changed." in page


def test_a_pasted_code_may_hold_spaces(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    confirm(verified_ada, f" {code(logto)[:3]} {code(logto)[3:]} ")
    assert stored(logto) == NEW


def test_a_person_without_email_adds_one(db: None, logto: Logto) -> None:
    client = client_of(logto, "empty", verified=True)
    send(client)
    page = confirm(client, code(logto))
    assert logto.state.person("empty").user["primaryEmail"] == NEW
    assert "Email added." in page


def test_a_wrong_code_changes_nothing_and_keeps_nothing_typed(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    typed = wrong(logto)
    page = confirm(verified_ada, typed)
    assert "That code didn’t match." in page
    assert "<title>Error: " in page
    assert stored(logto) == OLD


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_is_not_sent_to_logto(verified_ada: Client, logto: Logto, typed: str) -> None:
    send(verified_ada)
    page = confirm(verified_ada, typed)
    assert "Enter the" in page
    assert logto.state.codes[NEW].tries == 0


def test_after_five_wrong_codes_the_right_one_counts_no_more(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    typed = wrong(logto)
    pages = [confirm(verified_ada, typed) for _ in range(5)]
    page = confirm(verified_ada, code(logto))
    assert "Too many tries. Send another code." in pages[-1]
    assert "Too many tries. Send another code." in page
    assert stored(logto) == OLD


def test_a_code_lives_ten_minutes(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    with time_machine.travel(time.time() + 601):
        client = client_of(logto, "ada", verified=True)
        page = confirm(client, right)
    assert "Email changed." not in page
    assert stored(logto) == OLD


def test_an_expired_code_is_told_so(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["verificationCodePolicy"] = {"expirationDuration": 60}
    send(verified_ada)
    right = code(logto)
    with time_machine.travel(time.time() + 70):
        page = confirm(verified_ada, right)
    assert "That code has expired. Send another one." in page
    assert stored(logto) == OLD


def test_a_code_of_another_session_is_refused(verified_ada: Client, logto: Logto) -> None:
    elsewhere = client_of(logto, "ada", verified=True, binding="elsewhere")
    send(elsewhere)
    page = confirm(verified_ada, code(logto))
    assert "We haven’t sent you a code yet. Send one first." in page
    assert stored(logto) == OLD


def test_a_code_sent_to_confirm_who_one_is_changes_no_email(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    verified_ada.post("/verify/end/")
    verified_ada.post("/verify/email/")
    for_step_up = code(logto, OLD)
    verified_ada.post("/verify/confirm/", {"code": for_step_up})
    page = confirm(verified_ada, for_step_up)
    assert "That code didn’t match." in page
    assert stored(logto) == OLD


def test_a_stranger_who_wants_the_same_address_ends_nothing(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    with time_machine.travel(time.time() + 70):
        stranger = client_of(logto, "rtl", verified=True)
        send(stranger)
        confirm(verified_ada, right)
    assert stored(logto) == NEW


def test_a_code_is_used_once(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    confirm(verified_ada, right)
    logto.state.person("ada").user["primaryEmail"] = OLD
    page = confirm(verified_ada, right)
    assert "That code has already been used." in page
    assert stored(logto) == OLD


def test_pressing_confirm_twice_ends_on_the_security_page(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    confirm(verified_ada, right)
    answer = verified_ada.post("/email/confirm/", {"code": right})
    assert answer["Location"] == "/security/"


def test_pressing_send_twice_sends_one_code(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    send(verified_ada)
    assert len(logto.state.inbox) == 1


def test_another_code_has_to_wait_a_minute(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    answer = verified_ada.post("/email/resend/")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "You can ask for another code in" in answer.content.decode()
    assert len(logto.state.inbox) == 1


def test_after_a_minute_another_code_replaces_the_first(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    first = code(logto)
    with time_machine.travel(time.time() + 70):
        answer = verified_ada.post("/email/resend/")
        old_one = confirm(verified_ada, first)
        confirm(verified_ada, code(logto))
    assert answer["Location"] == "/email/confirm/"
    assert "didn’t match" in old_one
    assert stored(logto) == NEW


def test_without_anything_waiting_the_code_page_goes_back_and_says_why(verified_ada: Client) -> None:
    page = verified_ada.get("/email/confirm/", follow=True)
    assert page.redirect_chain[0][0] == "/email/change/?gone=1"
    assert "We haven’t sent you a code yet." in page.content.decode()


def test_a_waiting_change_is_seen_on_the_security_page_and_can_be_cancelled(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    before = verified_ada.get("/security/").content.decode()
    verified_ada.post("/email/cancel/")
    after = verified_ada.get("/security/").content.decode()
    page = confirm(verified_ada, right)
    assert NEW in before
    assert "/email/resend/" in before
    assert NEW not in after
    assert "This was cancelled." in page
    assert stored(logto) == OLD


def test_opening_the_cancel_address_cancels_nothing(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    verified_ada.get("/email/cancel/")
    confirm(verified_ada, code(logto))
    assert stored(logto) == NEW


def other_than(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


def test_an_address_that_another_account_has_looks_like_any_other(verified_ada: Client, logto: Logto) -> None:
    taken, free = "layla@zahrani.example", "nobody@zahrani.example"
    pages = []
    for address in (taken, free):
        send(verified_ada, address)
        waiting = verified_ada.get("/email/confirm/").content.decode()
        wrong = confirm(verified_ada, "000000" if address == taken else other_than(code(logto, free)))
        pages.append(
            [re.sub(r"[\w-]{30,}|\d+|value=\"[^\"]*\"", "", page.replace(address, "")) for page in (waiting, wrong)]
        )
    assert pages[0] == pages[1]
    assert [message.address for message in logto.state.inbox] == [free]
    assert stored(logto) == OLD


def test_an_address_taken_between_code_and_write_is_refused_truthfully(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    add_person(logto.state, "faster", primaryEmail=NEW)
    page = confirm(verified_ada, right)
    assert "You can’t use that email here." in page
    assert "Email changed" not in page
    assert stored(logto) == OLD


def test_logto_going_down_between_code_and_write_is_told_truthfully(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    logto.faults.add("500", path="/api/users/*", method="PATCH")
    answer = verified_ada.post("/email/confirm/", {"code": right})
    assert answer.status_code == 503
    assert "Your code was right, but we couldn’t save the change." in answer.content.decode()
    assert stored(logto) == OLD


def test_a_lost_answer_to_the_write_is_settled_by_reading_again(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    logto.faults.add("timeout", path="/api/users/*", method="PATCH", after=True)
    page = confirm(verified_ada, right)
    assert stored(logto) == NEW
    assert "Email changed." in page


def test_a_lost_answer_to_the_code_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    logto.faults.add("timeout", path="/api/verification-codes/verify", after=True)
    answer = verified_ada.post("/email/confirm/", {"code": right})
    assert answer.status_code == 503
    assert stored(logto) == OLD


def test_without_a_mail_connector_the_page_says_so(verified_ada: Client, logto: Logto) -> None:
    del logto.state.connectors["connectoremail0000001"]
    page = verified_ada.post("/email/change/", {"email": NEW}).content.decode()
    assert "can’t send codes there right now" in page
    assert f'value="{NEW}"' in page


def test_logtos_own_limit_of_messages_tells_nothing_of_the_address(verified_ada: Client, logto: Logto) -> None:
    logto.state.sent_at[NEW] = [logto.state.now()] * 10
    answer = verified_ada.post("/email/change/", {"email": NEW})
    assert answer["Location"] == "/email/confirm/"
    page = verified_ada.get("/email/confirm/").content.decode()
    assert "We don’t send codes to an email that another account uses" in page


def test_sending_is_limited_for_each_person(verified_ada: Client, logto: Logto) -> None:
    answers = [verified_ada.post("/email/change/", {"email": f"ada{number}@new.example"}) for number in range(12)]
    assert answers[-1].status_code == 429
    assert len(logto.state.inbox) < 12


def test_logto_down_while_sending_keeps_what_was_typed(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("refused", path="/api/users", times=9)
    answer = verified_ada.post("/email/change/", {"email": NEW})
    assert answer.status_code == 503
    assert f'value="{NEW}"' in answer.content.decode()


NO_EMAIL = "Enter an email address, such as name@example.com."
BEFORE = "before the @."
AFTER = "Check the part after the @."


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        *((typed, NO_EMAIL) for typed in ("", "ada", "ada@", "@new.example", "\u200b")),
        *(
            (typed, "without spaces")
            for typed in ("a da@new.example", "Ada <ada@new.example>", "ada@new.example, b@x.example")
        ),
        ("a@b@new.example", "with a single @"),
        ("ada@new.example;bob@new.example", "with a single @"),
        *((f"{typed}@new.example", BEFORE) for typed in ("<ada", ",ada", "mailto:ada", "ada,bob", "ada;bob", "ada(c)")),
        *(
            (f"{typed}@new.example", BEFORE)
            for typed in ("ａｄａ", "jörg", "аda", "ada[1]", "a\\b", '"ada"', "ada\u0301")
        ),
        *((typed, AFTER) for typed in ("ada@nowhere", "ada@new..example", "ada@-x-.example", "ada@new.example.")),
        *((typed, AFTER) for typed in ("ada@new_x.example", "ada@[192.0.2.1]", "ada@192.0.2.1", "ada@new.example>")),
    ],
)
def test_what_is_no_email_is_refused_with_the_reason(verified_ada: Client, logto: Logto, typed: str, says: str) -> None:
    page = verified_ada.post("/email/change/", {"email": typed}).content.decode()
    assert says in page
    assert not logto.state.inbox


def test_the_refusal_shows_the_first_character_that_is_wrong(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/email/change/", {"email": "ada;bob@new.example"}).content.decode()
    assert "“;” before the @." in page


def test_what_stands_unseen_in_a_pasted_email_is_left_out(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada, "\u2068a\u200bda@new.exam\u00adple\u2069\ufeff")
    confirm(verified_ada, code(logto))
    assert stored(logto) == NEW


def test_the_email_one_has_already_is_not_sent_a_code(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/email/change/", {"email": OLD}).content.decode()
    assert "That’s already your email." in page
    assert not logto.state.inbox


def test_a_blocked_address_is_refused_before_anything_is_sent(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/email/change/", {"email": "ada@blocked.example"}).content.decode()
    assert "You can’t use that email here." in page
    assert not logto.state.inbox


@pytest.mark.parametrize(
    ("address", "blocklist", "blocked"),
    [
        ("a@x.example", EmailBlocklist(blocked=("@x.example",)), True),
        ("A@X.Example", EmailBlocklist(blocked=("a@x.example",)), True),
        ("a@sub.x.example", EmailBlocklist(blocked=("@x.example",)), False),
        ("a@sub.x.example", EmailBlocklist(blocked=("@*.x.example",)), True),
        ("foobar@x.example", EmailBlocklist(blocked=("foo*@x.example",)), True),
        ("foo@y.example", EmailBlocklist(blocked=("foo*@x.example",)), False),
        ("a+b@x.example", EmailBlocklist(blocks_subaddressing=True), True),
        ("a@x.example", EmailBlocklist(blocks_subaddressing=True), False),
        ("a@x.example", EmailBlocklist(blocked=("@x.example",), allowed=("a@x.example",)), False),
        ("a@xn--bcher-kva.example", EmailBlocklist(blocked=("@bücher.example",)), True),
        ("abc@x.example", EmailBlocklist(blocked=("*b*b*@x.example",)), False),
    ],
)
def test_the_blocklist_is_read_as_logto_writes_it(address: str, blocklist: EmailBlocklist, blocked: bool) -> None:
    assert is_blocked(address, blocklist) is blocked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada.O'Neil+x@Example.ORG ", "Ada.O'Neil+x@example.org"),
        ("ada@NEW.EXAMPLE", "ada@new.example"),
        ("ada@Bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@ｎｅｗ.example", "ada@new.example"),
        ("ada＠new.example", "ada@new.example"),
        ("a..b@mobile.example", "a..b@mobile.example"),  # dots as Japanese carriers have them
        (".a.@mobile.example", ".a.@mobile.example"),
        ("a!#$%&'*+-/=?^_`{|}~z@new.example", "a!#$%&'*+-/=?^_`{|}~z@new.example"),
    ],
)
def test_an_email_is_kept_as_typed_but_for_its_domain(typed: str, kept: str) -> None:
    assert normalized(typed) == kept


def test_an_email_has_at_most_128_characters_and_64_of_them_before_the_at() -> None:
    domain = f"@{'b' * 55}.example"
    assert normalized("a" * 64 + domain)
    with pytest.raises(ValidationError, match="128 characters"):
        normalized("a" * 64 + f"@b{domain[1:]}")
    with pytest.raises(ValidationError, match="64 characters or fewer before the @"):
        normalized("a" * 65 + "@new.example")


def test_remove_asks_first_and_says_what_remains(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    page = verified_ada.get("/email/remove/").content.decode()
    assert "Remove ada@winterbourne.example?" in page
    assert "You can still sign in with your password or a code by text message." in page
    assert stored(logto) == OLD


def test_remove_takes_the_email_away(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    page = verified_ada.post("/email/remove/", follow=True).content.decode()
    assert stored(logto) is None
    assert "Email removed." in page


def test_an_email_that_the_tenant_requires_stays(verified_ada: Client, logto: Logto) -> None:
    assert (
        '<a class="button button--primary" href="/email/change/">'
        in verified_ada.get("/email/remove/").content.decode()
    )
    page = verified_ada.post("/email/remove/").content.decode()
    assert "Every account needs an email" in page
    assert stored(logto) == OLD


def test_the_email_that_is_the_only_way_in_stays(db: None, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    add_person(logto.state, "bob", primaryEmail="bob@new.example", password=None)
    client = client_of(logto, "bob", verified=True)
    shown = client.get("/email/remove/").content.decode()
    page = client.post("/email/remove/").content.decode()
    assert "It’s your only way to sign in." in shown
    assert "It’s your only way to sign in." in page
    assert logto.state.person("bob").user["primaryEmail"] == "bob@new.example"


def test_the_email_that_is_a_demanded_second_factor_stays(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    logto.state.sign_in_experience["mfa"] = {"factors": ["EmailVerificationCode"], "policy": "Mandatory"}
    page = verified_ada.post("/email/remove/").content.decode()
    assert "Your account needs a second step" in page
    assert stored(logto) == OLD


def test_a_lost_answer_to_a_removal_is_settled_by_reading_again(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    logto.faults.add("timeout", path="/api/users/*", method="PATCH", after=True)
    page = verified_ada.post("/email/remove/", follow=True).content.decode()
    assert "Email removed." in page


def test_a_removal_nobody_can_confirm_is_not_said_to_have_failed(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    logto.faults.add("timeout", path="/api/users/*", method="PATCH", after=True)
    answer_before = logto.answer

    def answer(request: Request) -> Answer:
        if request.method == "PATCH":
            logto.faults.add("refused", method="GET", times=99)
        return answer_before(request)

    logto.answer = answer  # type: ignore[method-assign]
    page = verified_ada.post("/email/remove/")
    assert page.status_code == 503
    assert "couldn’t confirm the change" in page.content.decode()
    assert "Nothing was changed" not in page.content.decode()


def test_nothing_to_remove_leads_back(db: None, logto: Logto) -> None:
    client = client_of(logto, "empty", verified=True)
    assert client.get("/email/remove/")["Location"] == "/security/"


@pytest.mark.parametrize("path", ["/email/change/", "/email/confirm/", "/email/resend/", "/email/remove/"])
@pytest.mark.parametrize("policy", ["ReadOnly", "Off"])
def test_a_field_that_is_not_the_persons_to_edit_is_refused(
    verified_ada: Client, logto: Logto, path: str, policy: str
) -> None:
    logto.state.account_center["fields"]["email"] = policy
    answer = verified_ada.post(path, {"email": NEW, "code": "123456"})
    assert answer.status_code == 403
    assert "You can’t change this yourself" in answer.content.decode()
    assert not logto.state.inbox
    assert stored(logto) == OLD


def test_without_an_account_center_the_email_is_the_persons_to_edit(verified_ada: Client, logto: Logto) -> None:
    logto.state.account_center |= {"enabled": False, "fields": {}}
    send(verified_ada)


def test_what_was_typed_is_there_again_after_confirming_and_is_not_sent_by_itself(ada: Client, logto: Logto) -> None:
    ada.post("/email/change/", {"email": NEW})
    asking = ada.get("/verify/?next=/email/change/").content.decode()
    answer = ada.post("/verify/?next=/email/change/", {"password": "Larch-meadow-59"}, follow=True)
    assert "We’ve kept what you typed." in asking
    assert f'value="{NEW}"' in answer.content.decode()
    assert not logto.state.inbox
