"""What counts as an email here, and which ones the tenant does not take.

Logto takes anything with an at sign and a dot after it (docs/logto.md 2.3). Some of that mail programs deliver to
another mailbox than it seems to name. So this side takes only what stands for itself: before the @ what RFC 5321 allows
without quotes, with dots wherever providers put them, and after it a domain that can exist.
"""

from __future__ import annotations

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.utils.translation import gettext_lazy as _

from settings_app import typed
from settings_app.logto.types import EmailBlocklist

LONGEST = 128
LONGEST_BEFORE_THE_AT = 64  # RFC 5321, 4.5.3.1.1: no mailbox has a longer name
MARKS = "!#$%&'*+-/=?^_`{|}~"
BEFORE_THE_AT = re.compile(rf"[A-Za-z0-9.{re.escape(MARKS)}]", re.ASCII)
AT_SIGNS = str.maketrans("＠﹫", "@@")  # noqa: RUF001  # as East Asian keyboards have them
INVALID = _("Enter an email address, such as name@example.com.")
domain_name = DomainNameValidator(accept_idna=False)


def normalized(text: str) -> str:
    """The email as it is stored: what stands before the @ as typed, because Logto compares exactly (docs/logto.md 3).

    The domain, in which case means nothing, is written in small letters; one in another script in its ASCII form (RFC
    5891). So one mailbox has one spelling. Raises ValidationError, which says what is wrong.
    """
    address = typed.exact(text).translate(AT_SIGNS)
    if any(letter.isspace() for letter in address):
        raise ValidationError(_("Enter the email address without spaces."), code="spaces")
    if address.count("@") > 1:
        raise ValidationError(_("Enter one email address, with a single @."), code="several")
    local, at, domain = address.partition("@")
    if not (local and at and domain):
        raise ValidationError(INVALID, code="invalid")
    check_before_the_at(local)
    address = f"{local}@{ascii_domain(domain)}"
    # guard: email-length
    if len(address) > LONGEST:
        raise ValidationError(_("Use an email address with 128 characters or fewer."), code="too_long")
    return address


def check_before_the_at(local: str) -> None:
    """Raises ValidationError."""
    wrong = next((letter for letter in local if not BEFORE_THE_AT.match(letter)), "")
    # guard: email-local-part
    if wrong:
        words = _(
            "You can’t use “%(wrong)s” before the @. Use letters a to z, numbers, dots and marks such as -, _ and +."
        )
        raise ValidationError(words, code="local", params={"wrong": wrong})
    if len(local) > LONGEST_BEFORE_THE_AT:
        raise ValidationError(_("Use 64 characters or fewer before the @."), code="local")


def ascii_domain(domain: str) -> str:
    """Raises ValidationError."""
    words = _("Check the part after the @. It should look like example.com.")
    try:
        written = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
        domain_name(written)
    except (idna.IDNAError, ValidationError) as error:
        raise ValidationError(words, code="domain") from error
    # Django's validator takes the dot of the root at the end as well.
    if written.endswith("."):
        raise ValidationError(words, code="domain")
    return written


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
