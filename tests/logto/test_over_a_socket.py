"""What only a real connection can do: break off, drip, hang, send more than it says."""

from __future__ import annotations

import dataclasses
import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from settings_app.logto import response
from settings_app.logto.errors import Unavailable
from settings_app.logto.transport import Transport
from settings_app.sites import Site


class Faulty(BaseHTTPRequestHandler):
    """Each path goes wrong in its own way."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[object]] = []

    def setup(self) -> None:
        super().setup()
        self.connections.append(self.client_address)

    def do_GET(self) -> None:
        getattr(self, self.path.rpartition("/")[2])()

    do_POST = do_GET  # noqa: N815  # the base class names it

    def whole(self) -> None:
        self.begin(2)
        self.wfile.write(b"{}")

    def truncated(self) -> None:
        self.begin(100)
        self.wfile.write(b'{"name": "A')
        self.close_connection = True

    def dripping(self) -> None:
        self.begin(1000)
        try:
            for _ in range(30):
                self.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            pass  # the client has gone, as it should
        self.close_connection = True

    def silent(self) -> None:
        time.sleep(3)
        self.close_connection = True

    def closing(self) -> None:
        self.close_connection = True

    def swelling(self) -> None:
        body = gzip.compress(b" " * 5_000_000)
        self.begin(len(body), encoding="gzip")
        self.wfile.write(body)

    def begin(self, length: int, encoding: str = "identity") -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        return


@pytest.fixture
def transport(site: Site) -> Iterator[Transport]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Transport(dataclasses.replace(site, endpoint=f"http://127.0.0.1:{server.server_port}"))
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("truncated", "answer.broken"),
        ("dripping", "answer.late"),
        ("silent", "answer.late"),
        ("closing", "connection.failed"),
        ("swelling", "answer.too_large"),
    ],
)
def test_a_write_that_goes_wrong_may_have_happened(
    transport: Transport, monkeypatch: pytest.MonkeyPatch, way: str, code: str
) -> None:
    monkeypatch.setattr(response, "LARGEST_ANSWER_BYTES", 1_000_000)
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        transport.call("POST", f"/{way}", public=True, timeout=1.0)
    assert (caught.value.code, caught.value.may_have_happened) == (code, True)
    assert time.monotonic() - began < 4
    assert transport.call("GET", "/whole", public=True) == {}


def test_a_connection_is_used_again(transport: Transport) -> None:
    Faulty.connections.clear()
    for _ in range(5):
        transport.call("GET", "/whole", public=True)
    assert len(Faulty.connections) == 1
