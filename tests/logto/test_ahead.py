"""Reads that are sent before the first answer is read: no thread for any, one deadline, and none is left half-way."""

from __future__ import annotations

import dataclasses
import gc
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from settings_app.logto.ahead import Sent, in_one_go
from settings_app.logto.cache import Cached
from settings_app.logto.parallel import Pool
from settings_app.logto.transport import Transport
from settings_app.sites import Site
from tests.logto.test_over_a_socket import Faulty


class Waiting(Faulty):
    """As those that go wrong; some wait for one another."""

    meeting = threading.Barrier(2, timeout=5)

    def meet(self) -> None:
        self.meeting.wait()
        self.whole()

    def late(self) -> None:
        time.sleep(1)
        self.whole()


@pytest.fixture
def transport(site: Site) -> Iterator[Transport]:
    """With two connections that are open and free."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Waiting)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    transport = Transport(dataclasses.replace(site, endpoint=f"http://127.0.0.1:{server.server_port}"))
    Waiting.meeting.reset()
    both = [threading.Thread(target=read, args=(transport, "/meet")) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    yield transport
    server.shutdown()
    server.server_close()


def read(transport: Transport, path: str) -> object:
    return transport.call("GET", path, public=True)


def test_what_was_sent_is_under_way_at_the_same_time_without_a_thread(transport: Transport) -> None:
    pool, threads = Pool(), threading.active_count()
    parts = [pool.start(lambda: read(transport, "/meet"), ahead=True) for _ in range(2)]
    assert [part.required() for part in parts] == [{}, {}]
    assert threading.active_count() == threads


def test_all_that_is_late_is_given_up_at_the_same_moment(transport: Transport) -> None:
    began = time.monotonic()
    parts = [Pool().start(lambda: read(transport, "/late"), seconds=0.3, ahead=True) for _ in range(2)]
    assert [part.error and part.error.code for part in parts] == ["answer.late", "answer.late"]
    assert time.monotonic() - began < 0.9


def test_a_connection_that_closes_is_replaced(transport: Transport) -> None:
    part = Pool().start(lambda: read(transport, "/closing"), ahead=True)
    assert part.error is not None
    assert part.error.code == "connection.failed"
    assert read(transport, "/whole") == {}


def test_what_nobody_looks_at_leaves_no_answer_for_somebody_else(transport: Transport) -> None:
    part = Pool().start(lambda: read(transport, "/swelling"), ahead=True)
    del part
    gc.collect()
    assert read(transport, "/whole") == {}
    assert read(transport, "/whole") == {}


def test_another_thread_asks_again(transport: Transport) -> None:
    part, found = Pool().start(lambda: read(transport, "/whole"), ahead=True), []
    other = threading.Thread(target=lambda: found.append(part.required()))
    other.start()
    other.join()
    assert found == [{}]


def test_nobody_who_holds_what_others_wait_for_leaves_it_for_later(transport: Transport) -> None:
    cached = Cached(lambda: read(transport, "/whole"), life_seconds=lambda _: 60.0)
    sent = Sent(cached)
    assert not cached.is_due()
    assert sent.result() == {}
    with in_one_go():
        assert Sent(lambda: read(transport, "/whole")).has_ended


def test_a_free_connection_is_known(site: Site, transport: Transport) -> None:
    assert transport._adapter.has_free_connection()
    assert not Transport(site)._adapter.has_free_connection()
    sent = [Sent(lambda: read(transport, "/whole")) for _ in range(2)]
    assert not transport._adapter.has_free_connection()
    assert [one.result() for one in sent] == [{}, {}]
    assert transport._adapter.has_free_connection()


def test_a_mistake_of_ours_is_raised_where_it_is_looked_at() -> None:
    def wrong() -> str:
        raise KeyError("typing error")

    part = Pool().start(wrong, ahead=True)
    with pytest.raises(KeyError):
        _ = part.value
