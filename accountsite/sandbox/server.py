"""The sandbox over HTTP: a threaded server on loopback, for the demo, browsers and the contract tests."""

from __future__ import annotations

import logging
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from accountsite.sandbox.faults import HangError, NoAnswerError
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import LOOPBACK
from accountsite.sandbox.web import Answer, Request

HANG_SECONDS = 60
BODY_LIMIT_BYTES = 24 * 1024 * 1024  # above the 20 MiB at which uploads are refused

logger = logging.getLogger(__name__)


class SandboxServer(ThreadingHTTPServer):
    """Serves one `Logto` on 127.0.0.1. OSError when the port is taken; port 0 takes any free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, logto: Logto, port: int) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.logto = logto

    def server_bind(self) -> None:
        """As the parent's, without its reverse look-up of the host name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def start(self) -> None:
        """Serves in a thread of its own until `shutdown`; from then on webhooks go out too."""
        self.logto.sends_webhooks = True
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    server: SandboxServer

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parts.query, headers, self._body())
        try:
            answer = self.server.logto.answer(request)
        except HangError:
            time.sleep(HANG_SECONDS)
            self.close_connection = True
        except NoAnswerError:
            self._reset_connection()
        except Exception:
            logger.exception("The sandbox failed at %s %s", request.method, request.path)
            self._send(Answer.json(500, {"message": "Internal server error."}))
        else:
            self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815  names the base class calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Quiet: codes and states are in the addresses."""

    def _body(self) -> bytes:
        length = int(self.headers.get("content-length") or 0)
        return self.rfile.read(min(length, BODY_LIMIT_BYTES))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.body:
            self.wfile.write(answer.body)

    def _reset_connection(self) -> None:
        """Closes with a reset instead of an orderly end; a refused connection cannot be played while listening."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
