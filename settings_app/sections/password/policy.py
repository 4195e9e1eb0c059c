"""The tenant's password policy in words, and what of it can be judged without asking Logto (docs/logto.md 4.2)."""

from __future__ import annotations

import string
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.logto.types import PasswordIssue, PasswordPolicy, PasswordVerdict
from settings_app.typed import is_blank

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")
ALL_KINDS = len(KINDS)
ALLOWED = frozenset("".join(KINDS))
MOST_NAMED = 8


@dataclass(frozen=True)
class Requirement:
    """One line of the policy. `name` is known to `password-rules.js`; `verdict` is what only Logto can judge."""

    name: str
    text: str
    limit: int = 0


def rules(policy: PasswordPolicy) -> list[Requirement]:
    """The policy, in words, for the page to show before anything is typed."""
    least = ngettext("At least %(n)d character", "At least %(n)d characters", policy.min_length)
    shown = [Requirement("length", least % {"n": policy.min_length}, policy.min_length)]
    if policy.min_character_types > 1:
        shown.append(Requirement("kinds", kinds_text(policy.min_character_types), policy.min_character_types))
    shown.append(Requirement("characters", _("Only letters a to z, numbers, spaces and common symbols")))
    if policy.rejects_pwned:
        shown.append(Requirement("verdict", _("Not found in a known data leak")))
    if policy.rejects_repetition_and_sequence or policy.rejects_user_info or policy.rejected_words:
        shown.append(Requirement("verdict", _("Hard to guess: not 12345, your name or our name")))
    return shown


def kinds_text(least: int) -> str:
    if least >= ALL_KINDS:
        return _("Lowercase letters, uppercase letters, numbers and symbols")
    return _("At least %(n)d of these: lowercase letters, uppercase letters, numbers, symbols") % {"n": least}


def why_not(password: str, policy: PasswordPolicy) -> list[str]:
    """What is wrong with its length, kinds and characters. Nothing of it is changed or cut (ASVS 6.2.8)."""
    found = [PasswordIssue("unsupported_characters")] if not_allowed(password) else []
    if length_in_logto(password) < policy.min_length:
        found.append(PasswordIssue("too_short", policy.min_length))
    if length_in_logto(password) > policy.max_length:
        found.append(PasswordIssue("too_long", policy.max_length))
    if sum(any(letter in kind for letter in password) for kind in KINDS) < policy.min_character_types:
        found.append(PasswordIssue("character_types", policy.min_character_types))
    return [in_words(issue, password) for issue in found]


def verdict_in_words(verdict: PasswordVerdict, password: str) -> list[str]:
    """Why Logto does not take the password; empty when it does."""
    return [] if verdict.accepted else [in_words(issue, password) for issue in verdict.issues]


def in_words(issue: PasswordIssue, password: str) -> str:
    limit = issue.limit or 0
    words = {
        "too_short": ngettext("Use at least %(n)d character.", "Use at least %(n)d characters.", limit) % {"n": limit},
        "too_long": ngettext("Use %(n)d character or fewer.", "Use %(n)d characters or fewer.", limit) % {"n": limit},
        "character_types": kinds_text(limit) + ".",
        "unsupported_characters": characters_text(password),
        "pwned": _("This password has appeared in a data leak, so others may try it. Choose a different one."),
        "restricted.repetition": _("Too much of it repeats one character. Add something less predictable."),
        "restricted.sequence": _(
            "Too much of it is a pattern such as 123, abc or qwerty. Add something less predictable."
        ),
        "restricted.user_info": _("Too much of it is your name, username, email or phone number."),
        "restricted.words": _("Too much of it is a word we don’t allow."),
    }
    return words.get(issue.rule, _("You can’t use this password here. Choose a different one."))


def characters_text(password: str) -> str:
    """Names what cannot be used; what nobody can see has come with something pasted, and has no name to show."""
    seen = [letter for letter in not_allowed(password) if not is_unseen(letter)]
    if not seen:
        return _("You can’t use invisible characters or special spaces in a password. Type it instead of pasting it.")
    named = " ".join(seen[:MOST_NAMED]) + (" …" if len(seen) > MOST_NAMED else "")
    return _("You can’t use these in a password: %(characters)s") % {"characters": named}


def not_allowed(password: str) -> list[str]:
    """The characters that Logto takes in no password, each once."""
    return list(dict.fromkeys(letter for letter in password if letter not in ALLOWED))


def is_unseen(letter: str) -> bool:
    return is_blank(letter) or unicodedata.category(letter) == "Cc"


def length_in_logto(password: str) -> int:
    """Logto counts UTF-16 units, as JavaScript does."""
    return len(password.encode("utf-16-le", "surrogatepass")) // 2
