"""The keys that sign what a site tells others: private as the operator has them, public as receivers need them.

It imports no Django, because sites.py stands on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, RSAKey

LEAST_BITS = 2048
RS256, ES256 = "RS256", "ES256"  # the first is what every receiver of CAEP's interoperability profile knows

SigningKey = RSAKey | ECKey


@cache
def signing_key(pem: str) -> SigningKey:
    """Raises ValueError, which never repeats the key."""
    try:
        found = load_pem_private_key(pem.encode(), password=None)
    except Exception as error:  # whatever a file may hold
        raise ValueError("must be a private key in PEM, without a password") from error
    if isinstance(found, rsa.RSAPrivateKey) and found.key_size >= LEAST_BITS:
        return RSAKey.import_key(pem)
    if isinstance(found, ec.EllipticCurvePrivateKey) and isinstance(found.curve, ec.SECP256R1):
        return ECKey.import_key(pem)
    raise ValueError(f"must be a key of RSA with {LEAST_BITS} bits or more, or of the curve P-256")


def algorithm_of(key: SigningKey) -> str:
    return RS256 if isinstance(key, RSAKey) else ES256


def name_of(key: SigningKey) -> str:
    """Its thumbprint (RFC 7638): the same wherever the key is read."""
    return key.thumbprint()


def published(pems: Iterable[str]) -> dict[str, Any]:
    """The public halves, as a JWK Set (RFC 7517)."""
    return {"keys": [public_half(signing_key(pem)) for pem in pems]}


def public_half(key: SigningKey) -> dict[str, Any]:
    half = key.as_dict(private=False)
    return {**half, "use": "sig", "alg": algorithm_of(key), "kid": name_of(key)}
