"""Pictures of the invented applications: a plain square each, in a colour of its own."""

from __future__ import annotations

import hashlib
import struct
import zlib

from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.web import Answer

SIDE = 64

routes = Router()


@routes.get("/logos/{name}")
def logo(call: Call) -> Answer:
    red, green, blue = hashlib.sha256(call.names["name"].encode("utf-8", "replace")).digest()[:3]
    row = b"\x00" + bytes((red, green, blue)) * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(row * SIDE)), _chunk(b"IEND", b""))
    return Answer(200, (("content-type", "image/png"),), b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
