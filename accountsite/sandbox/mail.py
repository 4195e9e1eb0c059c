"""The post office of the demo: a small SMTP listener on loopback whose letters land in the sandbox's inbox."""

from __future__ import annotations

import re
import socketserver
import threading
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from accountsite.sandbox.state import LOOPBACK, Message

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto

CODE = re.compile(r"\b\d{6}\b")
REPLIES = {
    b"HELO": b"250 sandbox",
    b"EHLO": b"250 sandbox",
    b"MAIL": b"250 ok",
    b"RCPT": b"250 ok",
    b"RSET": b"250 ok",
    b"NOOP": b"250 ok",
}


def deliver(logto: Logto, raw: bytes) -> None:
    """Puts one raw message (RFC 5322) into the inbox, once for each recipient."""
    letter = message_from_bytes(raw, policy=policy.default)
    body, formatted = letter.get_body(("plain", "html")), letter.get_body(("html",))
    text = body.get_content() if body is not None else ""
    html = formatted.get_content() if formatted is not None else ""
    subject = str(letter.get("subject", ""))
    found = CODE.search(text)
    recipients = [str(address) for header in letter.get_all("to", []) for address in getattr(header, "addresses", [])]
    for address in recipients:
        plain = re.sub(r".*<(.+)>", r"\1", address)
        code = found[0] if found else ""
        message = Message("email", plain, code, f"{subject}\n\n{text}", logto.state.now(), subject=subject, html=html)
        logto.state.inbox.append(message)


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every letter, for the one `Logto`. OSError when the port is taken."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, logto: Logto, port: int) -> None:
        super().__init__((LOOPBACK, port), MailHandler)
        self.logto = logto

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()


class MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say(b"220 sandbox")
        for line in self.rfile:
            word = line.strip()[:4].upper()
            if word == b"QUIT":
                self._say(b"221 bye")
                return
            if word == b"DATA":
                self._say(b"354 go on, end with a dot")
                deliver(self.server.logto, self._letter())
                self._say(b"250 delivered")
            else:
                self._say(REPLIES.get(word, b"500 unknown command"))

    def _letter(self) -> bytes:
        lines: list[bytes] = []
        for line in self.rfile:
            if line.rstrip(b"\r\n") == b".":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, reply: bytes) -> None:
        self.wfile.write(reply + b"\r\n")
