"""A Logto that replays: the sandbox answers each read once, from then on its bytes are sent again after a fixed delay.

Run in a process of its own: `python -m bench.upstream PORT`. It costs about 30 µs an answer, so that the site is what
is measured. Under `/bench/` it takes a delay and tells how many calls came and how many stood in sequence.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer, Request

END_OF_HEAD = b"\r\n\r\n"
KEPT = ("GET", "HEAD")
TOKEN_PATH = "/oidc/token"  # noqa: S105  # an address


class Replay:
    """What is known by now, and what is being measured."""

    def __init__(self, endpoint: str, site_url: str) -> None:
        self.logto = Logto(endpoint, site_url=site_url, seed=1)
        self.answers: dict[bytes, bytes] = {}
        self.delay_seconds = 0.0
        self.calls: list[tuple[float, float]] = []  # when each came and when its answer went

    def answer(self, head: bytes, body: bytes) -> bytes:
        line = head[: head.index(b"\r\n")]
        known = self.answers.get(line)
        if known is not None:
            return known
        request = as_request(head, body)
        answer = written(self.logto.answer(request), with_body=request.method != "HEAD")
        if request.method in KEPT or request.path == TOKEN_PATH:
            self.answers[line] = answer
        return answer

    def told(self, target: str) -> bytes:
        """What the bench asks of this process itself."""
        parts = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if "delay" in asked:
            self.delay_seconds = float(asked["delay"])
        calls, self.calls = self.calls, []
        return written(Answer.json(200, {"calls": len(calls), "rounds": rounds(calls)}), with_body=True)


def rounds(calls: list[tuple[float, float]]) -> int:
    """How many calls stood one after the other: the longest chain of which each began when the last had ended."""
    longest, ended = 0, float("-inf")
    for began, end in sorted(calls, key=lambda call: call[1]):
        if began >= ended:
            longest, ended = longest + 1, end
    return longest


def as_request(head: bytes, body: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    parts = urlsplit(target)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(method, parts.path, parts.query, headers, body)


def written(answer: Answer, *, with_body: bool) -> bytes:
    head = [f"HTTP/1.1 {answer.status} Replayed", *(f"{name}: {value}" for name, value in answer.headers)]
    if answer.status not in (204, 304):
        head.append(f"content-length: {len(answer.body)}")
    return "\r\n".join(head).encode("latin-1") + END_OF_HEAD + (answer.body if with_body else b"")


def length_of(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


class Connection(asyncio.Protocol):
    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # of TCP

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(END_OF_HEAD)) >= 0:
            head = self.received[:end]
            whole = end + len(END_OF_HEAD) + length_of(head)
            if len(self.received) < whole:
                return
            body, self.received = self.received[end + len(END_OF_HEAD) : whole], self.received[whole:]
            self.answer(head, body)

    def answer(self, head: bytes, body: bytes) -> None:
        target = head.split(b" ", 2)[1]
        if target.startswith(b"/bench/"):
            self.send(self.replay.told(target.decode()))
            return
        began = time.monotonic()
        answer = self.replay.answer(head, body)
        if self.replay.delay_seconds:
            asyncio.get_running_loop().call_later(self.replay.delay_seconds, self.finish, began, answer)
        else:
            self.finish(began, answer)

    def finish(self, began: float, answer: bytes) -> None:
        self.send(answer)
        self.replay.calls.append((began, time.monotonic()))

    def send(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


async def serve(port: int, site_url: str) -> None:
    replay = Replay(f"http://127.0.0.1:{port}", site_url)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(replay), "127.0.0.1", port, backlog=1024)
    print(json.dumps({"ready": port}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
