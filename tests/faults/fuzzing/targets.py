"""What is fuzzed: each target takes any bytes and fails where a parser of ours answers other than it promises."""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.seed import HOOK_SIGNING_KEY
from accountsite.variables import Variables
from settings_app import device, formats, languages, outside, typed
from settings_app.logto import types
from settings_app.logto.types.reading import Record
from settings_app.sections.phone.numbers import digits_of
from settings_app.sections.photo.reencode import SIDE, Crop, Unusable, square
from settings_app.sections.profile.custom import NumberField
from settings_app.shell import addresses
from settings_app.shell.email_rules import LONGEST, normalized
from settings_app.shell.inputs import TextField, WebAddressField
from settings_app.signin import tokens
from settings_app.signin.failures import SignInFailed
from settings_app.signin.provider import provider_of
from settings_app.sites_file import read_sites
from settings_app.webhooks import message
from tests.api.caller import App
from tests.faults.fuzzing.stage import rolled_back, sandbox

Taker = Callable[[bytes], None]
ANSWERED = {200, 201, 202, 204, 302, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429}
LISTED = "https://app.fernhill.example"


@dataclass(frozen=True)
class Target:
    """`begin` makes what takes the bytes; `seeds` are where the search begins."""

    begin: Callable[[], Taker]
    seeds: tuple[bytes, ...]


def text_of(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def json_of(content: bytes) -> Any:
    """Any JSON; where the bytes are none, they are one text of it."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return text_of(content)


def merged(known: dict[str, Any], told: Any) -> dict[str, Any]:
    """What is known, with what is told instead or beside it; None leaves something out."""
    if not isinstance(told, dict):
        return known
    return {name: value for name, value in (known | told).items() if value is not None}


def webhook_body() -> Taker:
    site = settings.SITES[0]

    def take(content: bytes) -> None:
        signed = message.expected(HOOK_SIGNING_KEY, content).decode()
        try:
            delivery = message.read(site, content, signed)
        except message.NotTaken as refused:
            assert refused.status in (400, 401)  # noqa: PT017  # no test, and not every body is refused
        else:
            assert len(delivery.subject) <= 64

    return take


def webhook_event() -> Taker:
    """A delivery that Logto signed just now, whatever is in it: obeyed or left alone."""
    logto, client = sandbox(), Client()

    def take(content: bytes) -> None:
        known = {"event": "User.Data.Updated", "data": {"id": logto.state.person("ada").id}}
        told = merged(known, json_of(content)) | {"createdAt": timezone.now().isoformat()}
        body = json.dumps(told).encode()
        headers = {"logto-signature-sha-256": message.expected(HOOK_SIGNING_KEY, body).decode()}
        with rolled_back():
            answer = client.post("/webhooks/logto/", body, content_type="application/json", headers=headers)
        assert answer.status_code in (204, 400), answer.status_code

    return take


def signed_token(known: dict[str, Any], read: Callable[[str], object], typ: str) -> Taker:
    keys = Keys(sandbox().state.signing_keys)

    def take(content: bytes) -> None:
        now = int(time.time())
        claims = merged(known | {"iat": now, "exp": now + 120}, json_of(content))
        try:
            signed = keys.sign(claims, typ=typ)
        except (ValueError, TypeError, OverflowError):
            return
        with rolled_back():
            try:
                read(signed)
            except SignInFailed:
                pass

    return take


def logout_claims() -> Taker:
    site, logto = settings.SITES[0], sandbox()
    known = {
        "iss": site.issuer,
        "aud": site.app_id,
        "jti": "one",
        "sub": logto.state.person("ada").id,
        "events": {tokens.LOGOUT_EVENT: {}},
    }
    return signed_token(known, lambda text: tokens.read_logout_token(site, provider_of(site), text), "logout+jwt")


def id_token_claims() -> Taker:
    site, logto = settings.SITES[0], sandbox()
    known = {"iss": site.issuer, "aud": site.app_id, "nonce": "n", "sub": logto.state.person("ada").id}

    def read(text: str) -> None:
        found = tokens.read_id_token(site, provider_of(site), {"id_token": text}, nonce="n")
        assert found.subject
        assert all(isinstance(role, str) for role in found.roles)

    return signed_token(known, read, "JWT")


def logout_token() -> Taker:
    """Unsigned, or signed by anybody."""
    client = Client()
    sandbox()

    def take(content: bytes) -> None:
        kind = "application/x-www-form-urlencoded"
        with rolled_back():
            answer = client.post("/sign-out/backchannel/", b"logout_token=" + content, content_type=kind)
        assert answer.status_code == 400

    return take


def way_back() -> Taker:
    site = settings.SITES[0]

    def take(content: bytes) -> None:
        address = text_of(content)
        if addresses.allowed_return_to(site, address):
            assert browser_goes_to(address) in site.return_to
        if found := addresses.allowed_next(address):
            assert browser_goes_to(f"{site.base_url}{found}") == site.base_url
            assert not found.startswith(("//", "/\\"))

    return take


def browser_goes_to(address: str) -> str:
    """Scheme and host as a browser reads them (WHATWG): blanks and control characters go, a backslash is a slash."""
    bare = "".join(letter for letter in address.strip("".join(map(chr, range(33)))) if letter not in "\t\r\n")
    parts = urlsplit(bare.replace("\\", "/"))
    return f"{parts.scheme}://{parts.netloc}".lower()


def accept_language() -> Taker:
    def take(content: bytes) -> None:
        header = text_of(content)
        found = formats.formats_for(accept_language=header, locale=header[:40], zone=header[:40])
        assert found.day_order()
        wishes = header.split(",")
        assert languages.fitting(wishes) in {"", *languages.NAMES}
        formats.in_a_row(wishes)

    return take


def user_agent() -> Taker:
    def take(content: bytes) -> None:
        agent = content.decode("latin-1")
        assert len(device.name_of_agent(agent)) <= device.LONGEST_NAME + 2  # two marks of direction
        assert device.kind_of_agent(agent) in ("", "phone", "tablet", "computer")

    return take


def internet_address() -> Taker:
    def take(content: bytes) -> None:
        address = text_of(content)
        network = device.network(address)
        assert network == "unknown" or device.network(network.partition("/")[0]) == network
        if network != "unknown":  # only what a look-up has found is asked about
            outside.is_public(address)
        try:
            host, target = outside.place_of(address)
        except outside.Unreachable:
            return
        assert host
        assert target.startswith("/")

    return take


def headers() -> Taker:
    """Cookies, and each header that is read, of somebody who is not signed in."""
    client = Client()
    sandbox()
    names = ("Cookie", "Accept-Language", "HX-Current-URL", "X-Request-ID", "Origin")

    def take(content: bytes) -> None:
        name, value = names[content[0] % len(names)] if content else names[0], content[1:].decode("latin-1")
        with rolled_back():
            answer = client.get("/profile/", headers={name: value})
            assert answer.status_code in ANSWERED
            assert client.get("/sign-in/", headers={name: value}).status_code in ANSWERED

    return take


def refused_or_taken_twice(clean: Callable[[Any], Any], written: Callable[[Any], str] = str) -> Taker:
    """What is taken is taken again as it is stored, and comes to the same."""

    def take(content: bytes) -> None:
        try:
            found = clean(text_of(content))
        except ValidationError as refused:
            assert all(str(words) for words in refused.messages)  # noqa: PT017  # as above
            return
        if found not in ("", None):
            assert clean(written(found)) == found

    return take


def email() -> Taker:
    def clean(text: str) -> str:
        found = normalized(text)
        assert len(found) <= LONGEST
        assert found.count("@") == 1
        assert found.isascii()
        return found

    return refused_or_taken_twice(clean)


def phone() -> Taker:
    speaker = formats.formats_for()

    def clean(text: str) -> str:
        found = digits_of(text, "" if text.startswith("+") else "GB", speaker)
        assert found.isascii()
        assert found.isdecimal()
        formats.phone_number(found)
        formats.hint_of_phone(found)
        return found

    return refused_or_taken_twice(clean, lambda digits: f"+{digits}")


def day_of_birth() -> Taker:
    speaker = formats.formats_for()

    def take(content: bytes) -> None:
        text = text_of(content)
        parts = formats.birthdate_parts(text)
        assert isinstance(speaker.birthdate(text), str)
        assert parts is None or (parts[0] <= 9999 and parts[1] <= 12 and parts[2] <= 31)

    return take


def web_address() -> Taker:
    def clean(text: str) -> Any:
        found = WebAddressField(required=False).clean(text)
        assert not found or browser_goes_to(found).startswith(("https://", "http://"))
        return found

    return refused_or_taken_twice(clean)


def number() -> Taker:
    field = NumberField(min_value=None, max_value=None, required=False)
    return refused_or_taken_twice(field.clean, typed.written_number)


def words() -> Taker:
    field = TextField(required=False, max_length=128)

    def take(content: bytes) -> None:
        text = text_of(content)
        refused_or_taken_twice(field.clean)(content)
        for make in (typed.initials, typed.greeted, typed.unlinked, typed.search_term, typed.digits_of_code):
            assert isinstance(make(text), str)
        formats.hint_of_email(text)
        formats.hint_of_username(text)

    return take


def picture() -> Taker:
    def take(content: bytes) -> None:
        try:
            kind, made = square(content, Crop(zoom=100 + len(content) % 200, left=len(content) % 101, top=50))
        except Unusable as refused:
            assert refused.args[0] in ("kind", "pixels", "broken")  # noqa: PT017  # as above
            return
        with Image.open(io.BytesIO(made)) as image:
            assert image.format == kind.upper()
            assert image.width == image.height <= SIDE

    return take


def sites_file() -> Taker:
    file = Path(tempfile.mkdtemp()) / "sites.toml"

    def take(content: bytes) -> None:
        file.write_bytes(content)
        sites, problems = read_sites({}, str(file))
        assert sites or problems
        assert all(isinstance(problem, str) and "\n" not in problem for problem in problems)

    return take


def environment_file() -> Taker:
    file = Path(tempfile.mkdtemp()) / "env"

    def take(content: bytes) -> None:
        file.write_bytes(content)
        kept = dict(os.environ)
        os.environ["ENV_FILE"] = str(file)
        try:
            variables = Variables(file)
            variables.switch("DEBUG", default=False)
            variables.number("TRUSTED_PROXIES", 0)
            variables.database("DATABASE_URL", "sqlite:///x")
            variables.mail_server("EMAIL_URL", "dummymail://")
            list(variables.mistyped(""))
            assert all("\n" not in problem for problem in variables.problems)
        finally:
            os.environ.clear()
            os.environ.update(kept)

    return take


def stored_json() -> Taker:
    """Whatever JSON Logto holds, read as each type of ours."""
    kinds = [kind for kind in vars(types).values() if isinstance(kind, type) and issubclass(kind, Record)]

    def take(content: bytes) -> None:
        found = json_of(content)
        for kind in kinds:
            first, again = kind.from_api(found), kind.from_api(found)
            assert repr(first) == repr(again)

    return take


API_CALLS = (
    ("PATCH", "/account"),
    ("POST", "/account/email"),
    ("POST", "/account/phone"),
    ("PUT", "/account/username"),
    ("PUT", "/account/password"),
    ("POST", "/confirmations"),
    ("POST", "/confirmations/codes"),
    ("PUT", "/second-steps"),
    ("POST", "/identities/github"),
    ("POST", "/identities"),
    ("POST", "/deletion"),
    ("POST", "/organizations/rowingclub01/leave"),
    ("DELETE", "/sessions"),
)


def api_body() -> Taker:
    """A call of an app with a good token; the first byte chooses which."""
    app = App(sandbox(), "ada")
    token, client = app.token(), Client()

    def take(content: bytes) -> None:
        method, path = API_CALLS[content[0] % len(API_CALLS)] if content else API_CALLS[0]
        sent = {"Authorization": f"Bearer {token}", "If-Match": "*"}
        with rolled_back():
            answer = client.generic(method, f"/api{path}", content[1:], "application/json", headers=sent)
        assert answer.status_code in ANSWERED, (method, path, answer.status_code)
        if answer.status_code >= 400:
            assert json.loads(answer.content)["code"], answer.content

    return take


def api_header() -> Taker:
    """Tokens, confirmations, conditions and keys of repeats that nobody gave."""
    app = App(sandbox(), "ada")
    token, client = app.token(), Client()
    names = (
        "Authorization",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Confirmation",
        "Origin",
        "Accept-Language",
    )

    def take(content: bytes) -> None:
        name = names[content[0] % len(names)] if content else names[0]
        sent = {"Authorization": f"Bearer {token}", name: content[1:].decode("latin-1")}
        if name == "Authorization":
            sent[name] = f"Bearer {sent[name]}"
        with rolled_back():
            answer = client.generic("PATCH", "/api/account", b'{"name": "A"}', "application/json", headers=sent)
        assert answer.status_code in ANSWERED, answer.status_code

    return take


def query() -> Taker:
    """The query of pages that anybody may open."""
    client = Client()
    sandbox()
    paths = (
        "/sign-in/",
        "/sign-in/callback/",
        "/undo/",
        "/not-me/",
        "/connections/callback/",
        "/.well-known/change-password",
    )

    def take(content: bytes) -> None:
        path = paths[content[0] % len(paths)] if content else paths[0]
        with rolled_back():
            answer: HttpResponse = client.get(path, QUERY_STRING=content[1:].decode("latin-1"))  # type: ignore[assignment]  # the test client's own kind
        assert answer.status_code in ANSWERED | {502}, (path, answer.status_code)

    return take


PNG = io.BytesIO()
Image.new("RGB", (8, 8), "teal").save(PNG, "PNG")
JPEG = io.BytesIO()
Image.new("RGB", (8, 8), "teal").save(JPEG, "JPEG", progressive=True)
WEBP = io.BytesIO()
Image.new("RGB", (8, 8), "teal").save(WEBP, "WEBP")
SITE = b"""[[site]]
base_url = "https://account.example.com"
endpoint = "https://auth.example.com"
app_id = "a"
app_secret = "b"
m2m_app_id = "c"
m2m_app_secret = "env:X"
return_to = ["https://app.example.com"]
languages = ["de", "en"]
[site.brand]
colour = "#112233"
"""
PERSON = (
    b'{"id":"a","username":"ada","primaryEmail":"a@b.example","identities":{"github":{"userId":"1","details":{}}},'
    b'"profile":{"birthdate":"1991-06-14","address":{"country":"GB"}},"customData":{},"createdAt":1,"type":"Totp",'
    b'"isSuspended":false,"ssoIdentities":[],"accounts":[{"x":1}],"payload":{"authorization":{}},"expiresAt":2}'
)
DELIVERY = b'{"event":"PostSignIn","createdAt":"2026-11-18T10:00:00.000Z","userId":"a","userAgent":"x","ip":"::1"}'
TARGETS: dict[str, Target] = {
    "webhook_body": Target(webhook_body, (DELIVERY,)),
    "webhook_event": Target(
        webhook_event, (DELIVERY, b'{"event":"User.Deleted","params":{"userId":"a"}}', b'{"event":"PostResetPassword"}')
    ),
    "logout_token": Target(logout_token, (b"e30.e30.x", b"eyJhbGciOiJub25lIn0.e30.")),
    "logout_claims": Target(
        logout_claims, (b'{"events":{}}', b'{"aud":["a"],"azp":"b","sid":1}', b'{"exp":1e999,"nbf":0,"iat":"1"}')
    ),
    "id_token_claims": Target(
        id_token_claims, (b'{"auth_time":0,"roles":["x"]}', b'{"nonce":1}', b'{"exp":-1,"sub":[]}')
    ),
    "way_back": Target(
        way_back, (LISTED.encode() + b"/a?b#c", b"/profile/", b"//evil.example", b"/\\evil", b"https://app@evil:1/")
    ),
    "accept_language": Target(accept_language, (b"de-AT,de;q=0.9,*;q=0.1", b"zh-Hant-TW", b"Europe/Paris")),
    "user_agent": Target(
        user_agent,
        (
            b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/6",
            b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ),
    ),
    "internet_address": Target(
        internet_address, (b"203.0.113.7", b"::ffff:1.2.3.4", b"fe80::1%eth0", b"https://a.example/b?c")
    ),
    "headers": Target(headers, (b'\0accountsite=abc; b="c"', b"\1de", b"\2http://testserver/", b"\3a", b"\4null")),
    "email": Target(email, (b"a.b+c@example.com", "ä@bücher.example".encode(), b"a@xn--bcher-kva.example")),
    "phone": Target(phone, (b"+44 7700 900123", b"07700 900123", "+٤٤7700900123".encode())),
    "day_of_birth": Target(day_of_birth, (b"1991-06-14", b"0000-06-14", b"--06-14", b"1991")),
    "web_address": Target(web_address, (b"example.com/a", b"https://[::1]:8/", b"//a.example", b"javascript:x")),
    "number": Target(number, (b"12.5", b"-0", "\u0661\u066b\u0665".encode(), b"9007199254740993", b"1e5")),
    "words": Target(words, ("Ada \u200d\u202e\u0301".encode(), b"\x00", "لا".encode())),
    "picture": Target(picture, (PNG.getvalue(), JPEG.getvalue(), WEBP.getvalue())),
    "sites_file": Target(sites_file, (SITE, b"[[site]]\n")),
    "environment_file": Target(
        environment_file, (b"DEBUG=true\nDATABASE_URL=postgres://a:b@c:1/d\n", b"EMAIL_URL='smtp+tls://u:p@h:1'\n# x")
    ),
    "stored_json": Target(stored_json, (PERSON, b"[]", b"{}")),
    "api_body": Target(
        api_body,
        (b'\0{"name":"A","profile":{"birthdate":"1991-06-14"}}', b'\1{"email":"a@b.example"}', b'\5{"for":1}'),
    ),
    "api_header": Target(api_header, (b"\0e30.e30.x", b'\1"abc", W/"d"', b"\3" + b"k" * 36, b"\5https://a.example")),
    "query": Target(query, (b"\0next=/&ui_locales=de", b"\1code=a&state=b&iss=c", b"\2token=a.b.c", b"\4state=a")),
}
