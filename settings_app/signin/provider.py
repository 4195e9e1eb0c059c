"""Logto as the OpenID provider of one site: its metadata, its keys and its token endpoint.

They have a transport of their own: when they hang its breaker opens, whatever the Management API still answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from settings_app.logto.cache import Cached
from settings_app.logto.errors import GATEWAY_STATUSES, LogtoError, Misconfigured, Unavailable
from settings_app.logto.transport import Transport
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.sites import Site, origin

T = TypeVar("T")

SCOPE = "openid roles"  # the roles say who may ask for the admin area; the tenant may leave them out
METADATA_PATH = "/.well-known/openid-configuration"
METADATA_SECONDS = 3600.0
STALE_SECONDS = 24 * 3600.0  # how long keys and addresses serve when Logto cannot be asked for newer ones
KEYS_ANEW_SECONDS = 60.0  # at most this often because of an unknown key: anybody can make up a key's name
ANSWERED_SECONDS = 5.0  # for so long after an answer nobody asks whether Logto answers
SIGN_OF_LIFE_SECONDS = 2.0
EXCHANGE_SECONDS = 8.0  # somebody waits for it with an empty page
# Public-key signatures only: with `none` or an HMAC anybody who knows the client could sign (ASVS 9.1.2).
ALGORITHMS = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "Ed25519", "EdDSA")


@dataclass(frozen=True)
class Metadata:
    """What discovery says, as far as it is used here. `algorithms` are those of ID tokens and logout tokens."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    algorithms: tuple[str, ...]


class Provider:
    """Never shared between sites. Everything raises `SignInFailed`, with LOGTO_DOWN when no usable answer came."""

    def __init__(self, site: Site, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._site = site
        self._transport = Transport(site, write_seconds=EXCHANGE_SECONDS)
        self._metadata = self._cached(self._read_metadata, clock)
        self._keys = self._cached(self._read_keys, clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._keys_anew_after = 0.0
        self._answers_until = 0.0

    @property
    def metadata(self) -> Metadata:
        return _asked(self._metadata)

    @property
    def keys(self) -> KeySet:
        return _asked(self._keys)

    def metadata_for_a_browser(self) -> Metadata:
        """For who sends a browser there: LOGTO_DOWN where nobody answers, as a browser's own page has no way back.

        One that is slow to answer may still be there for the person. After an answer nobody asks for a few seconds.
        """
        metadata = self.metadata
        if self._clock() >= self._answers_until:
            _asked(self._sign_of_life)
        return metadata

    def keys_without(self, known: KeySet) -> KeySet:
        """The keys once more, because `known` lacks one: Logto may have begun to sign with a new one."""
        with self._lock:
            now = self._clock()
            # guard: keys-anew-cool-down
            if now < self._keys_anew_after:
                return self.keys
            self._keys_anew_after = now + KEYS_ANEW_SECONDS
        self._keys.forget(known)
        return self.keys

    def authorization_address(
        self, *, redirect_uri: str, state: str, nonce: str, code_verifier: str, **extra: str
    ) -> str:
        """Where the browser goes to sign in (OpenID Connect Core 3.1.2.1, PKCE by RFC 7636)."""
        address: str = prepare_grant_uri(
            self.metadata_for_a_browser().authorization_endpoint,
            self._site.app_id,
            "code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(code_verifier),
            code_challenge_method="S256",
            **extra,
        )
        return address

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Mapping[str, Any]:
        """What the token endpoint gives for a code. TOKEN_REFUSED when it takes neither the code nor us."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        site, endpoint = self._site, path_of(self.metadata.token_endpoint)
        answer = _asked(
            lambda: self._transport.exchange("POST", endpoint, form=form, basic=(site.app_id, site.app_secret))
        )
        if answer.status >= 500 or answer.status == 429 or not isinstance(answer.body, dict):
            raise SignInFailed(Reason.LOGTO_DOWN, f"status.{answer.status}")
        granted: Mapping[str, Any] = answer.body
        if error := granted.get("error"):
            ours = error in ("invalid_client", "unauthorized_client")
            raise SignInFailed(Reason.MISCONFIGURED if ours else Reason.TOKEN_REFUSED, str(error))
        return granted

    def _sign_of_life(self) -> None:
        path = f"/oidc{METADATA_PATH}"
        try:
            answer = self._transport.exchange("GET", path, timeout=SIGN_OF_LIFE_SECONDS)
        except Unavailable as error:
            if error.code != "answer.late":
                raise
            return
        if answer.status in GATEWAY_STATUSES:
            raise Unavailable("GET", path, status=answer.status, code="answer.unreadable")
        self._answers_until = self._clock() + ANSWERED_SECONDS

    @staticmethod
    def _cached(read: Callable[[], T], clock: Callable[[], float]) -> Cached[T]:
        return Cached(read, life_seconds=lambda _: METADATA_SECONDS, stale_seconds=STALE_SECONDS, clock=clock)

    def _read_metadata(self) -> Metadata:
        path = f"/oidc{METADATA_PATH}"
        document = self._get(path)
        # guard: metadata-issuer
        if document.get("issuer") != self._site.issuer:
            raise Misconfigured("GET", path, code="metadata.issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
        endpoints = {name: document.get(name) for name in names}
        # guard: metadata-endpoints-at-logto
        if not all(isinstance(url, str) and origin(url) == self._site.logto_origin for url in endpoints.values()):
            raise Misconfigured("GET", path, code="metadata.endpoints")
        offered = document.get("id_token_signing_alg_values_supported")
        algorithms = tuple(name for name in ALGORITHMS if isinstance(offered, list) and name in offered)
        # guard: metadata-algorithms
        if not algorithms:
            raise Misconfigured("GET", path, code="metadata.algorithms")  # an empty list would mean "any" to joserfc
        return Metadata(**{name: str(url) for name, url in endpoints.items()}, algorithms=algorithms)

    def _read_keys(self) -> KeySet:
        path = path_of(self._metadata().jwks_uri)
        document = self._get(path)
        try:
            return KeySet.import_key_set({"keys": list(document["keys"])})
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise Unavailable("GET", path, answered=True, code="keys.unreadable") from error

    def _get(self, path: str) -> Mapping[str, Any]:
        answer = self._transport.exchange("GET", path)
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise Unavailable("GET", path, status=answer.status, code="answer.unreadable")
        self._answers_until = self._clock() + ANSWERED_SECONDS
        return answer.body


def path_of(address: str) -> str:
    """An endpoint's address below the origin it was found to have."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@cache
def provider_of(site: Site) -> Provider:
    """This process's provider for a site; two sites that differ in anything at all have one each."""
    return Provider(site)


def _asked(get: Callable[[], T]) -> T:
    try:
        return get()
    except Misconfigured as error:
        raise SignInFailed(Reason.MISCONFIGURED, error.code) from error
    except LogtoError as error:
        raise SignInFailed(Reason.LOGTO_DOWN, error.code) from error
