"""Setting up and replacing an authenticator app: proven here before Logto hears of it, and never half-told."""

from __future__ import annotations

import io
import re
import urllib.parse
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pyotp
import pytest
import time_machine
import zxingcpp
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageDraw

from accountsite.sandbox.faults import HangError
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.pages.factors import current_totp, factor_is_right
from accountsite.sandbox.seed_people import TOTP_SECRET
from accountsite.sandbox.web import Answer, Request
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry, OneTimeState
from settings_app.session import SessionStore
from tests.people import client_of

ADD = "/two-step/authenticator/add/"
REPLACE = "/two-step/authenticator/replace/"
FACTORS = "/api/users/*/mfa-verifications"


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


@pytest.fixture(autouse=True)
def _in_the_middle_of_a_step() -> Iterator[None]:
    """Codes change every 30 seconds; no test should see that happen."""
    with time_machine.travel("2026-11-21T10:00:10+00:00", tick=False):
        yield


def form_of(client: Client, address: str = ADD) -> dict[str, str]:
    """What the form on the page would post, but for the code."""
    page = client.get(address).content.decode()
    return {"setup": re.findall(r'name="setup" value="([^"]+)"', page)[0]}


def secret_of(client: Client, address: str = ADD) -> str:
    page = client.get(address).content.decode()
    found: str = re.findall(r'<copy-button text="([A-Z2-7]{32})"', page)[0]
    return found


def right_code(client: Client, address: str = ADD) -> dict[str, str]:
    return form_of(client, address) | {"code": pyotp.TOTP(secret_of(client, address)).now()}


def wrong_code(client: Client) -> str:
    totp = pyotp.TOTP(secret_of(client))
    near = {totp.at(timezone.now() + timedelta(seconds=seconds)) for seconds in (-30, 0, 30)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def secrets_at_logto(logto: Logto, handle: str) -> list[str]:
    return [one["secret"] for one in logto.state.person(handle).factors if one["type"] == "Totp"]


def nothing_answers_after_the_secret(logto: Logto) -> None:
    """Logto stores the secret; neither that answer nor the list afterwards arrives."""
    inner = logto.answer

    def answer(request: Request) -> Answer:
        if request.method == "POST" and request.path.endswith("/mfa-verifications"):
            inner(request)
            logto.faults.add("refused", path=FACTORS, method="GET")
            raise HangError
        return inner(request)

    logto.answer = answer  # type: ignore[method-assign]


def pixels_of(svg: str) -> Image.Image:
    """What a camera sees: the rectangles of segno's path, on white, with the margin that the page has around it."""
    size = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    path = re.findall(r'<path[^>]*stroke="#000"[^>]*d="([^"]+)"|<path[^>]*d="([^"]+)"[^>]*stroke="#000"', svg)[0]
    picture = Image.new("1", (size + 8, size + 8), 1)
    draw = ImageDraw.Draw(picture)
    x = y = 0.0
    for kind, numbers in re.findall(r"([Mmh])([^Mmh]*)", path[0] or path[1]):
        values = [float(one) for one in re.findall(r"-?\d*\.?\d+", numbers)]
        if kind == "h":
            draw.line((x + 4, y + 3.5, x + 3 + values[0], y + 3.5), 0)
            x += values[0]
        else:
            x, y = (values[0], values[1]) if kind == "M" else (x + values[0], y + values[1])
    return picture.resize((picture.width * 6, picture.height * 6)).convert("L")


def test_the_drawn_qr_code_is_read_back_to_the_right_address(verified_ada: Client) -> None:
    page = verified_ada.get(ADD).content.decode()

    read = zxingcpp.read_barcodes(pixels_of(page.split('class="qr"')[1].split("</div>")[0]))

    address = urllib.parse.urlsplit(read[0].text)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(address.path) == "/Fernhill:ada@winterbourne.example"
    query = dict(urllib.parse.parse_qsl(address.query))
    assert query["secret"] == secret_of(verified_ada)
    assert query["issuer"] == "Fernhill"
    assert pyotp.parse_uri(read[0].text).secret == secret_of(verified_ada)


def test_the_picture_is_dark_on_white_and_has_a_name(verified_ada: Client) -> None:
    page = verified_ada.get(ADD).content.decode()

    assert re.search(r'class="qr" role="img" aria-label="[^"]+"', page)
    assert 'fill="#fff"' in page
    assert 'stroke="#000"' in page


def test_the_link_on_this_device_says_the_same(verified_ada: Client) -> None:
    page = verified_ada.get(ADD).content.decode()
    address = unescape(re.findall(r'href="(otpauth:[^"]+)"', page)[0])
    assert f"secret={secret_of(verified_ada)}" in address


def test_a_right_code_adds_the_app_and_has_it_asked_for(verified_ada: Client, logto: Logto) -> None:
    secret = secret_of(verified_ada)

    answer = verified_ada.post(ADD, right_code(verified_ada))

    assert answer["Location"] == "/two-step/backup-codes/make/?first=1"
    assert secrets_at_logto(logto, "ada") == [secret]
    assert logto.state.person("ada").configs["mfa"]["enabled"] is True
    assert not OneTimeState.objects.filter(sealed__contains=secret).exists()


def test_the_sandbox_takes_the_codes_of_the_app_from_then_on(verified_ada: Client, logto: Logto) -> None:
    secret = secret_of(verified_ada)
    verified_ada.post(ADD, right_code(verified_ada))
    person, now = logto.state.person("ada"), timezone.now().timestamp()

    code = pyotp.TOTP(secret).now()

    assert current_totp(person, now) == code
    assert factor_is_right(person, "Totp", code, now=now, now_iso="")


def test_adding_is_audited_and_announced_without_secret_or_code(
    verified_ada: Client, caplog: pytest.LogCaptureFixture
) -> None:
    mail.outbox.clear()
    secret, posted = secret_of(verified_ada), right_code(verified_ada)

    with caplog.at_level("DEBUG"):
        verified_ada.post(ADD, posted)
        outbox.send_due()

    entry = AuditEntry.objects.get()
    assert (entry.change, entry.outcome) == ("authenticator-added", "done")
    assert "Fernhill: An authenticator app was added to your account" in [one.subject for one in mail.outbox]
    told = "".join(str(one.message()) for one in mail.outbox) + caplog.text + str(AuditEntry.objects.values())
    session = SessionStore(verified_ada.cookies[settings.SESSION_COOKIE_NAME].value, site=settings.SITES[0].host)
    kept = str(dict(session.items())) + str(OneTimeState.objects.values())
    assert "subject" in kept
    assert secret not in told + kept
    assert posted["code"] not in told + kept


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_clock_may_be_one_step_off(verified_ada: Client, logto: Logto, seconds: int) -> None:
    code = pyotp.TOTP(secret_of(verified_ada)).at(timezone.now() + timedelta(seconds=seconds))
    verified_ada.post(ADD, form_of(verified_ada) | {"code": code})
    assert secrets_at_logto(logto, "ada")


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_two_steps_off_is_refused(verified_ada: Client, logto: Logto, seconds: int) -> None:
    code = pyotp.TOTP(secret_of(verified_ada)).at(timezone.now() + timedelta(seconds=seconds))
    verified_ada.post(ADD, form_of(verified_ada) | {"code": code})
    assert not secrets_at_logto(logto, "ada")


def test_a_wrong_code_sends_nothing_and_keeps_the_key(verified_ada: Client, logto: Logto) -> None:
    secret, code = secret_of(verified_ada), wrong_code(verified_ada)

    answer = verified_ada.post(ADD, form_of(verified_ada) | {"code": code})

    page = answer.content.decode()
    assert "That code didn’t match. Wait for the next one and try again." in page
    assert page.count("<title>Error: ") == 1
    assert code not in page
    assert secret in page
    assert logto.state.person("ada").factors == []


def test_tries_are_limited(verified_ada: Client, logto: Logto) -> None:
    wrong = form_of(verified_ada) | {"code": wrong_code(verified_ada)}
    for _try in range(10):
        assert verified_ada.post(ADD, wrong).status_code == 200

    answer = verified_ada.post(ADD, right_code(verified_ada))

    assert answer.status_code == 429
    assert not secrets_at_logto(logto, "ada")


def test_posting_twice_adds_one(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)

    verified_ada.post(ADD, posted)
    second = verified_ada.post(ADD, posted)

    assert second["Location"] == "/security/"
    assert len(secrets_at_logto(logto, "ada")) == 1


def test_two_tabs_show_one_key_and_the_second_one_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    first, second = right_code(verified_ada), right_code(verified_ada)
    assert first == second
    verified_ada.post(ADD, first)
    logto.state.person("ada").factors = []  # as if it had been removed meanwhile: only the used-up set-up says no

    answer = verified_ada.post(ADD, second)

    assert answer["Location"] == "/security/"
    assert not secrets_at_logto(logto, "ada")


def test_another_tabs_newer_key_is_not_proven_by_this_form(verified_ada: Client, logto: Logto) -> None:
    old = form_of(verified_ada)
    verified_ada.post("/two-step/authenticator/cancel/")
    code = pyotp.TOTP(secret_of(verified_ada)).now()

    answer = verified_ada.post(ADD, old | {"code": code})

    assert "That QR code has expired" in answer.content.decode()
    assert not secrets_at_logto(logto, "ada")


def test_another_browser_of_the_same_person_has_a_key_of_its_own(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    other = client_of(logto, "ada", verified=True, binding="another browser")

    other.post(ADD, posted)

    assert not secrets_at_logto(logto, "ada")
    assert secret_of(other) != secret_of(verified_ada)


def test_the_key_is_gone_after_ten_minutes(db: None, logto: Logto) -> None:
    with time_machine.travel("2026-11-21T10:00:10+00:00", tick=False) as clock:
        ada = client_of(logto, "ada", verified=True)
        posted = right_code(ada)
        clock.shift(timedelta(minutes=9, seconds=59))
        ada.get(ADD)
        clock.shift(timedelta(seconds=2))
        ada = client_of(logto, "ada", verified=True)
        answer = ada.post(ADD, posted)
        assert "That QR code has expired" in answer.content.decode()
        assert not secrets_at_logto(logto, "ada")


def test_the_key_is_gone_when_the_set_up_is_given_up(verified_ada: Client) -> None:
    before = secret_of(verified_ada)
    verified_ada.post("/two-step/authenticator/cancel/")
    assert not OneTimeState.objects.exists()
    assert secret_of(verified_ada) != before


def test_opening_the_address_that_gives_up_changes_nothing(verified_ada: Client) -> None:
    before = secret_of(verified_ada)
    assert verified_ada.get("/two-step/authenticator/cancel/")["Location"] == "/security/"
    assert secret_of(verified_ada) == before


def test_what_the_tenant_does_not_offer_is_not_added(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    verified_ada.get("/security/")  # the tenant's settings are known by now, and change a moment later
    logto.state.sign_in_experience["mfa"]["factors"] = ["WebAuthn"]
    Tenant.forget_all()
    assert verified_ada.post(ADD, posted)["Location"] == "/security/"
    assert not secrets_at_logto(logto, "ada")


def test_logto_down_keeps_the_proof_so_that_finishing_needs_no_code(verified_ada: Client, logto: Logto) -> None:
    secret, posted = secret_of(verified_ada), right_code(verified_ada)
    logto.faults.add("500", path=FACTORS, method="POST", times=1)

    failed = verified_ada.post(ADD, posted)
    again = form_of(verified_ada)
    page = verified_ada.get(ADD).content.decode()

    assert failed.status_code == 503
    assert "Nothing was changed" in failed.content.decode()
    assert "Your new app isn’t saved yet." in page
    assert secret not in page
    assert verified_ada.post(ADD, again).status_code == 302
    assert secrets_at_logto(logto, "ada") == [secret]


def test_a_lost_answer_is_settled_by_the_list(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    logto.faults.add("timeout", path=FACTORS, method="POST", after=True)

    answer = verified_ada.post(ADD, posted)

    assert answer.status_code == 302
    assert AuditEntry.objects.get().outcome == "done"
    assert logto.state.person("ada").configs["mfa"]["enabled"] is True


def test_a_lost_answer_that_changed_nothing_is_told_so(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    logto.faults.add("timeout", path=FACTORS, method="POST")

    answer = verified_ada.post(ADD, posted)

    assert answer.status_code == 503
    assert "Nothing was changed." in answer.content.decode()
    assert AuditEntry.objects.get().outcome == "failed"


def test_a_lost_answer_that_cannot_be_settled_is_told(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    nothing_answers_after_the_secret(logto)

    answer = verified_ada.post(ADD, posted)

    assert answer.status_code == 503
    assert "couldn’t confirm the change" in answer.content.decode()
    assert AuditEntry.objects.get().outcome == "unknown"


def test_asking_is_tried_again_by_itself(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    logto.faults.add("500", path="/api/users/*/logto-configs", method="PATCH", times=1)

    verified_ada.post(ADD, posted)

    assert logto.state.person("ada").configs["mfa"]["enabled"] is True


def test_an_app_that_logto_may_not_ask_for_is_told_and_can_be_turned_on(verified_ada: Client, logto: Logto) -> None:
    posted = right_code(verified_ada)
    logto.faults.add("500", path="/api/users/*/logto-configs", method="PATCH", times=2)

    first = verified_ada.post(ADD, posted, follow=True).content.decode()
    page = verified_ada.get("/security/").content.decode()

    assert "couldn’t turn on two-step verification" in first
    assert "Two-step verification isn’t fully on." in page
    assert secrets_at_logto(logto, "ada")
    assert verified_ada.post("/two-step/turn-on/")["Location"] == "/security/?changed=1"
    assert logto.state.person("ada").configs["mfa"]["enabled"] is True
    assert "fully on" not in verified_ada.get("/security/").content.decode()


def test_adding_where_there_is_one_leads_to_the_list(verified_amara: Client) -> None:
    assert verified_amara.get(ADD)["Location"] == "/security/"


def test_replacing_where_there_is_none_leads_to_adding(verified_ada: Client) -> None:
    assert verified_ada.get(REPLACE)["Location"] == ADD


def test_replace_exchanges_the_app(verified_amara: Client, logto: Logto) -> None:
    mail.outbox.clear()
    secret = secret_of(verified_amara, REPLACE)

    answer = verified_amara.post(REPLACE, right_code(verified_amara, REPLACE))

    assert answer["Location"] == "/security/?changed=1"
    assert secrets_at_logto(logto, "amara") == [secret]
    outbox.send_due()
    assert [one.subject for one in mail.outbox] == ["Fernhill: Your authenticator app was replaced"]


def test_a_wrong_code_replaces_nothing(verified_amara: Client, logto: Logto) -> None:
    verified_amara.post(REPLACE, form_of(verified_amara, REPLACE) | {"code": "000000"})
    assert secrets_at_logto(logto, "amara") == [TOTP_SECRET]


def test_replacing_twice_exchanges_once(verified_amara: Client, logto: Logto) -> None:
    posted = right_code(verified_amara, REPLACE)
    verified_amara.post(REPLACE, posted)
    held = secrets_at_logto(logto, "amara")

    second = verified_amara.post(REPLACE, posted)

    assert second["Location"] == "/security/"
    assert secrets_at_logto(logto, "amara") == held


def test_a_failed_removal_leaves_the_old_app(verified_amara: Client, logto: Logto) -> None:
    posted = right_code(verified_amara, REPLACE)
    logto.faults.add("500", path=FACTORS + "/*", method="DELETE")

    answer = verified_amara.post(REPLACE, posted)

    assert answer.status_code == 503
    assert secrets_at_logto(logto, "amara") == [TOTP_SECRET]
    assert "We’ll keep asking for your old app" in verified_amara.get(REPLACE).content.decode()


def test_half_a_replacement_is_told_exactly_announced_and_finished_with_the_same_secret(
    verified_amara: Client, logto: Logto
) -> None:
    mail.outbox.clear()
    secret, posted = secret_of(verified_amara, REPLACE), right_code(verified_amara, REPLACE)
    logto.faults.add("500", path=FACTORS, method="POST", times=1)

    failed = verified_amara.post(REPLACE, posted)

    page = failed.content.decode()
    assert failed.status_code == 503
    assert "Your old app no longer works here, and the new one isn’t saved yet." in page
    assert secrets_at_logto(logto, "amara") == []
    outbox.send_due()
    assert [one.subject for one in mail.outbox] == ["Fernhill: Your authenticator app was removed"]

    finished = verified_amara.post(REPLACE, {"setup": re.findall(r'name="setup" value="([^"]+)"', page)[0]})

    assert finished.status_code == 302
    assert secrets_at_logto(logto, "amara") == [secret]


def test_half_a_replacement_can_be_finished_from_a_fresh_page(verified_amara: Client, logto: Logto) -> None:
    secret, posted = secret_of(verified_amara, REPLACE), right_code(verified_amara, REPLACE)
    logto.faults.add("500", path=FACTORS, method="POST", times=1)
    verified_amara.post(REPLACE, posted)

    page = verified_amara.get(REPLACE, follow=True).content.decode()
    verified_amara.post(ADD, {"setup": re.findall(r'name="setup" value="([^"]+)"', page)[0]})

    assert "You won’t have an authenticator app until you finish." in page
    assert secrets_at_logto(logto, "amara") == [secret]


def test_no_answer_at_all_after_the_removal_still_tells_the_truth(verified_amara: Client, logto: Logto) -> None:
    secret, posted = secret_of(verified_amara, REPLACE), right_code(verified_amara, REPLACE)
    nothing_answers_after_the_secret(logto)

    answer = verified_amara.post(REPLACE, posted)
    page = answer.content.decode()
    logto.faults.clear()
    verified_amara.post(REPLACE, {"setup": re.findall(r'name="setup" value="([^"]+)"', page)[0]})

    assert answer.status_code == 503
    assert "we can’t tell whether the new one is saved" in page
    assert secrets_at_logto(logto, "amara") == [secret]


def test_png_readers_agree_too(verified_ada: Client) -> None:
    """The decoder of the tests is no accident of one picture: it reads a picture saved and opened again."""
    page = verified_ada.get(ADD).content.decode()
    stored = io.BytesIO()
    pixels_of(page.split('class="qr"')[1].split("</div>")[0]).save(stored, "PNG")
    assert zxingcpp.read_barcodes(Image.open(stored))[0].text.startswith("otpauth://totp/Fernhill:")
