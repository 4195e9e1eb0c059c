"""A small server that writes down what a tenant sends it: webhooks, logout tokens."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_SECONDS = 10


@dataclass(frozen=True)
class Letter:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`address` is how the tenant reaches it. It answers with `status`."""

    address: str
    status: int = 200
    letters: list[Letter] = field(default_factory=list)

    def wait_for(self, count: int) -> list[Letter]:
        """The letters, once there are so many; those that came until then when there are not."""
        deadline = time.monotonic() + WAIT_SECONDS
        while len(self.letters) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(self.letters)


def start(host: str) -> tuple[Receiver, ThreadingHTTPServer]:
    """Listens on every interface when the tenant is elsewhere, else on loopback."""
    bound = "127.0.0.1" if host in ("127.0.0.1", "localhost") else ""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.letters.append(Letter(self.path, headers, body))
            self.send_response(receiver.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            pass

    server = ThreadingHTTPServer((bound, 0), Handler)
    receiver = Receiver(f"http://{host}:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return receiver, server
