"""What is counted, that several processes count together, and that no person is in it or in the log."""

from __future__ import annotations

import io
import json
import logging
import re
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app import metering
from settings_app.checks import metrics_have_a_place
from settings_app.models import Notice
from settings_app.safeguards import heartbeats, limits
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit, Scope
from settings_app.shell.exporter import exposition
from settings_app.shell.logs import AddressesAreRoutes, BadRequestsAreBrief, JsonFormatter, LineFormatter
from tests.test_gunicorn import Server, server  # noqa: F401  # a fixture


@pytest.fixture
def meters() -> Iterator[metering.Meters]:
    yield metering.start()
    metering.stop()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log in both shapes, as at LOG_LEVEL=DEBUG."""
    told = io.StringIO()
    root, handlers = logging.getLogger(), []
    level = root.level
    for formatter in (LineFormatter(), JsonFormatter()):
        handler = logging.StreamHandler(told)
        handler.setFormatter(formatter)
        for one in (BadRequestsAreBrief, AddressesAreRoutes):
            handler.addFilter(one())
        handlers.append(handler)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def value(told: str, start: str) -> float:
    (line,) = [line for line in told.splitlines() if line.startswith(start)]
    return float(line.rpartition(" ")[2])


def test_what_happens_is_counted_by_site(ada: Client, logto: Logto, meters: metering.Meters) -> None:
    ada.get("/profile/")
    ada.get("/nowhere/")
    logto.faults.add("refused")
    ada.get("/profile/")
    for _try in range(30):
        limits.count("tenant", Limit.UNDO, dict.fromkeys(Scope, "x"))
    with pytest.raises(TooManyAttempts):
        limits.count("tenant", Limit.UNDO, dict.fromkeys(Scope, "x"))
    notice = {"subject": "x", "change": "password-changed", "sealed": "x", "made_at": timezone.now()}
    for site, state in (("testserver", "DONE"), ("testserver", "DONE"), ("gone.example", "UNDELIVERABLE")):
        Notice.objects.create(
            site=site, state=Notice.State[state], due_at=timezone.now() + timedelta(hours=1), **notice
        )
    heartbeats.beat(heartbeats.RETENTION)
    told = exposition(meters).decode()

    page = 'accountsite_requests_total{method="GET",page="%s",site="testserver",status="%d"}'
    assert [value(told, page % one) for one in (("profile", 200), ("profile", 503), ("-", 404))] == [1, 1, 1]
    assert value(told, 'accountsite_request_seconds_count{site="testserver"}') == 3
    call = 'accountsite_logto_calls_total{endpoint="/api/users/{id}",method="GET",site="testserver",status="%s"}'
    assert value(told, call % "200") >= 1
    assert value(told, call % "no-answer") >= 1
    assert 'accountsite_logto_call_seconds_bucket{endpoint="/api/users/{id}",le="0.25",method="GET"}' in told
    assert value(told, 'accountsite_limits_hit_total{limit="undo",site="-"}') == 1
    assert value(told, 'accountsite_mails_waiting{site="testserver"}') == 2
    assert value(told, 'accountsite_mails_given_up{site="gone.example"}') == 1
    assert value(told, 'accountsite_heartbeat_timestamp_seconds{of="retention"}') > 1.7e9
    assert value(told, "accountsite_database_up") == 1


PLANTED = "plantedvalue"


def test_nothing_of_a_person_is_in_log_or_metrics(
    verified_ada: Client, logto: Logto, meters: metering.Meters, written: io.StringIO
) -> None:
    """Typed, sent and held values: each is planted with one word, which may come out nowhere."""
    user = logto.state.person("ada").user
    user.update(name=PLANTED, username=PLANTED, primaryEmail=f"{PLANTED}@example.com", primaryPhone="46700199887")
    sent = {
        "User-Agent": PLANTED,
        "Referer": f"https://{PLANTED}.example/{PLANTED}",
        "Cookie-Of-Somebody": PLANTED,
        "X-Forwarded-For": f"198.51.100.77, {PLANTED}",
        "X-Request-ID": f"{PLANTED}\n{PLANTED}",
        "Accept-Language": PLANTED,
        "HX-Target": PLANTED,
    }
    ask = [
        ("get", "/", {}),
        ("get", f"/profile/?code={PLANTED}&return_to=https://{PLANTED}.example", {}),
        ("get", f"/{PLANTED}/", {}),
        ("get", f"/undo/{PLANTED}/", {}),
        ("get", f"/callback/?code={PLANTED}&state={PLANTED}", {}),
        ("generic", "/profile/", {}),
        ("post", "/profile/name/change/", {"name": f"New {PLANTED}"}),
        ("post", "/username/change/", {"username": f"x{PLANTED}"}),
        ("post", "/email/change/", {"email": f"new-{PLANTED}@example.com"}),
        ("post", "/phone/change/", {"phone": "+46700199887"}),
        ("post", "/password/change/", {"new": f"{PLANTED}-Pass-1!", "again": f"{PLANTED}-Pass-1!"}),
        ("post", f"/webhooks/logto/?x={PLANTED}", {PLANTED: PLANTED}),
    ]
    statuses = set()
    for down in (False, True):
        if down:
            logto.faults.add("refused")
        for method, path, data in ask:
            if method == "generic":
                answer = verified_ada.generic(PLANTED.upper(), path, headers=sent)
            else:
                answer = getattr(verified_ada, method)(path, data, headers=sent, REMOTE_ADDR="198.51.100.77")
            statuses.add(answer.status_code)
    assert {200, 302, 404, 503} <= statuses
    log, metrics = written.getvalue(), exposition(meters).decode()
    assert "settings_app.logto.response" in log
    assert "accountsite_requests_total{" in metrics
    for text in (PLANTED, "46700199887"):
        assert [line for line in (log + metrics).splitlines() if text in line.casefold()] == []
    # Of whom a change was made, and from which network somebody signs in, the log does tell.
    assert "198.51.100.77" not in metrics
    assert "ada0000000ab" not in metrics


def test_a_json_line_is_one_object_whatever_it_says() -> None:
    error = ValueError("a\nb\u2028c")
    exc_info = (type(error), error, None)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "told %s", ("a\r\n\u2028\x1b[0m",), exc_info)
    (line,) = JsonFormatter().format(record).splitlines()
    told = json.loads(line)
    assert line.isascii()
    assert told["message"] == "told a\r\n\u2028\x1b[0m"
    assert "ValueError" in told["traceback"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["time"])


@pytest.mark.parametrize(
    ("bind", "folder", "wrong"),
    [("", "", 0), ("127.0.0.1:9464", "/run/x", 0), ("9464", "/run/x", 1), ("h:0", "/run/x", 1), ("h:1", "", 1)],
)
def test_a_wrong_place_of_metrics_is_told(bind: str, folder: str, wrong: int) -> None:
    with override_settings(METRICS_BIND=bind, METRICS_FOLDER=folder):
        assert len(metrics_have_a_place()) == wrong


@pytest.mark.timeout(180)
def test_two_processes_count_together_on_a_port_of_their_own(server: Server, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "metrics"
    folder.mkdir()
    bind = f"127.0.0.1:{server.port + 1 if server.port < 65535 else server.port - 1}"
    server.write_env(METRICS_BIND=bind, METRICS_FOLDER=str(folder), LOG_FORMAT="json", TRUSTED_PROXIES="0")
    server.start(WEB_CONCURRENCY="2")
    server.wait_until(lambda: server.status("first.example") == 302)
    assert [server.status("first.example") for _time in range(39)] == [302] * 39
    warned = [json.loads(line) for line in server.told().splitlines() if line.startswith("{")]
    assert {line["logger"] for line in warned} >= {"accountsite.wsgi"}

    def told() -> str:
        try:
            with urllib.request.urlopen(f"http://{bind}/metrics", timeout=10) as answer:
                return str(answer.read(), "utf-8")
        except OSError:
            return ""

    server.wait_until(lambda: "accountsite_requests_total{" in told())
    counted = value(told(), "accountsite_requests_total{")
    assert counted >= 40  # one more for each try that nobody waited for
    assert len(list(folder.glob("counter_*.db"))) >= 1
    server.reload()
    server.wait_until(lambda: server.told().count("Worker exiting") == 2)
    server.wait_until(lambda: "accountsite_requests_total{" in told())
    assert value(told(), "accountsite_requests_total{") >= counted  # what the old processes counted is not lost
