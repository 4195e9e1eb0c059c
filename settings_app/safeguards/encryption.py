"""Values that rest in the database unreadable: sealed ones can be opened again, digests only compared.

Both are keyed by SECRET_KEY, so a copy of the database alone tells nothing. After a change of the key,
SECRET_KEY_FALLBACKS still opens what was sealed; a digest made before is found by `digests` and by nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(purpose: str, text: str) -> str:
    """`text` encrypted and authenticated; it opens only for the same purpose."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str | None:
    """What was sealed for this purpose; None when it was altered, or sealed with a key that is gone."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def digest(purpose: str, *parts: str) -> str:
    """64 hexadecimal digits that stand for `parts`; equal only for equal purpose and parts."""
    return _digest(settings.SECRET_KEY, purpose, *parts)


def digests(purpose: str, *parts: str) -> tuple[str, ...]:
    """`digest` under the key there is, then under each that was there before: for what is looked for past a change."""
    return tuple(_digest(key, purpose, *parts) for key in _keys())


def key_names() -> tuple[str, ...]:
    """What tells the keys apart, newest first, and nothing about them."""
    return tuple(_digest(key, "key-name")[:16] for key in _keys())


def _digest(secret_key: str, purpose: str, *parts: str) -> str:
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return salted_hmac(f"settings_app.{purpose}", joined, secret=secret_key, algorithm="sha256").hexdigest()


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(key, purpose))) for key in _keys()])


def _key(secret_key: str, purpose: str) -> bytes:
    return hmac.new(secret_key.encode(), f"settings_app.seal.{purpose}".encode(), hashlib.sha256).digest()
