"""Applications as Authlib wants to see them, and how one proves at the token endpoint who it is."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import ClientMixin

from accountsite.sandbox.oidc.errors import OidcError, unknown_client
from accountsite.sandbox.state import Json, State

GRANT_TYPES = {"MachineToMachine": ("client_credentials",)}
USER_GRANT_TYPES = ("authorization_code", "refresh_token")
PUBLIC_TYPES = ("SPA", "Native")


class Client(ClientMixin):
    """One Logto application in Authlib's terms."""

    def __init__(self, application: Json) -> None:
        self.application = application
        self.client_id = str(application["id"])
        self.metadata: Json = application.get("oidcClientMetadata") or {}
        self.custom: Json = application.get("customClientMetadata") or {}

    @property
    def is_public(self) -> bool:
        return self.application["type"] in PUBLIC_TYPES

    @property
    def is_third_party(self) -> bool:
        return bool(self.application.get("isThirdParty"))

    @property
    def backchannel_logout_uri(self) -> str | None:
        return self.metadata.get("backchannelLogoutUri")

    @property
    def wants_sid(self) -> bool:
        """Logto issues `sid` only with both settings on (docs/logto.md 8.1)."""
        return bool(self.backchannel_logout_uri and self.metadata.get("backchannelLogoutSessionRequired"))

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        uris = self.metadata.get("redirectUris") or []
        return uris[0] if len(uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in (self.metadata.get("redirectUris") or [])

    def check_response_type(self, response_type: str) -> bool:
        return True  # `checks.check_parameters` refuses in Logto's words

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANT_TYPES.get(self.application["type"], USER_GRANT_TYPES)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True


def find_client(state: State, client_id: str | None) -> Client:
    """Raises Logto's refusals for a missing or unknown `client_id`."""
    if client_id is None:
        raise OidcError("invalid_request", "missing required parameter 'client_id'")
    application = state.applications.get(client_id)
    if application is None:
        raise unknown_client(client_id)
    return Client(application)


@dataclass(frozen=True)
class Credentials:
    client_id: str
    secret: str | None


def authenticate(state: State, *, authorization: str | None, form: dict[str, str]) -> Client:
    """The application a token request comes from, by HTTP Basic or by body, never both (docs/logto.md 1).

    Raises the refusals of docs/logto.md 1, in the order the server makes them.
    """
    basic = _basic(authorization)
    if basic and form.get("client_secret") is not None:
        raise OidcError("invalid_request", "client authentication must only be provided using one mechanism")
    credentials = basic or _posted(form)
    if credentials is None:
        raise OidcError("invalid_request", "no client authentication mechanism provided")
    client = find_client(state, credentials.client_id)
    if not client.is_public:
        _check_secret(state, client, credentials.secret)
    return client


def _check_secret(state: State, client: Client, secret: str | None) -> None:
    stored = {item.value: item.expires_at for item in state.application_secrets.get(client.client_id, [])}
    if client.application.get("secret"):
        stored[client.application["secret"]] = None
    if secret not in stored:
        raise OidcError("invalid_client", "client authentication failed", status=401)
    expires_at = stored[secret]
    if expires_at is not None and expires_at <= state.now_ms:
        raise OidcError("invalid_request", "client secret has expired")


def _basic(authorization: str | None) -> Credentials | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, separator, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        separator = ""
    if not separator:
        raise OidcError("invalid_request", "invalid authorization header value format")
    return Credentials(unquote_plus(client_id), unquote_plus(secret))


def _posted(form: dict[str, str]) -> Credentials | None:
    client_id = form.get("client_id")
    return Credentials(client_id, form.get("client_secret")) if client_id else None
