"""The phone number: read from what was typed, proved by a code, written as digits; removal."""

# ruff: noqa: RUF001  # characters that look like others are typed here

from __future__ import annotations

import time

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import add_person
from settings_app.formats import formats_for
from settings_app.sections.phone.numbers import digits_of
from tests.people import client_of

TYPED = "070 555 01 43"
NEW = "46705550143"
OLD = "447700900123"


def send(client: Client, typed: str = TYPED, country: str = "SE") -> None:
    answer = client.post("/phone/change/", {"country": country, "phone": typed})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/phone/confirm/"


def code(logto: Logto, phone: str = NEW) -> str:
    return str(logto.state.latest_message(phone).code)


def confirm(client: Client, typed: str) -> str:
    return client.post("/phone/confirm/", {"code": typed}, follow=True).content.decode()


def stored(logto: Logto) -> object:
    return logto.state.person("ada").user["primaryPhone"]


def test_change_sends_a_code_to_the_digits_and_changes_nothing_yet(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    assert len(code(logto)) == 6
    assert stored(logto) == OLD


def test_the_form_says_that_messages_can_be_intercepted_and_what_is_safer(verified_ada: Client) -> None:
    page = verified_ada.get("/phone/change/").content.decode()
    assert "Text messages can be intercepted. A passkey or an authenticator app is safer as a second step." in page


def test_the_right_code_changes_the_number(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    page = confirm(verified_ada, code(logto))
    assert stored(logto) == NEW
    assert "Phone number changed." in page
    assert "+46 70 555 01 43" in page


def test_a_person_without_number_adds_one(db: None, logto: Logto) -> None:
    client = client_of(logto, "empty", verified=True)
    send(client)
    page = confirm(client, code(logto))
    assert logto.state.person("empty").user["primaryPhone"] == NEW
    assert "Phone number added." in page


@pytest.mark.parametrize(
    ("typed", "country", "digits"),
    [
        ("070 555 01 43", "SE", NEW),
        ("+46 (0)70-555 01 43", "", NEW),
        ("+46705550143", "GB", NEW),
        ("0046 70 555 01 43", "GB", NEW),
        ("٠٧٠٥٥٥٠١٤٣", "SE", NEW),
        ("(202) 555-0160", "US", "12025550160"),
        ("02 1234 5678", "IT", "390212345678"),
        ("+\u202a46 70-555\u202c 01 43", "", NEW),
        ("\u2066+46\u2067 70\u2069 555 01\ufeff43\u200b", "US", NEW),
        ("＋４６（０）７０‐５５５　０１　４３", "", NEW),
        ("070/555.01.43", "SE", NEW),
        ("46705550143", "SE", NEW),
        ("416 555 0142", "CA", "14165550142"),
        ("+44 7700 900124", "SE", "447700900124"),  # kept for fiction, like the next five
        ("07700 900124", "GB", "447700900124"),
        ("01632 960123", "GB", "441632960123"),
        ("06 39 98 01 23", "FR", "33639980123"),
        ("020 911 1234", "IE", "353209111234"),
        ("0044 7700 900124", "SE", "447700900124"),
    ],
)
def test_numbers_may_be_typed_freely(typed: str, country: str, digits: str) -> None:
    assert digits_of(typed, country, formats_for()) == digits


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("070 555 01 43", ""),
        ("12345", "SE"),
        ("hello", "SE"),
        ("555-0160", "US"),
        ("+46705550143 ext. 5", ""),
        ("+9500090015511", ""),
        ("", "SE"),
    ],
)
def test_what_is_no_number_is_refused(typed: str, country: str) -> None:
    with pytest.raises(ValidationError):
        digits_of(typed, country, formats_for())


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("+46 7O 555 01 43", "SE"),
        ("+44 7700 900I24", ""),
        ("+4670abc0143", ""),
        ("070 555 O1 43", "SE"),
        ("tel:+46705550143", ""),
        ("+46705550143;phone-context=x", ""),
        ("+46 70 555 01 43, +46 70 555 01 44", ""),
        ("call 070 555 01 43", "SE"),
        ("070 555 01 43 #5", "SE"),
        ("+46+705550143", ""),
        ("++46705550143", ""),
        ("1-800-FLOWERS", "US"),
        ("+46 70 555 \u0430 01 43", ""),
    ],
)
def test_a_number_is_read_whole_and_nothing_is_taken_out_of_it(
    verified_ada: Client, logto: Logto, typed: str, country: str
) -> None:
    page = verified_ada.post("/phone/change/", {"country": country, "phone": typed}).content.decode()
    assert "Use numbers only." in page
    assert not logto.state.inbox


@pytest.mark.parametrize(
    ("typed", "country", "name"),
    [
        ("070 555 01 43", "US", "United States"),
        ("202 555 0160", "SE", "Sweden"),
        ("07700 900124", "FR", "France"),
        ("0046 99 99", "GB", "United Kingdom"),
    ],
)
def test_a_number_that_the_chosen_country_does_not_have_is_refused_with_its_name(
    verified_ada: Client, logto: Logto, typed: str, country: str, name: str
) -> None:
    page = verified_ada.post("/phone/change/", {"country": country, "phone": typed}).content.decode()
    assert f"isn’t valid in the country you chose ({name})." in page
    assert not logto.state.inbox


@pytest.mark.parametrize("typed", ["+1 705 555", "+46 1", "+999 123456789", "+46 70 555 01 43 99 99 99", "+"])
def test_a_number_with_its_plus_sign_has_to_be_possible(verified_ada: Client, logto: Logto, typed: str) -> None:
    page = verified_ada.post("/phone/change/", {"country": "SE", "phone": typed}).content.decode()
    assert 'class="field__error"' in page
    assert not logto.state.inbox


def test_a_number_without_country_and_plus_sign_asks_for_one_of_them(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/phone/change/", {"country": "", "phone": "070 555 01 43"}).content.decode()
    assert "Choose a country, or start with a plus sign and the country code." in page
    assert not logto.state.inbox


def test_numbers_that_cost_are_refused(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/phone/change/", {"country": "GB", "phone": "0909 879 0000"}).content.decode()
    assert "We can’t send codes to that kind of number." in page
    assert not logto.state.inbox


def test_a_wrong_number_keeps_what_was_typed(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/phone/change/", {"country": "SE", "phone": "12"}).content.decode()
    assert "isn’t valid in the country you chose (Sweden)." in page
    assert 'value="12"' in page
    assert '<option value="SE" selected>' in page
    assert not logto.state.inbox


def test_the_picker_begins_with_the_country_of_the_number_there_is(verified_ada: Client) -> None:
    page = verified_ada.get("/phone/change/").content.decode()
    assert '<option value="GB" selected>United Kingdom (+44)</option>' in page


def test_the_number_one_has_already_is_not_sent_a_code(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/phone/change/", {"country": "GB", "phone": "07700 900123"}).content.decode()
    assert "That’s already your number." in page
    assert not logto.state.inbox


def test_a_wrong_code_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    page = confirm(verified_ada, f"{(int(code(logto)) + 1) % 1_000_000:06d}")
    assert "That code didn’t match." in page
    assert stored(logto) == OLD


def test_a_code_for_the_email_changes_no_number(verified_ada: Client, logto: Logto) -> None:
    verified_ada.post("/email/change/", {"email": "ada@new.example"})
    page = confirm(verified_ada, code(logto, "ada@new.example"))
    assert "We haven’t sent you a code yet." in page
    assert stored(logto) == OLD


def test_a_number_that_another_account_has_gets_no_code_and_looks_like_any_other(
    verified_ada: Client, logto: Logto
) -> None:
    add_person(logto.state, "bob", primaryPhone=NEW)
    send(verified_ada)
    assert not logto.state.inbox
    page = confirm(verified_ada, "000000")
    assert "That code didn’t match." in page
    assert stored(logto) == OLD


def test_a_satellite_phone_is_refused_at_the_field(verified_ada: Client, logto: Logto) -> None:
    page = verified_ada.post("/phone/change/", {"country": "", "phone": "+870 773 111 632"}).content.decode()
    assert "We can’t send codes to that kind of number." in page
    assert 'value="+870 773 111 632"' in page
    assert not logto.state.inbox


def test_logto_going_down_between_code_and_write_is_told_truthfully(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    right = code(logto)
    logto.faults.add("500", path="/api/users/*", method="PATCH")
    answer = verified_ada.post("/phone/confirm/", {"code": right})
    assert answer.status_code == 503
    assert "Your code was right, but we couldn’t save the change." in answer.content.decode()
    assert stored(logto) == OLD


def test_a_waiting_number_is_seen_and_can_be_cancelled(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    before = verified_ada.get("/security/").content.decode()
    verified_ada.post("/phone/cancel/")
    page = confirm(verified_ada, code(logto))
    assert "+46 70 555 01 43" in before
    assert "This was cancelled." in page
    assert stored(logto) == OLD


def test_another_code_replaces_the_first(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    early = verified_ada.post("/phone/resend/")
    with time_machine.travel(time.time() + 70):
        later = verified_ada.post("/phone/resend/")
        confirm(verified_ada, code(logto))
    assert early.status_code == 429
    assert later["Location"] == "/phone/confirm/"
    assert stored(logto) == NEW


def test_without_an_sms_connector_the_page_says_so(verified_ada: Client, logto: Logto) -> None:
    del logto.state.connectors["connectorsms000000001"]
    page = verified_ada.post("/phone/change/", {"country": "SE", "phone": TYPED}).content.decode()
    assert "We can’t send codes there right now" in page


def test_remove_says_what_remains_and_takes_the_number_away(verified_ada: Client, logto: Logto) -> None:
    shown = verified_ada.get("/phone/remove/").content.decode()
    page = verified_ada.post("/phone/remove/", follow=True).content.decode()
    assert "Remove +44 7700 900123?" in shown
    assert "You can still sign in with your password or a code sent to your email." in shown
    assert "Phone number removed." in page
    assert stored(logto) is None


def test_the_number_that_is_the_only_way_in_stays(db: None, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    add_person(logto.state, "bob", primaryEmail=None, primaryPhone=NEW, password=None)
    page = client_of(logto, "bob", verified=True).post("/phone/remove/").content.decode()
    assert "It’s your only way to sign in." in page
    assert logto.state.person("bob").user["primaryPhone"] == NEW


def test_a_number_that_the_tenant_requires_besides_stays(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["secondaryIdentifiers"] = [{"identifier": "phone", "verify": True}]
    page = verified_ada.post("/phone/remove/").content.decode()
    assert "Every account needs a phone number" in page
    assert stored(logto) == OLD


def test_email_or_phone_is_enough_where_the_tenant_wants_one_of_them(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = ["phone", "email"]
    verified_ada.post("/phone/remove/")
    assert stored(logto) is None


@pytest.mark.parametrize("path", ["/phone/change/", "/phone/confirm/", "/phone/resend/", "/phone/remove/"])
def test_a_read_only_number_is_refused(verified_ada: Client, logto: Logto, path: str) -> None:
    logto.state.account_center["fields"]["phone"] = "ReadOnly"
    answer = verified_ada.post(path, {"country": "SE", "phone": TYPED, "code": "123456"})
    assert answer.status_code == 403
    assert stored(logto) == OLD
