"""Text as people type and paste it: what nobody can see, spaces, widths, and the digits of every script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

import regex
from babel import Locale
from babel.numbers import get_decimal_symbol
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import get_language, get_language_bidi

# Unicode's own lists of what is drawn as nothing, and two blanks that stand in neither of them.
UNSEEN = regex.compile(
    r"[[\p{Default_Ignorable_Code_Point}\p{Cf}\N{BRAILLE PATTERN BLANK}\N{MUSICAL SYMBOL NULL NOTEHEAD}]"
    r"--\p{Prepended_Concatenation_Mark}]",
    regex.V1,
)
# These are seen by what they do to the letters beside them: Persian and Indic words, emoji, variants of a character.
JOINING = regex.compile(r"[\p{Join_Control}\p{Variation_Selector}\N{COMBINING GRAPHEME JOINER}\U000E0020-\U000E007F]")
# These turn the order of whatever follows, also of text that is not theirs.
TURNING = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
HYPHENS_OF_OTHER_KINDS = "\u2212\u2043\u02d7"  # minus sign, hyphen bullet and modifier minus are no dashes to Unicode
JOINED = regex.compile(r"[\p{Joining_Type=Dual_Joining}\p{Joining_Type=Right_Joining}]")
AS_SEEN = regex.compile(r"\X")  # a letter with all its marks
RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"
NUMBER_MARKS = str.maketrans("\uff0b\uff0d\u2212\uff0e\u066b", "+--..")
# What names of people are written with in any script, and a dot that is part of a host and not of "J. R. R."
CALLED = regex.compile(r"[\p{L}\p{M}\p{Join_Control} '’.·・-]+")
IN_A_HOST = regex.compile(r"[./@\\][\p{L}\p{M}\p{N}]{2}|:\s*//|@|(?i:www\.)")
LONGEST_CALLED, MOST_WORDS_CALLED = 40, 5
SCHEME = regex.compile(r"[a-z][a-z0-9+.-]*://", regex.IGNORECASE)


def is_blank(text: str) -> bool:
    """Whether nothing of this can be seen."""
    if "!" <= text[:1] <= "~":  # as nearly always, and each page asks this of a dozen names
        return False
    return not UNSEEN.sub("", text).strip()


def words(typed: str) -> str:
    """A name or a text: empty when nothing of it can be seen, else as typed but for what stands unseen around it."""
    if is_blank(typed):
        return ""
    text = TURNING.sub("", typed)
    first, last = 0, len(text)
    while text[first].isspace() or UNSEEN.match(text[first]):
        first += 1
    while text[last - 1].isspace() or (UNSEEN.match(text[last - 1]) and not JOINING.match(text[last - 1])):
        last -= 1
    return text[first:last]


def exact(typed: str) -> str:
    """What names one thing exactly, such as an email or a number: nothing unseen in it, no space around it."""
    return UNSEEN.sub("", typed).strip()


def line(text: str) -> str:
    """Other people's words on one line: joiners stay, control characters and what turns the line round do not."""
    if is_plain(text):
        return " ".join(text.split())
    if is_blank(text):
        return ""
    shown = "".join(shown_as(character) for character in text)
    return " ".join(shown.split())


def is_plain(text: str) -> bool:
    """Whether each character of it is seen as itself, as of most names: at a tenth of the cost of looking at each."""
    return text.isprintable() and (text.isascii() or not UNSEEN.search(text))


def as_the_page_runs(words: str) -> str:
    """Words around other people's names. Pages isolate them, and then a Latin name in front would turn them round."""
    return f"{RIGHT_TO_LEFT_MARK}{words}" if get_language_bidi() else words


def left_to_right(number: str) -> str:
    """A phone number or a date in a sentence. From right to left, its groups would else stand the other way round."""
    return f"\N{LEFT-TO-RIGHT ISOLATE}{number}\N{POP DIRECTIONAL ISOLATE}" if get_language_bidi() else number


def greeted(name: str) -> str:
    """How a mail may greet somebody of this name: on one short line, without anything that reads as more; or empty."""
    shown = line(name) if len(name.strip().splitlines()) == 1 else ""
    plain = unicodedata.normalize("NFKC", shown)
    # guard: greeting-is-a-name
    if not CALLED.fullmatch(plain) or IN_A_HOST.search(plain):
        return ""
    is_short = len(shown) <= LONGEST_CALLED and len(shown.split()) <= MOST_WORDS_CALLED
    return shown if is_short else ""


def unlinked(text: str) -> str:
    """Other people's words on one line, for a mail; empty where a mail program would make a link of them."""
    shown = line(text)
    return "" if IN_A_HOST.search(unicodedata.normalize("NFKC", shown)) else shown


def shown_as(character: str) -> str:
    if JOINING.match(character):
        return character
    if UNSEEN.match(character):
        return ""
    is_shown = character.isprintable() or unicodedata.category(character) == "Cf"
    return character if is_shown else " "


def with_plain_digits(text: str) -> str:
    """The digits of any script, full-width ones too, as 0 to 9; everything else as it is."""
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def plain_number(text: str) -> str:
    """A number with the digits, sign and decimal point of a Latin keyboard; a comma is one where people write it so."""
    number = with_plain_digits(exact(text)).translate(NUMBER_MARKS)
    is_decimal = number.count(",") == 1 and "." not in number and decimal_mark() == ","
    return number.replace(",", ".") if is_decimal else number


def written_number(number: float) -> str:
    """A number as it is typed in the language of the page."""
    return str(number) if "e" in str(number) else str(number).replace(".", decimal_mark())


def decimal_mark() -> str:
    """The comma or the point of the language that is spoken."""
    mark = get_decimal_symbol(Locale.parse(get_language() or "en", sep="-"))
    return "," if mark == "," else "."


def search_term(text: str) -> str:
    """What is looked for: on one line, without what stands unseen in it."""
    return line(words(text))


def digits_of_code(typed: str) -> str:
    """A code without what people put between its digits; empty when anything else stands in it."""
    kept = "".join(character for character in exact(typed) if not (character.isspace() or is_hyphen(character)))
    digits = with_plain_digits(kept)
    return digits if digits.isascii() and digits.isdigit() else ""


def is_hyphen(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character in HYPHENS_OF_OTHER_KINDS


def web_address(typed: str) -> str:
    """A web address as it is stored: with https:// before it where it was left out."""
    address = exact(typed)
    if not address or SCHEME.match(address):
        return address
    completed = f"https://{address.removeprefix('//')}"
    return completed if is_web_address(completed) else address


def is_web_address(address: str, schemes: Iterable[str] = ("https", "http")) -> bool:
    """Whether a browser would go to a host by this; never with a name before the host, which looks like another one."""
    if exact(address) != address or "\\" in address:
        return False
    try:
        URLValidator(schemes=list(schemes))(address)
        parts = urlsplit(address)
        nowhere = parts.username is not None or parts.port == 0
    except (ValidationError, ValueError):
        return False
    return not nowhere


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """The first letter of the first and of the last word, as one sees them; empty when the name has none."""
    composed = unicodedata.normalize("NFC", name)
    found = [letter for word in composed.replace("@", " ").split() if (letter := first_letter(word))]
    pair = found[:1] + found[1:][-1:]
    # Without the mark between them, letters of joined scripts would make a word: "لا" says "no".
    return "\N{ZERO WIDTH NON-JOINER}".join(pair) if all(map(JOINED.match, pair)) else "".join(pair)


def first_letter(word: str) -> str:
    """With all its marks, and large where the script has a large one of the same single letter."""
    seen = (found[0] for found in AS_SEEN.finditer(word))  # the first is nearly always the one
    letter = next((one for place, one in enumerate(seen) if one[0].isalpha() or (not place and one[0].isalnum())), "")
    large = letter.title()
    return large if len(large) == len(letter) else letter
