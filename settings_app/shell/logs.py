"""How a log line is written: in UTC, with its site and request, one line for one event, whatever a browser sends."""

from __future__ import annotations

import json
import logging
import re
import time

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from settings_app import tracing

BAD_REQUEST_STATUS = 400
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class LineFormatter(logging.Formatter):
    """Spells out control characters (ASVS 16.4.1) and indents tracebacks, so that nothing in them looks like a line."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {site} {request_id} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name of logging
        # guard: log-line-is-one-line
        record.message = UNPRINTABLE.sub(spelled_out, record.message)
        record.site, record.request_id = tracing.site() or "-", tracing.request_id() or "-"
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802  # the name of logging
        told = super().formatException(ei)  # type: ignore[arg-type]  # handed on as it comes
        return "\n".join(f"    {UNPRINTABLE.sub(spelled_out, line)}" for line in told.split("\n"))


class JsonFormatter(logging.Formatter):
    """The same as one JSON object a line, for what collects logs. ASCII alone, so that no character breaks a line."""

    converter = staticmethod(time.gmtime)
    default_time_format = LineFormatter.default_time_format
    default_msec_format = LineFormatter.default_msec_format

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "site": tracing.site(),
            "request": tracing.request_id(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told)


class BadRequestsAreBrief(logging.Filter):
    """A request that cannot be read is one line: anybody could fill the log with tracebacks that say nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        # guard: bad-requests-leave-no-traceback
        if getattr(record, "status_code", 0) == BAD_REQUEST_STATUS:
            record.exc_info = record.exc_text = None
        return True


class AddressesAreRoutes(logging.Filter):
    """Django's own lines name the address that was asked for, in which anybody may have written anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            said = {request.path: route_of(request), request.method: method_of(request)}
            # guard: log-holds-no-address-of-a-browser
            record.args = tuple(said.get(arg, arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


def route_of(request: HttpRequest) -> str:
    """The address as this site declares it: `/sessions/<slug:uid>/end/`."""
    try:
        return f"/{(request.resolver_match or resolve(request.path_info)).route}"
    except Resolver404:
        return "an unknown address"


def method_of(request: HttpRequest) -> str:
    """A browser may call a method what it likes."""
    method = request.method or ""
    # guard: method-is-a-known-word
    if method not in METHODS:
        return "OTHER"
    return method


def spelled_out(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
