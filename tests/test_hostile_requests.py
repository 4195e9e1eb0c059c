"""What anybody on the internet may send, and what must not come of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.utils import translation

from accountsite.sandbox.logto import Logto
from settings_app.logto.errors import Unavailable
from settings_app.shell import errors
from settings_app.shell.logs import BadRequestsAreBrief, LineFormatter


def picture(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"x" * 1000)


def test_a_stranger_cannot_fill_the_disk_with_files(db: None, logto: Logto) -> None:
    """Uploads are stored before the token of a form is looked at; opening the landing page is enough to get so far."""
    stranger = Client(enforce_csrf_checks=True)
    stranger.get("/sign-in/")
    assert stranger.post("/sign-in/", {"a": picture("a"), "b": picture("b")}).status_code == 400
    assert stranger.post("/sign-in/", {"a": picture("a")}).status_code == 302


def test_an_address_of_too_many_parameters_is_refused_with_a_page(ada: Client, logto: Logto) -> None:
    """What says so must not read them again: that failed as well, and the page was a fault of this site."""
    many = "?" + "a=1&" * 200
    for client in (ada, Client()):
        client.raise_request_exception = False
        translation.activate("fa")  # whoever this thread answered last
        answer = client.get(f"/profile/{many}")
        assert (answer.status_code, b'<html lang="en"' in answer.content) == (400, True)


@pytest.mark.parametrize("path", ["/a%0aFORGED", "/profile/%0d%0aX/change/", "/%1b%5b2J", "/%e2%80%a8x", "/%e2%80%aex"])
def test_an_address_that_is_not_there_is_a_page_of_our_own(ada: Client, path: str) -> None:
    answer = ada.get(path)
    assert answer.status_code == 404
    assert b'id="page"' in answer.content


def test_without_a_database_there_is_still_a_page_with_all_its_policies(ada: Client) -> None:
    def refuse(*_call: object) -> None:
        raise OperationalError("password=hunter2")

    ada.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        answer = ada.get("/profile/")
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content
    assert b"hunter2" not in answer.content
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def record_of(*arguments: object, failure: Exception | None = None) -> logging.LogRecord:
    trace = (type(failure), failure, None) if failure else None
    return logging.LogRecord("site", logging.WARNING, __file__, 1, "refused %s", arguments, trace)


@pytest.mark.parametrize("text", ["a\nFORGED", "a\r\nFORGED", "a\x1b[2J", "a\x85b", "a\u2028b", "a\u202eb", "\0"])
def test_nothing_in_a_request_makes_a_log_line_of_its_own(text: str) -> None:
    line = LineFormatter().format(record_of(text))
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_words_in_any_language_stay_readable_in_the_log() -> None:
    assert LineFormatter().format(record_of("Ångström أحمد")).endswith("WARNING site - - refused Ångström أحمد")


def test_a_traceback_cannot_be_taken_for_a_log_line() -> None:
    forged = ValueError("x\n2026-01-01T00:00:00.000Z INFO site all is well")
    first, *others = LineFormatter().format(record_of("it", failure=forged)).split("\n")
    assert first.endswith("refused it")
    assert others
    assert all(line.startswith("    ") for line in others)


def test_a_request_that_cannot_be_read_leaves_one_line() -> None:
    record = record_of("Request body exceeded the limit", failure=ValueError("too big"))
    record.status_code = 400
    BadRequestsAreBrief().filter(record)
    assert len(LineFormatter().format(record).splitlines()) == 1


def test_a_fault_of_our_own_keeps_its_traceback() -> None:
    record = record_of("Internal Server Error", failure=ValueError("x"))
    record.status_code = 500
    BadRequestsAreBrief().filter(record)
    assert "ValueError" in LineFormatter().format(record)


def test_log_lines_are_in_utc() -> None:
    record = record_of("it")
    record.created, record.msecs = 0.0, 7.0
    assert LineFormatter().format(record).startswith("1970-01-01T00:00:00.007Z ")


def test_the_site_logs_with_that_formatter() -> None:
    logging_settings: dict[str, Any] = settings.LOGGING
    assert logging_settings["formatters"]["LINE"]["()"] == "settings_app.shell.logs.LineFormatter"
    assert logging_settings["filters"]["brief"]["()"] == "settings_app.shell.logs.BadRequestsAreBrief"
    assert logging_settings["handlers"]["stderr"]["filters"] == ["brief", "routes"]
    assert logging_settings["handlers"]["stderr"]["formatter"] == "LINE"
    quiet = ("urllib3", "django.template", "django.db.backends")  # on DEBUG they write ids, page contexts and values
    assert [logging.getLogger(name).level for name in quiet] == [logging.INFO] * len(quiet)


HEADERS = (
    "Accept", "Accept-Language", "Cookie", "HX-Current-URL", "HX-Request", "HX-Target", "Origin", "Referer",
    "User-Agent", "X-Forwarded-For", "X-Request-ID", "Range", "If-Modified-Since",
)  # fmt: skip
ODD = ("http://[", "http://[::1", "//", "\xd9\xa0;q=\xff", "a=b; c", "%", "\x7f", "text/html;q=x", "x" * 5000, "")


@pytest.mark.parametrize("name", HEADERS)
def test_no_value_of_a_header_breaks_a_page(ada: Client, name: str) -> None:
    ada.raise_request_exception = False
    ended = Client(raise_request_exception=False, enforce_csrf_checks=True)
    row = "/profile/nickname/change/"
    for client, path, value in (
        (*where, value) for where in ((ada, row), (ended, row), (ended, "/sign-in/")) for value in ODD
    ):
        answers = (client.generic(method, path, b"nickname=A", headers={name: value}) for method in ("GET", "POST"))
        assert all(answer.status_code < 500 for answer in answers), (value, path)


def test_a_write_without_an_answer_is_not_said_to_have_changed_nothing(ada: Client) -> None:
    request = ada.post("/profile/nickname/change/", {"nickname": "x" * 500}).wsgi_request  # too long: nothing is done
    lost = errors.logto_failed(request, Unavailable("PATCH", "/api/users/{id}", code="answer.late"))  # type: ignore[arg-type]
    assert "Nothing was changed" not in lost.content.decode()
    never_sent = errors.logto_failed(request, Unavailable("PATCH", "/api/users/{id}", sent=False))  # type: ignore[arg-type]
    assert "Nothing was changed" in never_sent.content.decode()


def test_refused_requests_are_told_in_the_log(
    verified_ada: Client, logto: Logto, caplog: pytest.LogCaptureFixture
) -> None:
    logto.state.account_center["fields"]["email"] = "ReadOnly"
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = verified_ada.cookies
    strict.post("/email/remove/")
    assert any(line.startswith("refused POST /email/remove/ to ada0000000ab: CSRF") for line in caplog.messages)
    verified_ada.post("/email/remove/")
    assert "refused POST /email/remove/ to ada0000000ab: not theirs to edit" in caplog.messages


def test_one_can_sign_out_from_every_page(ada: Client) -> None:
    pages = [ada.get(path).content for path in ("/", "/profile/", "/security/", "/verify/", "/nowhere/")]
    assert [page.count(b'action="/sign-out/"') > 0 for page in pages] == [True, True, True, True, False]


def test_what_a_person_stores_stays_text(ada: Client, logto: Logto) -> None:
    """Names, addresses and connected accounts are other people's words, wherever they are shown."""
    person = logto.state.person("ada").user
    script = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    person.update(name=script, username=script, avatar=f"https://x/{script}")
    person["profile"] = dict.fromkeys(person["profile"], script) | {"website": "javascript:alert(1)", "address": {}}
    person["identities"] = {"github": {"userId": script, "details": {"name": script, "avatar": "javascript:alert(1)"}}}
    for path in ("/", "/profile/", "/profile/photo/", "/security/", "/secure/", "/profile/website/change/"):
        page = ada.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert 'src="javascript:' not in page
