"""What the log says of a request, a change and a call to Logto, and that all three can be put together again."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import responses
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant
from settings_app.shell.logs import LineFormatter


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Every line as it is written, put there when it is."""
    written: list[str] = []
    formatter = LineFormatter()

    class Written(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(formatter.format(record))

    caplog.set_level(logging.DEBUG, logger="settings_app")
    handler = Written()
    logging.getLogger("settings_app").addHandler(handler)
    yield written
    logging.getLogger("settings_app").removeHandler(handler)


def of(lines: list[str], logger: str) -> list[list[str]]:
    return [line.split(" ") for line in lines if f" {logger} " in line]


def test_every_line_of_a_request_carries_its_site_and_its_id(ada: Client, lines: list[str]) -> None:
    answer = ada.get("/profile/", headers={"X-Request-ID": "of-the-proxy-1"})
    assert answer["X-Request-ID"] == "of-the-proxy-1"
    calls = of(lines, "settings_app.logto.response")
    assert len(calls) > 1  # some of them made by other threads
    assert {(call[3], call[4]) for call in calls} == {("testserver", "of-the-proxy-1")}


@pytest.mark.parametrize("sent", ["", "short", "with spaces in it", "x" * 65, "line\nbreak-in-it", "<script>alert(1)"])
def test_what_does_not_look_like_an_id_is_replaced(client: Client, db: None, sent: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": sent})
    assert answer["X-Request-ID"] != sent
    assert len(answer["X-Request-ID"]) == 32


def test_each_request_has_an_id_of_its_own(client: Client, db: None) -> None:
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


def test_the_id_goes_on_to_logto(ada: Client, logto_mock: responses.RequestsMock) -> None:
    ada.get("/profile/", headers={"X-Request-ID": "of-the-proxy-1"})
    Tenant.forget_all()  # waits for what still reads
    assert {call.request.headers["X-Request-ID"] for call in logto_mock.calls} == {"of-the-proxy-1"}


def test_an_error_page_shows_it(ada: Client, logto: Logto) -> None:
    logto.faults.add("refused")
    answer = ada.get("/profile/", headers={"X-Request-ID": "of-the-proxy-1"})
    assert answer.status_code == 503
    assert "of-the-proxy-1" in answer.content.decode()


def test_a_change_is_one_line_without_its_value(ada: Client, lines: list[str]) -> None:
    ada.post("/profile/name/change/", {"name": "Ada Secretly"})
    (change,) = of(lines, "settings_app.safeguards.audit")
    assert " ".join(change[5:]) == "change profile of ada0000000ab: done name"
    assert not [line for line in lines if "Secretly" in line]


def test_a_connection_that_fails_is_a_warning_that_says_so(ada: Client, logto: Logto, lines: list[str]) -> None:
    logto.faults.add("refused")
    ada.get("/profile/")
    failed = of(lines, "settings_app.logto.response")
    assert {(call[1], call[3], call[7], call[8]) for call in failed} == {
        ("WARNING", "testserver", "no-answer", "connection.failed")
    }
