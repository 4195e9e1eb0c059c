"""What counts as an email here, and which ones the tenant does not take.

The shape is Logto's own (docs/logto.md 2.3): something, an at sign, something with a dot in it, no white space, at most
128 characters. This side asks for a single at sign and a domain that can exist.
"""

from __future__ import annotations

import re
import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from settings_app.logto.types import EmailBlocklist

LONGEST = 128
SHAPE = re.compile(r"[^\s@\x00-\x20\x7f]+@[^\s@\x00-\x20\x7f]+\.[^\s@\x00-\x20\x7f]+")
INVALID = _("Enter an email address, such as name@example.com.")


def normalized(typed: str) -> str:
    """The email as it is stored: exactly as typed, because Logto compares exactly (docs/logto.md 3), but for one thing.

    A domain in another script becomes its ASCII form (RFC 5891): one spelling for one domain, and mail servers know it.
    Raises ValidationError.
    """
    address = typed.strip()
    if not SHAPE.fullmatch(address) or any(unicodedata.category(letter).startswith("C") for letter in address):
        raise ValidationError(INVALID, code="invalid")
    local, _at, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValidationError(INVALID, code="invalid") from error
    elif not all(is_host_label(label) for label in domain.split(".")):
        raise ValidationError(INVALID, code="invalid")
    address = f"{local}@{domain}"
    # guard: email-length
    if len(address) > LONGEST:
        raise ValidationError(_("Use an email of at most 128 characters."), code="too_long")
    return address


def is_host_label(label: str) -> bool:
    return bool(re.fullmatch(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", label))


def is_blocked(address: str, blocklist: EmailBlocklist) -> bool:
    """Whether the tenant's `emailBlocklistPolicy` refuses this email (docs/logto.md 4.4).

    What the tenant allows by name is allowed. Disposable addresses are known to Logto's own pages only, not here.
    """
    if any(matches(address, pattern) for pattern in blocklist.allowed):
        return False
    local = address.rpartition("@")[0]
    if blocklist.blocks_subaddressing and "+" in local:
        return True
    return any(matches(address, pattern) for pattern in blocklist.blocked)


def matches(address: str, pattern: str) -> bool:
    """Patterns are `bar@example.com`, `@example.com`, `foo*@example.com` or `@*.example.com`, in any case."""
    wanted, text = in_ascii(pattern.strip().lower()), address.lower()
    if wanted.startswith("@"):
        text = "@" + text.rpartition("@")[2]
    first, *others = wanted.split("*")
    if not others:
        return text == wanted
    last = others.pop()
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    rest = text[len(first) : len(text) - len(last)]
    for part in others:
        found = rest.find(part)
        if found < 0:
            return False
        rest = rest[found + len(part) :]
    return True


def in_ascii(pattern: str) -> str:
    """The pattern with its domain in the form that `normalized` gives; as it is where it has none."""
    local, at, domain = pattern.rpartition("@")
    if domain.isascii():
        return pattern
    try:
        return local + at + idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return pattern
