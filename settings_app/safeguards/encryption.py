"""Values that rest in the database unreadable: sealed ones can be opened again, digests only compared.

Both are keyed by SECRET_KEY, so a copy of the database alone tells nothing. After a change of the key,
SECRET_KEY_FALLBACKS still opens what was sealed; digests made before compare as different.
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
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return salted_hmac(f"settings_app.{purpose}", joined, algorithm="sha256").hexdigest()


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(key, purpose))) for key in keys])


def _key(secret_key: str, purpose: str) -> bytes:
    return hmac.new(secret_key.encode(), f"settings_app.seal.{purpose}".encode(), hashlib.sha256).digest()
