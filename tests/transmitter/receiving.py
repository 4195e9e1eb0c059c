"""A receiver of events on a port of this machine, and the way to it."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

URL = "https://receiver.example/events?tenant=1"


@dataclass
class Receiver:
    """Answers each post with what `answers` says of it: a status, headers and a body."""

    port: int = 0
    answers: Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]] = lambda _claims: (202, {}, b"")
    tokens: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def connect(self, host: str) -> socket.socket:
        assert host == "receiver.example"
        return socket.create_connection(("127.0.0.1", self.port), timeout=3)

    @property
    def claims(self) -> list[dict[str, Any]]:
        return [claims_of(token) for token in self.tokens]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Whom each was about, and the last part of its name."""
        return [(one["sub_id"]["sub"], next(iter(one["events"])).rpartition("/")[2]) for one in self.claims]


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            receiver.paths.append(self.path)
            receiver.tokens.append(token)
            status, headers, body = receiver.answers(claims_of(token))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
