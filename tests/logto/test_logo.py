"""Logos of providers: what is fetched, from where, for how long, and what counts as a picture."""

from __future__ import annotations

import base64
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from PIL import Image

from settings_app import outside
from settings_app.logto.logo import SVG, NoLogo, checked, fetched, logo_at

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h2v2z"/></svg>'
Serve = Callable[..., outside.Connect]


def png(side: int = 8) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, 8)).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Connections to a server that sends these pieces, with a pause before each but the first."""
    opened: list[socket.socket] = []

    def send(there: socket.socket, pieces: list[bytes], pause: float) -> None:
        with suppress(OSError):
            for number, piece in enumerate(pieces):
                time.sleep(pause if number else 0)
                there.sendall(piece)
            there.shutdown(socket.SHUT_WR)

    def serving(*pieces: bytes, pause: float = 0.0) -> outside.Connect:
        def connect(host: str) -> socket.socket:
            here, there = socket.socketpair()
            here.settimeout(3)
            opened.extend((here, there))
            threading.Thread(target=send, args=(there, list(pieces), pause), daemon=True).start()
            return here

        return connect

    yield serving
    for one in opened:
        one.close()


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *headers, "", ""]).encode() + body


def fetch(connect: outside.Connect, *, seconds: float = 2) -> bytes:
    return fetched("https://logos.example/one.svg", seconds=seconds, connect=connect)


def test_a_logo_is_fetched(serve: Serve) -> None:
    assert fetch(serve(answer(DRAWING))) == DRAWING


@pytest.mark.parametrize("kind", ["base64", "plain"])
def test_a_logo_written_into_the_address_needs_no_network(kind: str) -> None:
    packed = {"base64": ";base64," + base64.b64encode(DRAWING).decode(), "plain": "," + DRAWING.decode()}[kind]
    assert logo_at(f"data:image/svg+xml{packed}").content == DRAWING


@pytest.mark.parametrize(
    "address",
    [
        "http://93.184.215.14/logo.svg", "ftp://93.184.215.14/logo.svg", "file:///etc/passwd", "", "//logos.example/a",
        "https://93.184.215.14:8443/logo.svg", "https://user@93.184.215.14/logo.svg", "https:///logo.svg",
        "https://[/logo.svg", "https://93.184.215.14:port/", "data:image/png;base64,%%%", "data:,", "javascript:1",
    ],
)  # fmt: skip
def test_other_addresses_are_not_even_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(NoLogo):
        logo_at(address)


def never(*_arguments: object, **_options: object) -> None:
    raise AssertionError("this would have been connected to")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::1]",  # noqa: S104
        "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "2130706433",
        "0x7f000001", "127.1", "localhost", "224.0.0.1", "[ff02::1]",
    ],
)  # fmt: skip
def test_private_addresses_are_not_connected_to(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(NoLogo):
        logo_at(f"https://{host}/logo.svg")


def test_a_name_with_one_private_address_among_public_ones_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(0, 0, 0, "", (one, 443)) for one in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: entries)
    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(NoLogo):
        logo_at("https://logos.example/logo.svg")


def test_the_address_that_was_judged_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is asked for twice may answer otherwise the second time."""
    asked: list[object] = []

    def refuse(address: object, timeout: float) -> None:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_o: [(0, 0, 0, "", ("93.184.215.14", 443))])
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(NoLogo):
        logo_at("https://logos.example/logo.svg")
    assert asked == [("93.184.215.14", 443)]


def test_public_addresses_are_public() -> None:
    assert outside.is_public("93.184.215.14")
    assert outside.is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "404 Not Found", "500 Oh"])
def test_redirects_and_errors_are_no_logo(serve: Serve, status: str) -> None:
    with pytest.raises(NoLogo):
        fetch(serve(answer(DRAWING, status, "Location: https://127.0.0.1/")))


def test_a_huge_answer_is_given_up(serve: Serve) -> None:
    with pytest.raises(NoLogo, match="size"):
        fetch(serve(answer(b""), *[b"x" * 50_000] * 9))


@pytest.mark.parametrize("pieces", [[b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 40], [answer(b""), *[b"x"] * 40]])
def test_a_slow_answer_is_given_up(serve: Serve, pieces: list[bytes]) -> None:
    began = time.monotonic()
    with pytest.raises(NoLogo):
        fetch(serve(*pieces, pause=0.1), seconds=0.5)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("content", [b"", b"not HTTP at all", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"])
def test_what_is_no_answer_is_no_logo(serve: Serve, content: bytes) -> None:
    with pytest.raises(NoLogo):
        checked(fetch(serve(content)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_are_known_by_themselves(kind: str) -> None:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, kind)
    assert checked(made.getvalue()).mime_type == f"image/{kind.lower()}"
    assert checked(DRAWING).mime_type == SVG


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><title>Hello</title>", b"<html><body><svg></svg></body></html>", b"plain", b"", b"BM123",
        b"<svg", b"\xff\xfe<\x00s\x00v\x00g\x00", b"GIF89a", png()[:40],
    ],
)  # fmt: skip
def test_what_is_no_picture_is_no_logo(content: bytes) -> None:
    with pytest.raises(NoLogo):
        checked(content)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>", '<path onload="alert(1)"/>', '<a href="javascript:alert(1)"><path/></a>',
        "<foreignObject><p/></foreignObject>", '<image href="https://evil.example/x.png"/>',
        '<use xlink:href="//evil.example/x.svg#a" xmlns:xlink="http://www.w3.org/1999/xlink"/>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>', '<image href="data:image/svg+xml,x"/>',
    ],
)  # fmt: skip
def test_a_drawing_that_does_something_is_no_logo(inside: str) -> None:
    with pytest.raises(NoLogo, match="script"):
        checked(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())


def test_a_drawing_with_entities_is_no_logo() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&c;</svg>'
    with pytest.raises(NoLogo, match="entities"):
        checked(bomb)


def test_a_picture_with_too_many_pixels_is_no_logo() -> None:
    with pytest.raises(NoLogo, match="pixels"):
        checked(png(side=2001))
