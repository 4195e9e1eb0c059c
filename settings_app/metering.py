"""Counts for whoever watches the site, in the words of Prometheus. Nothing is counted before `start`.

Labels are hosts of sites and words of this code: url names, paths of Logto without ids, names of limits. Nothing that
a browser sends and nothing of a person becomes one, so their number is bounded too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from settings_app import tracing

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Meters:
    def __init__(self, registry: CollectorRegistry) -> None:
        from prometheus_client import Counter, Histogram

        self.registry = registry
        self.requests = Counter(
            "accountsite_requests", "Requests answered.", ("site", "page", "method", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "accountsite_request_seconds", "Time to an answer.", ("site",), buckets=SECONDS, registry=registry
        )
        self.calls = Counter(
            "accountsite_logto_calls", "Calls to Logto.", ("site", "method", "endpoint", "status"), registry=registry
        )
        self.call_seconds = Histogram(
            "accountsite_logto_call_seconds",
            "Time to Logto's answer.",
            ("method", "endpoint"),
            buckets=SECONDS,
            registry=registry,
        )
        self.limits = Counter(
            "accountsite_limits_hit", "Tries that a limit refused.", ("site", "limit"), registry=registry
        )


_meters: Meters | None = None


def start(folder: str = "") -> Meters:
    """Counts from now on: in files of this folder, where several processes count together, else in this process."""
    global _meters
    if folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # which the library reads when it is imported
    from prometheus_client import CollectorRegistry

    _meters = Meters(CollectorRegistry())
    return _meters


def stop() -> None:
    global _meters
    _meters = None


def request_answered(page: str, method: str, status: int, seconds: float) -> None:
    if _meters:
        site = tracing.site() or "-"
        _meters.requests.labels(site, page or "-", method, str(status)).inc()
        _meters.request_seconds.labels(site).observe(seconds)


def call_answered(method: str, endpoint: str, status: int | None, seconds: float) -> None:
    if _meters:
        _meters.calls.labels(tracing.site() or "-", method, endpoint, str(status or "no-answer")).inc()
        _meters.call_seconds.labels(method, endpoint).observe(seconds)


def limit_hit(limit: str) -> None:
    if _meters:
        _meters.limits.labels(tracing.site() or "-", limit).inc()
