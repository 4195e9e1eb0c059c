"""What only a real connection can do to a sign-in: an answer without end, or one that drips."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from settings_app.logto import transport
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.signin.provider import Provider
from tests.signin.ways import site

MEGABYTE = 1024 * 1024


class Endless(BaseHTTPRequestHandler):
    """`/a` answers without end, `/b` packs 200 MB into 200 kB, `/c` drips."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if self.path.startswith("/b"):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        try:
            self.body()
        except OSError:
            pass  # the client has gone, as it should

    def body(self) -> None:
        if self.path.startswith("/b"):
            self.wfile.write(gzip.compress(b" " * 200 * MEGABYTE, 1))
            return
        for _ in range(200):
            self.wfile.write(b" " * (MEGABYTE if self.path.startswith("/a") else 1))
            time.sleep(0 if self.path.startswith("/a") else 0.05)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("way", ["/a", "/b", "/c"])
def test_an_answer_without_end_is_left(address: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(SignInFailed) as caught:
        assert Provider(replace(site(), endpoint=address + way)).metadata
    assert caught.value.reason is Reason.LOGTO_DOWN
    assert caught.value.detail in ("answer.too_large", "answer.late")
    assert time.monotonic() - began < 4
