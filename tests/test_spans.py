"""Traces: what a span holds, that calls belong to their request, and that no person is in any of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client, override_settings
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from accountsite.sandbox.logto import Logto
from settings_app import spans
from settings_app.checks import traces_can_be_made
from tests.test_checks import ROOT

PLANTED = "plantedvalue"


@pytest.fixture
def seen() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.use(provider)
    yield exporter
    spans.use(None)


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


def test_a_request_and_the_calls_that_it_makes_are_one_trace(ada: Client, seen: InMemorySpanExporter) -> None:
    stranger = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    answer = ada.get("/profile/", headers=stranger)
    (request,) = named(seen, "GET /profile/")
    assert request.kind is SpanKind.SERVER
    assert dict(request.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/profile/",
        "http.response.status_code": 200,
        "accountsite.site": "testserver",
        "accountsite.request_id": answer["X-Request-ID"],
    }
    assert request.parent is None  # whatever the browser says of a trace of its own
    calls = [span for span in seen.get_finished_spans() if span.kind is SpanKind.CLIENT]
    assert "GET /api/users/{id}" in {call.name for call in calls}
    assert {call.parent.span_id if call.parent else 0 for call in calls} == {request.context.span_id}
    assert all(call.start_time and call.end_time and call.start_time <= call.end_time for call in calls)


def test_a_failure_is_marked(ada: Client, logto: Logto, seen: InMemorySpanExporter) -> None:
    logto.faults.add("refused")
    ada.get("/profile/")
    (request,) = named(seen, "GET /profile/")
    assert request.status.status_code is StatusCode.ERROR
    failed = named(seen, "POST /oidc/token")[0]
    assert (failed.status.status_code, dict(failed.attributes or {})["error.type"]) == (StatusCode.ERROR, "no-answer")


def test_no_person_is_in_it(verified_ada: Client, logto: Logto, seen: InMemorySpanExporter) -> None:
    user = logto.state.person("ada").user
    user.update(name=PLANTED, username=PLANTED, primaryEmail=f"{PLANTED}@example.com", primaryPhone="46700199887")
    sent = {
        "User-Agent": PLANTED, "Referer": f"https://{PLANTED}.example/", "X-Forwarded-For": f"198.51.100.77, {PLANTED}",
        "X-Request-ID": f"{PLANTED} {PLANTED}", "tracestate": f"a={PLANTED}", "baggage": f"a={PLANTED}",
    }  # fmt: skip
    for path in ("/", f"/{PLANTED}/", f"/undo/{PLANTED}/", f"/profile/?x={PLANTED}", f"/sessions/{PLANTED}/end/"):
        verified_ada.get(path, headers=sent, REMOTE_ADDR="198.51.100.77")
    verified_ada.generic(PLANTED.upper(), "/profile/", headers=sent)
    verified_ada.post("/username/change/", {"username": f"x{PLANTED}"}, headers=sent)
    verified_ada.post("/email/change/", {"email": f"new-{PLANTED}@example.com"}, headers=sent)
    told = "\n".join(span.to_json() for span in seen.get_finished_spans())
    assert "POST /username/change/" in told
    assert "GET /sessions/<slug:uid>/end/" in told
    assert "GET an unknown address" in told
    found = [word for word in (PLANTED, "46700199887", "198.51.100", "ada0000000ab") if word in told.casefold()]
    assert found == []


def test_what_is_raised_is_not_repeated(seen: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=PLANTED), spans.of_request():
        raise ValueError(PLANTED)
    (span,) = seen.get_finished_spans()
    assert PLANTED not in span.to_json()


def test_they_reach_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[tuple[str, bytes]] = []
    came = threading.Event()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            came.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of http.server
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        spans.begin(f"http://127.0.0.1:{server.server_port}/v1/traces")
        try:
            with spans.of_request() as span:
                assert span is not None
                spans.request_answered(span, "/profile/", "GET", 200)
            assert came.wait(10)
        finally:
            spans.use(None)
            server.shutdown()
    path, body = bodies[0]
    assert path == "/v1/traces"
    assert b"GET /profile/" in body
    assert b"accountsite" in body
    assert os.uname().nodename.encode() not in body


def test_a_process_that_is_not_asked_for_traces_loads_nothing_of_it() -> None:
    code = "import django, sys; django.setup(); from settings_app import spans; spans.begin('');\n"
    code += "import settings_app.urls; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    asked = [sys.executable, "-c", code]
    done = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"


def test_a_wrong_address_is_told() -> None:
    with override_settings(TRACES_URL="127.0.0.1:4318"):
        assert [one.id for one in traces_can_be_made()] == ["accountsite.E014"]
    with override_settings(TRACES_URL="http://127.0.0.1:4318/v1/traces"):
        assert traces_can_be_made() == []
