"""What a mail says, in both of its forms, whatever stands in the values it is made from."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.test import override_settings

from accountsite.sandbox.logto import Logto
from settings_app import colours
from settings_app.mails import outbox
from settings_app.safeguards import audit
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.sites import Brand
from tests.mails.sent import Sent
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

NEW = "zoe@new.example"
TURNING = "\u202e\u2067\u200f\x85\u2028\x00\x1b"


def told(
    asking: Asking, change: Change = Change.PASSWORD_CHANGED, *, written: str = "", outcome: Outcome = Outcome.DONE
) -> list[Sent]:
    mail.outbox.clear()
    audit.finish(audit.start(asking("ada"), change, written=written), outcome)
    outbox.send_due()
    return [Sent(number) for number in range(len(mail.outbox))]


def test_a_change_of_email_says_from_what_to_what_without_telling_either(asking: Asking, logto: Logto) -> None:
    logto.state.person("ada").user["primaryEmail"] = "ada@old.example"
    for one in told(asking, Change.EMAIL_CHANGED, written=NEW):
        for form in (one.text, one.html):
            assert "a…@old.example" in form
            assert "z…@new.example" in form
            assert "ada@" not in form
            assert "zoe@" not in form


@pytest.mark.parametrize(
    ("change", "written", "shown"),
    [
        (Change.EMAIL_ADDED, NEW, {"To:": "z…@new.example"}),
        (Change.EMAIL_REMOVED, "", {"From:": "a…@old.example"}),
        (Change.PHONE_CHANGED, "441134960123", {"From:": "+46 … 42", "To:": "+44 … 23"}),
        (Change.USERNAME_CHANGED, "amara_okafor", {"From:": "a…e", "To:": "a…r"}),
        (Change.EMAIL_RESTORED, NEW, {}),
        (Change.PASSWORD_CHANGED, "", {}),
    ],
    ids=lambda value: value.value if isinstance(value, Change) else "",
)
def test_what_was_changed_is_told(
    asking: Asking, logto: Logto, change: Change, written: str, shown: dict[str, str]
) -> None:
    added = change is Change.EMAIL_ADDED
    logto.state.person("ada").user |= {
        "primaryEmail": None if added else "ada@old.example",
        "primaryPhone": "46705550142",
        "username": "ada_lovelace",
    }
    text = told(asking, change, written=written)[0].text
    assert dict(re.findall(r"^(From:|To:) (.*)$", text, re.MULTILINE)) == shown


def test_a_number_in_the_plain_part_is_not_turned_round_from_right_to_left(asking: Asking, logto: Logto) -> None:
    logto.state.person("ada").user |= {"primaryPhone": "46705550142"}
    logto.state.person("ada").user["profile"]["locale"] = "ar"
    mail.outbox.clear()
    actor = replace(asking("ada"), language="ar")
    audit.finish(audit.start(actor, Change.PHONE_CHANGED, written="441134960123"), Outcome.DONE)
    outbox.send_due()
    text = Sent(0).text
    assert "رقم" in text
    assert "\u2066+46 … 42\u2069" in text
    assert "\u2066+44 … 23\u2069" in text
    assert "\u2066203.0.113.7\u2069" in text


@pytest.mark.parametrize("change", [change for change in Change if change.words.announced])
def test_no_sentence_says_the_same_twice(asking: Asking, change: Change) -> None:
    for outcome in (Outcome.DONE, Outcome.UNKNOWN):
        for one in told(asking, change, written=NEW, outcome=outcome):
            lines = [line for line in one.text.splitlines() if len(line.split()) > 1]
            texts = [text for text in one.shown.texts if len(text.split()) > 1]
            assert [text for text, times in (Counter(lines) + Counter(texts)).items() if times > 2] == []


def test_both_forms_say_the_same(asking: Asking) -> None:
    for one in told(asking, Change.EMAIL_CHANGED, written=NEW):
        said = " ".join(one.text.split())
        buttons = ("See how to undo this change", "Secure my account")
        assert [text for text in one.shown.texts if text not in buttons and text not in said] == []


def test_who_has_locked_everyone_out_is_told_how_to_get_back_in(asking: Asking) -> None:
    for one in told(asking, Change.ACCOUNT_LOCKED):
        for form in (one.text, one.html):
            assert "If this was you, sign in again. If you had a password, choose a new one first." in form
            assert "you don’t need to do anything" not in form


def test_it_loads_nothing_and_runs_nothing(asking: Asking) -> None:
    (one,) = told(asking)
    assert not {"img", "link", "script", "iframe", "form", "object", "svg"} & set(one.shown.elements)
    assert "url(" not in one.html
    assert "@import" not in one.html


HOSTILE_NAMES = [
    "This is our yearly test, confirm at https://evil.example/x",
    "Ada\r\n\r\nYour account is locked. Call 0800 1234567",
    "Ada\u2028\u2028Confirm now",
    f"Ada {TURNING}elpmaxe.live//:sptth",
    "evil.example",
    "evil\u3002example",
    "\uff45vil\uff0eexample",
    "evil\u2024example",
    "Ada www.evil.example",
    "mailto:ada@evil.example",
    "ada@evil.example",
    "+44 113 496 0123",
    "Your code is 123456",
    "<a href=//evil.example>Ada</a>",
    "[Ada](//evil.example)",
    "{{ undo_url }}{% now 'Y' %}",
    "Your account will be closed unless you confirm it today",
    "A" * 5000,
    "Ada \u0000 Lovelace\u202e, evil.example",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_name_is_no_link_no_line_and_no_sentence(asking: Asking, logto: Logto, name: str) -> None:
    (plain,) = told(asking)
    logto.state.person("ada").user["name"] = name
    (one,) = told(asking)
    assert len(one.text.splitlines()) == len(plain.text.splitlines())
    assert one.shown.pages == plain.shown.pages
    for form in (one.text, one.html):
        assert not re.search(r"evil|0800|123456|496|closed|Confirm now|AAAA|2026<", form)
        assert not set(TURNING) & set(form)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "J. R. R. Tolkien",
        "J.R.R. Tolkien",
        "Anne-Marie O’Neil",
        "ジョン・スミス",
        "علی‌رضا",
        "Łukasz",
        "李小龍",
    ],
)
def test_a_name_of_a_person_greets_them(asking: Asking, logto: Logto, name: str) -> None:
    logto.state.person("ada").user["name"] = name
    (one,) = told(asking)
    assert f"Hello {name}," in one.text
    assert f"Hello {name}," in one.html


def test_who_has_no_name_is_greeted_without_one(asking: Asking, logto: Logto) -> None:
    person = logto.state.person("ada").user
    person |= {"name": None, "username": "somebody", "profile": {}}
    (one,) = told(asking)
    assert "Hello,\n" in one.text
    assert person["primaryEmail"] not in one.text
    assert person["id"] not in one.html


HOSTILE_AGENTS = [
    "https://evil.example/ Firefox/1",
    "evil.example/1.0 (Windows NT 10.0) bot",
    "Mozilla/5.0 (evil.example; Android 9; evil.example Build/1) Chrome/90 Mobile",
    f"Mozilla/5.0 (X11; {TURNING}) evil.exampleBot/2.0",
    "x" * 5000,
    "Mozilla/5.0 (compatible; www.evil.exampleSpider/1.0; +http://evil.example/)",
]


@pytest.mark.parametrize("agent", HOSTILE_AGENTS, ids=range(len(HOSTILE_AGENTS)))
def test_a_device_is_no_link_and_no_line(asking: Asking, agent: str) -> None:
    (plain,) = told(asking)
    mail.outbox.clear()
    audit.finish(audit.start(replace(asking("ada"), user_agent=agent), Change.PASSWORD_CHANGED), Outcome.DONE)
    outbox.send_due()
    one = Sent()
    assert len(one.text.splitlines()) == len(plain.text.splitlines())
    assert one.shown.pages == plain.shown.pages
    assert "evil.example" not in one.text + one.html
    assert not set(TURNING) & set(one.text)
    assert max(map(len, one.text.splitlines())) < 200


def test_an_ipv4_address_is_read_as_one_however_it_was_noted(asking: Asking) -> None:
    audit.finish(
        audit.start(replace(asking("ada"), address="::ffff:203.0.113.9"), Change.PASSWORD_CHANGED), Outcome.DONE
    )
    outbox.send_due()
    assert "Network address: 203.0.113.9" in Sent().text


@pytest.mark.parametrize("address", ["https://evil.example", "203.0.113.7\r\nConfirm at evil.example", "", "unix:"])
def test_a_network_address_is_one_or_not_known(asking: Asking, address: str) -> None:
    audit.finish(audit.start(replace(asking("ada"), address=address[:64]), Change.PASSWORD_CHANGED), Outcome.DONE)
    outbox.send_due()
    assert "Network address: not known" in Sent().text
    assert "evil" not in Sent().html


@pytest.mark.parametrize(
    "brand", ["Fern\r\nBcc: eve@evil.example", f"Fern{TURNING}hill", "<b>Fern</b> & hill", "Fern\x00\nhill"]
)
def test_a_brand_breaks_no_header_and_no_line(asking: Asking, logto: Logto, brand: str) -> None:
    (plain,) = told(asking)
    site = replace(settings.SITES[0], brand=Brand(name=brand), mail_from="account@mail.example")
    with override_settings(SITES=(site,)):
        (one,) = told(asking)
        headers = one.message.message()
    assert headers.get_all("Bcc") is None
    assert one.message.recipients() == plain.message.recipients()
    assert len(one.text.splitlines()) == len(plain.text.splitlines())
    assert "\n" not in str(one.message.subject)
    assert "<b>" not in one.html
    assert not set(TURNING) & set(one.text + one.message.subject)


@pytest.mark.parametrize(
    "address", ["x@evil.example/path", "x@a b\u202e.example", "x@" + "a" * 200 + ".example", "@", "x"]
)
def test_an_odd_address_is_hinted_at_in_one_line(asking: Asking, address: str) -> None:
    for one in told(asking, Change.PHONE_CHANGED, written=address) + told(
        asking, Change.USERNAME_CHANGED, written=address
    ):
        assert not set(TURNING) & set(one.text)
        assert max(map(len, one.text.splitlines())) < 200
        assert {urlsplit(link).netloc for link in one.shown.links} <= {
            "testserver",
            "fernhill.example",
        }  # the tenant's own help


def test_the_sender_has_the_brands_name_where_the_operator_gave_none(asking: Asking) -> None:
    with override_settings(SITES=(replace(settings.SITES[0], mail_from="account@mail.example"),)):
        assert told(asking)[0].message.from_email == "Fernhill <account@mail.example>"
    with override_settings(SITES=(replace(settings.SITES[0], mail_from="Fern <account@mail.example>"),)):
        assert told(asking)[0].message.from_email == "Fern <account@mail.example>"


@pytest.mark.parametrize(
    "brand", ["#2f5bd8", "#8aa6ff", "#ffff00", "#ffffff", "#000000", "#ff0000", "#777777", "#00aa55"]
)
def test_the_button_is_read_on_any_brand_colour(brand: str) -> None:
    on = colours.text_on(brand)
    lighter, darker = sorted((colours.luminance(brand), colours.luminance(on)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_button_has_the_brands_colour_also_without_styles(asking: Asking) -> None:
    (one,) = told(asking)
    button = re.search(r"<a\s+class=\"button\"[^>]*style=\"([^\"]*)\"", one.html)
    assert button
    assert "background-color: #2f5bd8" in button[1]


def test_an_address_that_leaves_the_account_is_told_neither_device_nor_place(asking: Asking, logto: Logto) -> None:
    logto.state.person("ada").user["primaryEmail"] = "eve@young.example"
    ours, left = sorted(
        told(asking, Change.ACCOUNT_RESTORED, written="ada@old.example"), key=lambda one: one.message.to
    )
    assert (ours.message.to, left.message.to) == (["ada@old.example"], ["eve@young.example"])
    assert "Device: Firefox on macOS" in ours.text
    for form in (left.text, left.html):
        for secret in ("Device", "Network address", "203.0.113.7", "old.example", "ada@", "Lovelace"):
            assert secret not in form
