"""Traces of requests and of calls to Logto, in the words of OpenTelemetry, where TRACES_URL asks for them.

Nothing is imported and nothing is kept otherwise. A span has words of this code alone: hosts of sites, routes as they
are declared, paths of Logto without ids, statuses; and the id of the request, by which the log is found.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from settings_app import tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

SERVICE = "accountsite"
SERVER_ERROR = 500
NANOSECONDS = 1_000_000_000

_tracer: Tracer | None = None


def are_installed() -> bool:
    try:
        return all(find_spec(name) for name in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"))
    except ModuleNotFoundError:
        return False


def begin(address: str) -> None:
    """Sends spans to this address from now on (OTLP over HTTP), from a thread of its own; to be called after a fork."""
    if not address:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    use(provider)


def use(provider: TracerProvider | None) -> None:
    global _tracer
    _tracer = provider.get_tracer(SERVICE) if provider else None


@contextmanager
def of_request() -> Iterator[Span | None]:
    """Calls that are made meanwhile belong to it. What a browser says of a trace of its own is not looked at."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.context import Context
    from opentelemetry.trace import SpanKind

    with _tracer.start_as_current_span(
        "request",
        context=Context(),
        kind=SpanKind.SERVER,
        # What is raised may say what somebody typed.
        # guard: spans-hold-no-exception
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield span


def request_answered(span: Span, route: str, method: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "accountsite.site": tracing.site(),
            "accountsite.request_id": tracing.request_id(),
        }
    )
    mark(span, is_failure=status >= SERVER_ERROR)


def call_answered(method: str, endpoint: str, status: int | None, seconds: float) -> None:
    """A call to Logto that has just ended."""
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind

    began = time.time_ns() - int(seconds * NANOSECONDS)
    span = _tracer.start_span(f"{method} {endpoint}", kind=SpanKind.CLIENT, start_time=began)
    span.set_attributes(
        {
            "http.request.method": method,
            "url.template": endpoint,
            "accountsite.site": tracing.site(),
            **({"http.response.status_code": status} if status else {"error.type": "no-answer"}),
        }
    )
    mark(span, is_failure=not status or status >= SERVER_ERROR)
    span.end()


def mark(span: Span, *, is_failure: bool) -> None:
    from opentelemetry.trace import StatusCode

    if is_failure:
        span.set_status(StatusCode.ERROR)
