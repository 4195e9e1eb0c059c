"""Many browsers at once, each asking one page again as soon as it has it: `python -m bench.load PORT PATH COOKIE ...`.

In a process of its own, written on bare sockets, so that it takes little of the machine that it measures.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from bench.processes import HOST, ROOT

FIRST_SECONDS = 4.0  # are not counted
HEAD = "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nX-Forwarded-For: 192.0.2.7\r\n"
HEAD += "Accept-Encoding: gzip\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What came of it; times in seconds."""

    all_answers: int  # also those of the first seconds
    errors: int
    per_second: float
    median: float
    slowest_of_100: float


async def browse(port: int, head: bytes, until: float, took: list[tuple[float, float]], failed: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (began := time.monotonic()) < until:
        writer.write(head)
        try:
            answer = await reader.readuntil(b"\r\n\r\n")
            status, *lines = answer.decode("latin-1").lower().split("\r\n")
            await reader.readexactly(length_of(lines))
        except (asyncio.IncompleteReadError, OSError, LookupError) as error:
            failed.append(repr(error))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        if " 200 " not in f"{status} ":
            failed.append(status)
        took.append((began, time.monotonic()))
        if "connection: close" in lines:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def length_of(lines: list[str]) -> int:
    """Raises LookupError where the answer does not say it: every page of the site does."""
    lengths = [int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")]
    return lengths[0]


async def measure(port: int, path: str, cookie: str, clients: int, seconds: float) -> Load:
    took: list[tuple[float, float]] = []
    failed: list[str] = []
    head = HEAD.format(path=path, host=HOST, cookie=cookie).encode()
    began = time.monotonic() + FIRST_SECONDS
    until = began + seconds
    await asyncio.gather(*(browse(port, head, until, took, failed) for _ in range(clients)))
    counted = [end - start for start, end in took if began <= end <= until]
    if not counted:
        return Load(len(took), len(failed), 0.0, 0.0, 0.0)
    ranked = sorted(counted)
    return Load(
        len(took), len(failed), len(counted) / seconds, statistics.median(ranked), ranked[int(len(ranked) * 0.99)]
    )


def run(port: int, path: str, cookie: str, *, clients: int, seconds: float) -> Load:
    """The same in another process."""
    words = [str(port), path, cookie, str(clients), str(seconds)]
    told = subprocess.run(  # noqa: S603  # our own module
        [sys.executable, "-m", "bench.load", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return Load(**json.loads(told.stdout))


if __name__ == "__main__":
    PORT, PATH, COOKIE, CLIENTS, SECONDS = sys.argv[1:]
    print(json.dumps(asdict(asyncio.run(measure(int(PORT), PATH, COOKIE, int(CLIENTS), float(SECONDS))))))
