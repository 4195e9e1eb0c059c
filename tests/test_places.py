"""A site whose Logto hangs takes no thread from the pages of another site, nor from health checks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from settings_app.shell import places
from settings_app.shell.middleware import SiteMiddleware, as_ours
from settings_app.shell.places import Places, WaitingLine

THREADS = 4


class Server:
    """Four threads, as of a web server, and a site of which every page waits for a Logto that hangs."""

    def __init__(self) -> None:
        self.hung, self.threads = threading.Event(), ThreadPoolExecutor(THREADS)
        self.waiting = threading.Semaphore(0)
        self.site = SiteMiddleware(self.page)

    def page(self, request: object) -> HttpResponse:
        if request.site.host == "hanging.example":  # type: ignore[attr-defined]
            self.waiting.release()
            self.hung.wait(20)
        return HttpResponse("page")

    def get(self, host: str, path: str = "/profile/") -> HttpResponse:
        request = as_ours(RequestFactory().get(path, headers={"Host": host}))
        return self.threads.submit(self.site, request).result(timeout=5)

    def visit(self, host: str) -> None:
        """Somebody waits for a page."""
        self.threads.submit(self.site, as_ours(RequestFactory().get("/profile/", headers={"Host": host})))


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    first = settings.SITES[0]
    hosts = ("hanging.example", "healthy.example")
    settings.SITES = tuple(replace(first, base_url=f"https://{host}") for host in hosts)
    settings.WEB_THREADS, settings.SITES_FILE = THREADS, "sites.toml"
    made = Server()
    yield made
    made.hung.set()
    made.threads.shutdown()


def test_ten_visitors_of_a_hanging_site_stop_neither_another_site_nor_the_health_check(server: Server) -> None:
    for _ in range(10):
        server.visit("hanging.example")
    assert server.get("healthy.example").content == b"page"
    assert server.get("healthy.example", "/healthz").status_code == 200


def test_whoever_finds_no_place_is_told_to_come_again(server: Server) -> None:
    for _ in range(THREADS - 1):
        server.visit("hanging.example")
        assert server.waiting.acquire(timeout=10)
    told = server.get("hanging.example")
    assert (told.status_code, told["Retry-After"]) == (503, "2")


def test_a_place_is_free_again_afterwards(server: Server) -> None:
    assert [server.get("healthy.example").status_code for _ in range(THREADS * 2)] == [200] * (THREADS * 2)


@pytest.mark.parametrize(("threads", "most"), [(0, 0), (1, 1), (2, 1), (4, 3), (8, 6), (32, 24)])
def test_one_thread_in_four_is_out_of_reach(threads: int, most: int) -> None:
    assert Places(threads).most == most


@pytest.mark.parametrize(("threads", "most"), [(0, 0), (1, 1), (4, 3), (8, 6), (16, 14), (32, 30)])
def test_the_only_site_leaves_two(threads: int, most: int) -> None:
    assert Places(threads, is_alone=True).most == most


def test_at_the_only_site_people_wait_while_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STANDSTILL_SECONDS", 0.2)
    line = WaitingLine(1)
    assert line.take(0)
    with ThreadPoolExecutor(3) as waiting:
        found = [waiting.submit(line.take, 5.0) for _ in range(3)]
        for _ in range(3):
            threading.Event().wait(0.15)  # all three together wait longer than a standstill may last
            line.give_back()
        assert [one.result() for one in found] == [True] * 3


def test_where_nothing_moves_nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STANDSTILL_SECONDS", 0.01)
    line = WaitingLine(1)
    assert line.take(0)
    assert not line.take(60)
    line.give_back()
    assert line.take(0)  # who went away holds no place


def test_nobody_gets_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STANDSTILL_SECONDS", 5)
    line = WaitingLine(1)
    assert line.take(0)
    with ThreadPoolExecutor(1) as waiting:
        first = waiting.submit(line.take, 5.0)
        while not line._waiting:
            threading.Event().wait(0.001)
        line.give_back()
        assert not line.take(0)
        assert first.result()
