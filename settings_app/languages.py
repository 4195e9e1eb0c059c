"""The languages of the site, and which of them fits what somebody asked for (BCP 47; lookup as in RFC 4647, 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

ENGLISH = "en"  # of the sentences in the code

# By the code of their catalogue in locale/, with the name that each has for itself.
NAMES = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt-br": "Português (Brasil)",
    "pt": "Português (Portugal)",
    "pl": "Polski",
    "cs": "Čeština",
    "uk": "Українська",
    "ru": "Русский",
    "tr": "Türkçe",
    "th": "ไทย",
    "ja": "日本語",
    "ko": "한국어",
    "zh-hans": "简体中文",
    "zh-hk": "繁體中文（香港）",  # noqa: RUF001  # Chinese parentheses
    "zh-hant": "繁體中文（台灣）",  # noqa: RUF001  # as above
    "ar": "العربية",
    "fa": "فارسی",
}

# What browsers and Logto call those of them that have a code of another shape here.
TAGS = {
    "pt-br": "pt-BR",
    "pt": "pt-PT",
    "pl": "pl-PL",
    "cs": "cs-CZ",
    "uk": "uk-UA",
    "tr": "tr-TR",
    "zh-hans": "zh-CN",
    "zh-hk": "zh-HK",
    "zh-hant": "zh-TW",
    "fa": "fa-IR",
}

# Chinese is told apart by script, which most tags leave to the region.
SAME = {
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-my": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-mo": "zh-hk",
    "zh-hant-hk": "zh-hk",
    "zh-hant-mo": "zh-hk",
    "zh-hant-tw": "zh-hant",
}
SCRIPT_LETTERS = 4  # as in Hans; a region has two
MOST_TAGS = 20  # of one wish: other people's text
LONGEST_TAG = 35  # as long as one has to be understood (RFC 5646, 4.4.1)


def compiled(folder: Path) -> list[tuple[str, str]]:
    """Code and name of each language whose sentences are ready to be read; English always is."""
    return [(code, name) for code, name in NAMES.items() if code == ENGLISH or catalogue(folder, code, "mo").exists()]


def catalogue(folder: Path, code: str, kind: str) -> Path:
    """The file of a language under `folder`: `po` as it is written, `mo` as it is read."""
    language, _, rest = code.partition("-")
    rest = rest.title() if len(rest) == SCRIPT_LETTERS else rest.upper()
    return folder / (f"{language}_{rest}" if rest else language) / "LC_MESSAGES" / f"django.{kind}"


def fitting(wishes: Iterable[str], offered: Sequence[str] = tuple(NAMES)) -> str:
    """The code of the first wish that `offered` can meet, most wanted first; empty for none.

    `de-AT` is met by `de`, and any Portuguese by the one that there is.
    """
    for wish in list(wishes)[:MOST_TAGS]:
        # guard: language-tags-are-short
        wish = wish.strip()[:LONGEST_TAG]
        parts = wish.replace("_", "-").lower().split("-")
        shorter = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
        for tag in shorter:
            code = SAME.get(tag, tag)
            if code in offered:
                return code
        akin = [code for code in offered if parts[0] and code.partition("-")[0] == parts[0]]
        if akin:
            return akin[0]
    return ""


def tag_of(code: str) -> str:
    """`zh-CN` for `zh-hans`: the one tag of a language that Logto and an account's `locale` are told."""
    return TAGS.get(code, code)
