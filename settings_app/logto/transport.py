"""The only way to a tenant's Management API: one pool, one token and one breaker for each site and process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, Unpack
from urllib.parse import quote, urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.response import HTTPResponse
from urllib3.util.connection import is_connection_dropped

from settings_app import tracing
from settings_app.sites import Site

from . import ahead, deadline
from .breaker import Breaker
from .cache import Cached
from .errors import GATEWAY_STATUSES, ErrorDetails, LogtoError, Unavailable, code_of, error_for
from .machine_token import TOKEN_PATH, Token, request_form, token_from
from .paths import template_of
from .response import Answer, read, record

CONNECT_SECONDS = 3.0
READ_SECONDS = 8.0  # while Logto checks passwords everything else waits there (docs/logto.md 22)
WRITE_SECONDS = 15.0
# What one write can take at the most: a token, the call that Logto refuses with it, a new token, and the call again.
LONGEST_WRITE_SECONDS = 4 * (CONNECT_SECONDS + WRITE_SECONDS)
SHORTEST_SECONDS = 0.001  # nought would be no limit at all
PATIENCE_SECONDS = 2.0  # a wait that ended sooner says nothing about Logto
FURTHER_TRIES = 1  # of a read whose connection failed
PAUSE_SECONDS = 0.05  # before such a try
POOL_CONNECTIONS = 512  # threads of a web process times the reads of a page, with room; opened as needed
PAGE_SIZE = 100  # the most that Logto gives at once (docs/logto.md 0.5)
MOST_PAGES = 20
CHUNK_BYTES = 64 * 1024
BODIES = ("json", "params", "files", "form", "basic")  # what of a call travels
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": requests.utils.DEFAULT_ACCEPT_ENCODING,
    "User-Agent": "accountsite",
}


Params = Mapping[str, str | int | list[str]]


class Content(TypedDict, total=False):
    """What a call sends."""

    json: Any
    params: Params
    files: Mapping[str, tuple[str, bytes, str]]
    timeout: float | None  # seconds, this call's own limit
    public: bool  # an address that needs no token
    form: Mapping[str, str]
    basic: tuple[str, str]  # id and secret of an application
    answer_key: str  # a body with this key is an answer whatever its status


class Transport:
    """Calls to one site's tenant. Many threads may use it at once; the token never leaves it."""

    def __init__(self, site: Site, *, write_seconds: float = WRITE_SECONDS) -> None:
        self.site = site
        self._write_seconds = write_seconds
        self._adapter = OriginAdapter(pool_maxsize=POOL_CONNECTIONS, max_retries=0)
        self._breaker = Breaker()
        self._token = Cached(self._new_token, life_seconds=lambda token: token.life_seconds)

    def call(self, method: str, path: str, **content: Unpack[Content]) -> Any:
        """The body of a success: parsed JSON, or None when there is none. Raises a `LogtoError`.

        Give ids to `paths.path`, which encodes them.
        """
        return self.answer(method, path, **content).body

    def fetch_object(self, method: str, path: str, **content: Unpack[Content]) -> dict[str, Any]:
        """As `call`, for an answer that must be a JSON object."""
        answer = self.answer(method, path, **content)
        if not isinstance(answer.body, dict):
            raise unexpected(method, path, answer)
        return answer.body

    def fetch_list(self, method: str, path: str, *, within: str = "", **content: Unpack[Content]) -> list[Any]:
        """As `call`, for an answer that must be a JSON list, or an object that holds one under the key `within`."""
        answer = self.answer(method, path, **content)
        found = answer.body.get(within) if within and isinstance(answer.body, dict) else answer.body
        if not isinstance(found, list):
            raise unexpected(method, path, answer)
        return found

    def fetch_pages(self, path: str, *, within: str = "") -> list[Any]:
        """All of a list that Logto gives in pages (docs/logto.md 0.5), which is nearly always one."""
        found: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            some = self.fetch_list("GET", path, within=within, params={"page": page, "page_size": PAGE_SIZE})
            found += some
            if len(some) < PAGE_SIZE:
                break
        return found

    def answer(self, method: str, path: str, **content: Unpack[Content]) -> Answer:
        """As `call`, with what stands beside the body."""
        exchange = self.exchange if content.get("public") else self._exchange_with_token
        answer = exchange(method, path, **content)
        is_answer = isinstance(answer.body, dict) and content.get("answer_key") in answer.body
        if 200 <= answer.status < 300 or is_answer:
            return answer
        raise error_for(method, template_of(path), answer.status, answer.body, answer.request_id, answer.retry_after)

    def exchange(self, method: str, path: str, *, token: Token | None = None, **content: Unpack[Content]) -> Answer:
        """One answer of any status. Only a read is tried again, and only when its connection failed."""
        options: dict[str, Any] = {name: value for name, value in content.items() if name in BODIES}
        if token:
            options["token"] = token
        timeout = content.get("timeout")
        for _ in range(FURTHER_TRIES if method == "GET" else 0):
            try:
                return self._send(method, path, timeout, options)
            except Unavailable as error:
                if error.code != "connection.failed":
                    raise
                time.sleep(PAUSE_SECONDS)
        return self._send(method, path, timeout, options)

    def sends_at_once(self) -> bool:
        """Whether a call would be on its way without a wait: there is a connection that is free, and a token."""
        return self._adapter.has_free_connection() and not self._token.is_due()

    def _exchange_with_token(self, method: str, path: str, **content: Unpack[Content]) -> Answer:
        token = self._current_token(method, path)
        answer = self.exchange(method, path, token=token, **content)
        # A refused code of a social provider is a 401 as well (docs/logto.md 5.4); sending it again would use it up.
        # guard: only-auth-refusals-renew-the-token
        if answer.status != 401 or not code_of(answer.body).startswith("auth."):
            return answer
        self._token.forget(token)
        token = self._current_token(method, path)
        return self.exchange(method, path, token=token, **content)

    def _current_token(self, method: str, path: str) -> Token:
        try:
            return self._token()
        except Unavailable as error:
            # Only the token was asked for: the call itself was never sent.
            told: ErrorDetails = {"status": error.status, "code": error.code, "request_id": error.request_id}
            raise Unavailable(method, template_of(path), sent=False, **told) from error

    def _new_token(self) -> Token:
        """POST /oidc/token."""
        form = request_form(self.site.management_resource)
        machine = (self.site.m2m_app_id, self.site.m2m_app_secret)
        return token_from(self.exchange("POST", TOKEN_PATH, form=form, basic=machine))

    def _send(self, method: str, path: str, timeout: float | None, options: dict[str, Any]) -> Answer:
        limit = seconds_allowed(READ_SECONDS if method == "GET" else self._write_seconds, timeout)
        if limit <= 0:
            raise Unavailable(method, template_of(path), sent=False, code="deadline.passed")
        if not self._breaker.admits(tracing.request_id()):
            raise Unavailable(method, template_of(path), sent=False, code="breaker.open")
        with tracing.of_site(self.site.host):
            return self._recorded(method, path, limit, timeout, options)

    def _recorded(self, method: str, path: str, limit: float, timeout: float | None, options: dict[str, Any]) -> Answer:
        began = time.monotonic()
        try:
            answer = self._received(method, path, limit, options)
        except LogtoError as error:
            waited = time.monotonic() - began
            late_by_its_own_limit = error.code == "answer.late" and (timeout is not None or waited < PATIENCE_SECONDS)
            if not late_by_its_own_limit:
                self._breaker.failed()
            record(method, path, began, error)
            raise
        if answer.status in GATEWAY_STATUSES:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        record(method, path, began, answer)
        return answer

    def _received(self, method: str, path: str, limit: float, options: dict[str, Any]) -> Answer:
        request = prepared(method, self.site.endpoint + path, **options)
        until = time.monotonic() + limit
        try:
            with self._adapter.send(request, stream=True, timeout=(min(CONNECT_SECONDS, limit), limit)) as response:
                chunks = pieces(response)
                return read(method, path, response.status_code, response.headers, chunks, until=until)
        except (requests.RequestException, HTTPError) as failure:
            raise unavailable(method, path, failure) from failure


class OriginAdapter(HTTPAdapter):
    """Sends to one origin, and works out only once how.

    No `requests.Session` stands above it, so the token goes nowhere but to the address the operator set: there is
    nothing that follows redirects, keeps cookies, or takes proxies and passwords from the environment.
    """

    _connections: HTTPConnectionPool | None = None

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> HTTPConnectionPool:
        if self._connections is None:
            found: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **options)  # type: ignore[assignment]  # of the web
            found.ConnectionCls = PatientHttps if found.scheme == "https" else Patient
            self._connections = found
        return self._connections

    def has_free_connection(self) -> bool:
        """Whether one is open that nobody uses; the one that was used last is taken first."""
        pool = self._connections.pool if self._connections else None
        try:
            free = pool.queue[-1] if pool else None
        except IndexError:  # every one is in use
            return False
        return free is not None and not is_connection_dropped(free)

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        return str(request.path_url)  # there is no proxy, which the library would look for each time

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.headers = resp.status, resp.headers  # a mapping that knows no case either
        response.raw, response.request = resp, req
        return response


class Patient(HTTPConnection):
    """Its answers are read when somebody wants them, where the call was begun ahead."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does
        if ahead.wait_until_wanted() and (left := deadline.seconds_left()) is not None:
            self.timeout = max(left, SHORTEST_SECONDS)
        return super().getresponse()


class PatientHttps(Patient, HTTPSConnection):
    pass


def prepared(
    method: str,
    address: str,
    *,
    json: Any = None,
    params: Params | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    form: Mapping[str, str] | None = None,
    token: Token | None = None,
    basic: tuple[str, str] | None = None,
) -> requests.PreparedRequest:
    """What `requests.Request.prepare` makes, without its guesses about addresses, which are ours and encoded."""
    request = requests.PreparedRequest()
    request.method, request.url = method, f"{address}?{urlencode(params, doseq=True)}" if params else address
    request.headers = CaseInsensitiveDict(HEADERS)
    if request_id := tracing.request_id():
        request.headers[tracing.HEADER] = request_id
    if method != "GET":  # which has none
        request.prepare_body(form, files, json)
    if token:
        request.headers["Authorization"] = f"Bearer {token.value}"
    elif basic:
        # Encoded first, as RFC 6749 section 2.3.1 wants it.
        request.prepare_auth((quote(basic[0], safe=""), quote(basic[1], safe="")))
    return request


def seconds_allowed(usual: float, timeout: float | None) -> float:
    left = deadline.seconds_left()
    return min(usual if timeout is None else timeout, usual if left is None else left)


def pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes in. `iter_content` would wait for a whole chunk, however slowly it drips."""
    while piece := response.raw.read1(CHUNK_BYTES, decode_content=True):
        yield piece


def unavailable(method: str, path: str, failure: requests.RequestException | HTTPError) -> Unavailable:
    """What a failure of the connection means for the call."""
    cause = failure.args[0] if failure.args else None
    code, sent = "connection.failed", True
    if isinstance(failure, requests.ConnectTimeout):
        code, sent = "connection.late", False
    elif isinstance(failure, (requests.Timeout, ReadTimeoutError)):
        code = "answer.late"
    elif isinstance(failure, requests.exceptions.SSLError):
        code, sent = "connection.not_trusted", False
    elif isinstance(getattr(cause, "reason", None), NewConnectionError):
        sent = False
    elif not isinstance(failure, requests.ConnectionError):
        code = "answer.broken"
    return Unavailable(method, template_of(path), code=code, sent=sent)


def unexpected(method: str, path: str, answer: Answer) -> Unavailable:
    return Unavailable(
        method, template_of(path), status=answer.status, code="answer.unexpected", request_id=answer.request_id
    )
