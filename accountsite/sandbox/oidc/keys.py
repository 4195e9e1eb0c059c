"""The tenant's signing keys: what signs every token and what `/oidc/jwks` publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

Key = ECKey | RSAKey


def new_key(algorithm: str) -> Key:
    """A signing key for ES384, Logto's default, or RS256, what tenants with an RSA key have (docs/logto.md 15.4)."""
    if algorithm == "ES384":
        return ECKey.generate_key("P-384", auto_kid=True)
    if algorithm == "RS256":
        return RSAKey.generate_key(2048, auto_kid=True)
    raise ValueError(f"no such algorithm: {algorithm}")


class Keys:
    """The keys of one tenant, kept in its own list: newest first, the first one signs."""

    def __init__(self, keys: list[Key]) -> None:
        self._keys = keys

    @property
    def algorithm(self) -> str:
        return _algorithm(self._keys[0])

    def rotate(self, algorithm: str | None = None, *, keep_old: bool = True) -> str:
        """Signs with a new key from now on and returns its `kid`; `keep_old` leaves the former ones in the key set."""
        key = new_key(algorithm or self.algorithm)
        self._keys[:] = [key, *(self._keys if keep_old else [])]
        return str(key.kid)

    def sign(self, claims: Mapping[str, Any], *, typ: str | None = None, with_kid: bool = True) -> str:
        """A JWS in compact form. The header names `typ` only when given: Logto's ID tokens have none."""
        key = self._keys[0]
        header: dict[str, Any] = {"alg": _algorithm(key)}
        if with_kid:
            header["kid"] = key.kid
        if typ:
            header["typ"] = typ
        return jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=[_algorithm(key)])

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token signed here; times are not looked at. ValueError for every other text."""
        for key in self._keys:
            try:
                claims = json.loads(jws.deserialize_compact(token, key, algorithms=[_algorithm(key)]).payload or b"")
            except (JoseError, ValueError):
                continue
            if isinstance(claims, dict):
                return claims
        raise ValueError("not signed by this sandbox")

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """The JSON Web Key Set, laid out as Logto does."""
        return {"keys": [_published(key) for key in self._keys]}


def _algorithm(key: Key) -> str:
    return "RS256" if isinstance(key, RSAKey) else "ES384"


def _published(key: Key) -> dict[str, Any]:
    members: dict[str, Any] = dict(key.as_dict(private=False))
    return {"kty": members.pop("kty"), "use": "sig", "kid": members.pop("kid"), "alg": _algorithm(key), **members}
