"""What was seen of a page or a write under a fault, in one word; and whether that is honest."""

from __future__ import annotations

import difflib
import html
import re
from enum import StrEnum

from django.http import HttpResponse

TAGS = re.compile(r"<(script|style|title|svg)\b.*?</\1>|<[^>]+>", re.DOTALL)
REFERENCE = re.compile(r"\b[0-9a-f]{32}\b")
BY_LOT = re.compile(r"\b[A-Z2-7]{4}( [A-Z2-7]{4}){7}\b|\b[1-6]\d\b")  # the secret of an app; seconds that are left
# The words with which a page says that something of it is missing.
ADMITS = re.compile(
    r"couldn’t (load|check|be loaded|read|show|tell|find out)|can’t (load|show|check|tell|say|be shown|be loaded|read)"
    r"|isn’t responding|right now|could not|is missing|are missing|لم نتمكّن"
)


# The words with which a change is said to be not done at all.
CLAIMS_NOTHING = re.compile(
    r"Nothing (was|has been) (changed|saved|sent)|nothing was (changed|saved|sent)|wasn’t (changed|saved|removed|sent)"
    r"|was not (changed|removed|saved)|so nothing was"
)


# What a page leaves out, or says in general words, without a word about it: by what it asks Logto and could not read.
ASIDE = (
    ("", "GET /api/.well-known/sign-in-exp", "the look of the tenant and its support link; the site has its own"),
    ("", "GET /api/applications", "names of apps beside other things"),
    ("organizations", "GET /api/resources", "a permission in words: its technical name stands there"),
    ("organizations", "GET /api/organization-scopes", "the same"),
    ("organizations", "GET /api/users", "the name of whoever invited"),
    ("organizations", "GET /api/users/", "the same"),
    ("apps", "GET /api/resources", "the name of an API: its address stands there"),
    ("apps", "GET /api/users/", "apps without access that are listed until a session ends"),
    ("sessions", "GET /api/logs", "the mark of what is new"),
    ("activity", "GET /api/logs", "the mark of what is new"),
    ("delete", "GET /api/users/", "numbers and names of what is deleted; it is said in general"),
    ("accessibility", "GET /api/users/", "the menu of who is signed in: the page is for everybody"),
    ("accessibility", "POST /oidc/token", "the same"),
    ("verify", "GET /api/users/k3v9q0zt8xw1/logto-configs", "whether Logto asks for a second step; one signs in again"),
)
ASIDE_OF_EVERY_PAGE = sum(not page for page, _path, _what in ASIDE)


class Seen(StrEnum):
    WHOLE = "as ever"
    PART = "says what is missing"
    OTHER = "shows less or other"
    UNAVAILABLE = "503, try again"
    WAIT = "429, wait"
    GONE = "signed out"
    LED = "led on"
    REFUSED = "refused, with a reason"
    DONE = "done"
    UNCONFIRMED = "cannot be confirmed"


def words_of(answer: HttpResponse) -> str:
    """What is read on the page, but for what is different each time."""
    source = answer.content.decode(errors="replace")
    main = source.partition("<main")[2].partition("</main")[0] if "<main" in source else source
    words = html.unescape(re.sub(r"\s+", " ", TAGS.sub(" ", main)))
    return BY_LOT.sub("", REFERENCE.sub("", words)).strip()


def admits(answer: HttpResponse) -> bool:
    """Whether the page says that something is missing, in words, or in another language by a reference to quote."""
    return bool(ADMITS.search(words_of(answer)) or REFERENCE.search(answer.content.decode().partition("<main")[2]))


def seen_of_page(answer: HttpResponse, usual: HttpResponse) -> Seen:
    status = answer.status_code
    if status == 503:
        return Seen.UNAVAILABLE
    if status == 429:
        return Seen.WAIT
    if status in (301, 302, 303):
        return Seen.WHOLE if answer.get("Location") == usual.get("Location") else Seen.LED
    if status == 403 and "account" in words_of(answer) and "sign" in words_of(answer).lower():
        return Seen.GONE
    if words_of(answer) == words_of(usual):
        return Seen.WHOLE
    return Seen.PART if admits(answer) else Seen.OTHER


def difference(usual: str, now: str) -> str:
    """The words that went and those that came, for whoever looks into it."""
    before, after = usual.split(" "), now.split(" ")
    parts = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    found = [f"{' '.join(before[a:b])} -> {' '.join(after[c:d])}" for kind, a, b, c, d in parts if kind != "equal"]
    return " | ".join(found)[:400]


def is_aside(address: str, call: str, *, all_from_then_on: bool) -> bool:
    """Whether a page may leave this out. Where everything fails from then on, whatever it may leave out counts."""
    fitting = [path for page, path, _what in ASIDE if not page or address.startswith(page)]
    return any(call.startswith(path) for path in fitting) or (all_from_then_on and len(fitting) > ASIDE_OF_EVERY_PAGE)
