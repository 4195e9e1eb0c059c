"""Serves the metrics on a port of their own, from whichever process of this machine takes it first."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import Count
from django.utils import timezone

from settings_app import metering
from settings_app.models import Heartbeat, Notice, SecurityEvent
from settings_app.safeguards import deletion, heartbeats, notices, security_events

if TYPE_CHECKING:
    from prometheus_client import Metric

PAUSE_SECONDS = 2.0
ASKER_SECONDS = 5.0
BEATS = (heartbeats.MAILS, heartbeats.RETENTION, heartbeats.DELETIONS, heartbeats.EVENTS)

log = logging.getLogger(__name__)


def begin() -> None:
    """Counts in this process, and serves what all of them count as soon as no other one does."""
    if not settings.METRICS_BIND:
        return
    if not os.access(settings.METRICS_FOLDER, os.W_OK):
        log.error("there are no metrics: METRICS_FOLDER %s is no folder to write to", settings.METRICS_FOLDER)
        return
    meters = metering.start(settings.METRICS_FOLDER)
    threading.Thread(target=serve, args=(meters,), name="metrics", daemon=True).start()


def serve(meters: metering.Meters) -> None:
    host, _, port = settings.METRICS_BIND.rpartition(":")

    class Answering(Handler):
        counted = meters

    while True:
        try:
            with HTTPServer((host, int(port)), Answering) as server:
                server.serve_forever()
        except OSError:
            time.sleep(PAUSE_SECONDS)  # another process serves them


class Handler(BaseHTTPRequestHandler):
    counted: metering.Meters
    timeout = ASKER_SECONDS
    server_version, sys_version = "accountsite", ""

    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(404)
            return
        try:
            close_old_connections()
            told = exposition(self.counted)
        finally:
            close_old_connections()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of http.server
        """Who looks at the metrics is no event."""


def exposition(meters: metering.Meters) -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    counted = meters.registry
    if settings.METRICS_FOLDER:
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]
    stored = CollectorRegistry()
    stored.register(Stored())
    return generate_latest(counted) + generate_latest(stored)


class Stored:
    """What the database says at the moment of asking, the same from every machine."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        try:
            found = list(self.read())
        except DatabaseError:
            found = []
        yield GaugeMetricFamily("accountsite_database_up", "Whether the database answers.", value=bool(found))
        yield from found

    def read(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        given_up = Notice.objects.filter(state=Notice.State.UNDELIVERABLE)
        lost = SecurityEvent.objects.filter(state=SecurityEvent.State.GIVEN_UP)
        for name, words, rows in (
            ("mails_waiting", "Mails that have not left.", notices.unsent()),
            ("mails_given_up", "Mails that were given up, as long as they are kept.", given_up),
            ("events_waiting", "Events that no receiver has taken yet.", security_events.unsent()),
            ("events_given_up", "Events that were given up, as long as they are kept.", lost),
        ):
            of_sites = {site.host: 0 for site in settings.SITES}
            of_sites |= dict(rows.order_by("site").values_list("site").annotate(Count("pk")))
            counted = GaugeMetricFamily(f"accountsite_{name}", words, labels=["site"])
            for site, count in of_sites.items():
                counted.add_metric([site], count)
            yield counted
        beats = GaugeMetricFamily(
            "accountsite_heartbeat_timestamp_seconds", "When this last went round.", labels=["of"]
        )
        for beat in Heartbeat.objects.filter(name__in=BEATS):
            beats.add_metric([beat.name], beat.at.timestamp())
        yield beats
        due = deletion.untried_since(timezone.now())
        yield GaugeMetricFamily("accountsite_deletions_due", "Deletions that are due and were not tried.", value=due)
