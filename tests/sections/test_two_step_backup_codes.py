"""Backup codes: made by Logto, shown once, kept nowhere here, replaced as a whole."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import BACKUP_CODES
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry, OneTimeState
from settings_app.session import SessionStore
from tests.people import client_of

MAKE = "/two-step/backup-codes/make/"
FINISH = "/two-step/backup-codes/finish/"
DOWNLOAD = "/two-step/backup-codes/download/"
PRINT = "/two-step/backup-codes/print/"
FACTORS = "/api/users/*/mfa-verifications"


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


def form_of(client: Client) -> dict[str, str]:
    page = client.get(MAKE).content.decode()
    return {"replaces": re.findall(r'name="replaces" value="([^"]+)"', page)[0]}


def sets_at_logto(logto: Logto, handle: str) -> list[list[str]]:
    sets = [one for one in logto.state.person(handle).factors if one["type"] == "BackupCode"]
    return [[code["code"] for code in one["codes"]] for one in sets]


def shown(page: str) -> list[str]:
    return re.findall(r'<input type="hidden" name="code" value="([0-9a-f]{10})">', page)


def test_making_shows_the_new_codes_and_replaces_the_old_ones(verified_amara: Client, logto: Logto) -> None:
    answer = verified_amara.post(MAKE, form_of(verified_amara))

    page = answer.content.decode()
    assert sets_at_logto(logto, "amara") == [shown(page)]
    assert len(shown(page)) == 10
    assert "Your old codes no longer work." in page
    assert 'hx-history="false"' in page
    assert answer["Cache-Control"] == "no-store"
    assert f'<copy-button text="{chr(10).join(shown(page))}"' in page


def test_the_question_says_how_many_stop_working(verified_amara: Client) -> None:
    page = verified_amara.get(MAKE).content.decode()
    assert "Your 2 unused codes will stop working." in page
    assert "Keep my codes" in page


def test_used_up_sets_go_too(verified_amara: Client, logto: Logto) -> None:
    person = logto.state.person("amara")
    used = person.factors[3] | {"id": "old", "codes": [{"code": "0123456789", "usedAt": "2026-01-01T00:00:00.000Z"}]}
    person.factors = [*person.factors, used]

    verified_amara.post(MAKE, form_of(verified_amara))

    assert len(sets_at_logto(logto, "amara")) == 1


def test_codes_are_kept_nowhere(verified_amara: Client, caplog: pytest.LogCaptureFixture) -> None:
    mail.outbox.clear()
    with caplog.at_level("DEBUG"):
        codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())
        verified_amara.post(FINISH, {"code": codes})
        verified_amara.post(DOWNLOAD, {"code": codes})
        verified_amara.post(PRINT, {"code": codes})
        outbox.send_due()

    session = SessionStore(verified_amara.cookies[settings.SESSION_COOKIE_NAME].value, site=settings.SITES[0].host)
    kept = str(dict(session.items())) + str(AuditEntry.objects.values()) + str(OneTimeState.objects.values())
    told = caplog.text + "".join(str(one.message()) for one in mail.outbox)
    assert [one.subject for one in mail.outbox] == ["Fernhill: New backup codes were created for your account"]
    assert "subject" in kept
    assert not [code for code in codes if code in kept + told]
    assert not [code for code in codes if code in verified_amara.get("/security/").content.decode()]


def test_codes_posted_when_the_session_has_ended_are_not_kept(verified_amara: Client, logto: Logto) -> None:
    codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())
    key = verified_amara.cookies[settings.SESSION_COOKIE_NAME].value
    session = SessionStore(key, site=settings.SITES[0].host)
    session["ends_at"] = "2020-01-01T00:00:00+00:00"
    session.save()

    verified_amara.post(FINISH, {"code": codes})

    from settings_app.models import Session

    kept = "".join(str(SessionStore().decode(row.session_data)) for row in Session.objects.all())
    assert not [code for code in codes if code in kept]


def test_finish_wants_the_box_ticked_and_keeps_the_codes_on_the_page(verified_amara: Client) -> None:
    codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())

    page = verified_amara.post(FINISH + "?replaced=1", {"code": codes}).content.decode()

    assert "Tick the box once you’ve saved your codes." in page
    assert shown(page) == codes
    assert "Your old codes no longer work." in page
    assert page.count("<title>Error: ") == 1


def test_finish_leads_back_and_offers_to_end_other_sessions(verified_amara: Client) -> None:
    codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())

    page = verified_amara.post(FINISH, {"code": codes, "saved": "on"}, follow=True).content.decode()

    assert "You have new backup codes." in page
    assert "10 of 10 left" in page
    assert "/secure/sign-out-others/" in page


def test_download_is_a_text_file_that_is_not_stored(verified_amara: Client) -> None:
    codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())

    answer = verified_amara.post(DOWNLOAD, {"code": codes})

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="backup-codes.txt"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = answer.content.decode()
    assert [line for line in text.splitlines() if line in codes] == codes
    assert "amara@okafor.example" in text


def test_the_sheet_to_print_says_whose_codes_and_since_when(verified_amara: Client) -> None:
    codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())

    page = verified_amara.post(PRINT, {"code": codes}).content.decode()

    assert all(f"<span>{code[:5]}</span><span>{code[5:]}</span>" in page for code in codes)
    assert "amara@okafor.example" in page
    assert "(Europe/Stockholm)" in page


@pytest.mark.parametrize("address", [FINISH, DOWNLOAD, PRINT])
@pytest.mark.parametrize("codes", [[], ["x" * 10] * 10, BACKUP_CODES[:9], [*BACKUP_CODES, "0000000000"], ["<b>"] * 10])
def test_only_codes_are_echoed(verified_amara: Client, address: str, codes: list[str]) -> None:
    answer = verified_amara.post(address, {"code": codes, "saved": "on"})
    assert answer.status_code == 302


@pytest.mark.parametrize("address", [FINISH, DOWNLOAD, PRINT])
def test_opening_those_addresses_leads_back(verified_amara: Client, address: str) -> None:
    assert verified_amara.get(address)["Location"].startswith(("/two-step/", "/security/"))


def test_pressing_twice_makes_one_set_that_was_shown(verified_amara: Client, logto: Logto) -> None:
    posted = form_of(verified_amara)
    first = shown(verified_amara.post(MAKE, posted).content.decode())

    again = verified_amara.post(MAKE, posted).content.decode()

    assert "You got new codes a moment ago." in again
    assert sets_at_logto(logto, "amara") == [first]


def test_codes_need_another_factor(verified_ada: Client) -> None:
    assert verified_ada.get(MAKE)["Location"] == "/security/"
    assert verified_ada.post(MAKE)["Location"] == "/security/"


def test_codes_are_not_made_when_the_other_factor_has_just_gone(verified_amara: Client, logto: Logto) -> None:
    """Read when the page is drawn and once more under the lease: what counts is the second time."""
    posted = form_of(verified_amara)
    person = logto.state.person("amara")
    codes = [one for one in person.factors if one["type"] == "BackupCode"]

    def vanish(*_seen: object) -> None:
        person.factors = codes

    _after_reads(logto, 1, vanish)
    answer = verified_amara.post(MAKE, posted).content.decode()

    assert "set up an authenticator app or a passkey first." in answer
    assert sets_at_logto(logto, "amara") == [BACKUP_CODES]


def test_codes_are_not_made_where_the_tenant_has_just_stopped_taking_them(verified_amara: Client, logto: Logto) -> None:
    posted = form_of(verified_amara)

    def stop(*_seen: object) -> None:
        logto.state.sign_in_experience["mfa"]["factors"] = ["Totp", "WebAuthn"]
        Tenant.of(settings.SITES[0]).sign_in_experience.forget()

    _after_reads(logto, 2, stop)
    verified_amara.post(MAKE, posted)

    assert sets_at_logto(logto, "amara") == [BACKUP_CODES]


def test_a_failed_removal_leaves_the_old_codes(verified_amara: Client, logto: Logto) -> None:
    posted = form_of(verified_amara)
    logto.faults.add("500", path=FACTORS + "/*", method="DELETE")

    answer = verified_amara.post(MAKE, posted)

    assert answer.status_code == 503
    assert "Nothing was changed" in answer.content.decode()
    assert sets_at_logto(logto, "amara") == [BACKUP_CODES]


def test_a_failure_after_the_removal_is_told_and_announced(verified_amara: Client, logto: Logto) -> None:
    mail.outbox.clear()
    posted = form_of(verified_amara)
    logto.faults.add("500", path=FACTORS, method="POST", times=1)

    answer = verified_amara.post(MAKE, posted)
    outbox.send_due()

    assert answer.status_code == 503
    assert "Your old codes no longer work, and we couldn’t make new ones." in answer.content.decode()
    assert [one.subject for one in mail.outbox] == ["Fernhill: Your backup codes were removed"]
    assert len(shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())) == 10


def test_codes_whose_answer_was_lost_are_replaced_by_the_next_ones(verified_amara: Client, logto: Logto) -> None:
    posted = form_of(verified_amara)
    logto.faults.add("timeout", path=FACTORS, method="POST", times=1, after=True)

    verified_amara.post(MAKE, posted)
    codes = shown(verified_amara.post(MAKE, form_of(verified_amara)).content.decode())

    assert sets_at_logto(logto, "amara") == [codes]


def test_codes_are_offered_right_after_the_first_factor(verified_amara: Client, logto: Logto) -> None:
    person = logto.state.person("amara")
    person.factors = [one for one in person.factors if one["type"] == "WebAuthn"]

    page = verified_amara.get(MAKE + "?first=1").content.decode()

    assert "Step 2 of 2" in page
    assert "Not now" in page
    assert 'href="/security/?changed=1"' in page


def _after_reads(logto: Logto, reads: int, then: object) -> None:
    """Runs `then` after the list of factors was read so many times."""
    inner, left = logto.answer, [reads]

    def answer(request: object) -> object:
        given = inner(request)  # type: ignore[arg-type]
        if request.method == "GET" and request.path.endswith("/mfa-verifications"):  # type: ignore[attr-defined]
            left[0] -= 1
            if left[0] == 0:
                then()  # type: ignore[operator]
        return given

    logto.answer = answer  # type: ignore[method-assign,assignment]
