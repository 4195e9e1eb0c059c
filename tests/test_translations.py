"""Every word that a person reads can be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.base import Lexer, TokenType
from django.utils import translation

from settings_app.formats import birthdate_parts
from settings_app.languages import ENGLISH, NAMES, catalogue, tag_of
from settings_app.sections.profile.inputs import WrittenDayField

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OPENING = ("blocktranslate", "comment", "verbatim")
READ_ALOUD = re.compile(r"""\s(?:alt|title|aria-label|placeholder)=(["'])(?P<text>.*?)\1""")
TAG = re.compile(r"<!--.*?-->|<[^>]*>|<[^>]*$|^[^<>]*>", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
ENTITY = re.compile(r"&\w+;")


def untranslated(source: str) -> list[str]:
    """Words of a template that stand outside of translate tags."""
    found: list[str] = []
    closing = ""
    outside: list[str] = []
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name, *arguments = token.split_contents()
            if not closing and arguments == ["page_class"]:
                closing = "endblock"  # names of styles, not words
            elif closing and name == closing:
                closing = ""
            elif not closing and name in OPENING:
                closing = f"end{name}"
            outside.append("\x00")
        elif token.token_type == TokenType.TEXT and not closing:
            outside.append(token.contents)
        else:
            outside.append("\x00")
    text = "".join(outside)
    found += [match["text"] for match in READ_ALOUD.finditer(text) if WORD.search(match["text"])]
    plain = ENTITY.sub(" ", TAG.sub(" ", text.replace("\x00", "")))
    return found + WORD.findall(plain)


def faults(paths: list[Path], wrong: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """For each file that breaks the rule, the texts that do."""
    found = {str(path.relative_to(ROOT)): wrong(path.read_text(encoding="utf-8")) for path in paths}
    return {path: texts for path, texts in found.items() if texts}


def test_every_word_of_a_template_is_marked_for_translation() -> None:
    assert faults(TEMPLATES, untranslated) == {}


def test_the_check_itself_finds_a_forgotten_word() -> None:
    assert untranslated('<p class="a">Save</p>{% translate "Fine" %}<img alt="Photo">') == ["Photo", "Save"]


STRAIGHT = re.compile(r"[A-Za-z]'(?:t|s|re|ve|ll|d|m)\b")
MARKED = re.compile(
    r"""\{%\s*translate\s+"(?P<tag>[^"]*)"|\{%\s*blocktranslate[^%]*%\}(?P<block>.*?)\{%\s*endblocktranslate""",
    re.DOTALL,
)
MARKING = ("_", "gettext", "ngettext")
CODE = sorted((ROOT / "settings_app").rglob("*.py"))


def test_words_of_a_template_are_set_with_a_real_apostrophe() -> None:
    def straight(source: str) -> list[str]:
        marked = [match["tag"] or match["block"] for match in MARKED.finditer(source)]
        return [text for text in marked if STRAIGHT.search(text)]

    assert faults(TEMPLATES, straight) == {}


def test_words_of_the_code_are_set_with_a_real_apostrophe() -> None:
    def straight(source: str) -> list[str]:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKING]
        texts = [argument.value for call in named for argument in call.args if isinstance(argument, ast.Constant)]
        return [text for text in texts if isinstance(text, str) and STRAIGHT.search(text)]

    assert faults(CODE, straight) == {}


def test_every_catalogue_tells_numbers_apart_as_its_language_does(subtests: pytest.Subtests) -> None:
    """Its forms stand in the order of CLDR, which is also that in which they are translated."""
    kinds = ("zero", "one", "two", "few", "many", "other")
    for code in NAMES:
        path = catalogue(settings.LOCALE_PATHS[0], code, "po")
        if code == ENGLISH or not path.exists():
            continue
        with subtests.test(code), path.open("rb") as file:
            found = read_po(file)
            if found.num_plurals == 1:  # a language that never inflects what is counted
                continue
            locale = Locale.parse(tag_of(code), sep="-")
            said = [locale.plural_form(number) for number in range(200)]
            used = [kind for kind in kinds if kind in said]
            form_of = c2py(found.plural_expr)
            assert [form_of(number) for number in range(200)] == [used.index(kind) for kind in said]


def test_figures_are_not_turned_round_from_right_to_left() -> None:
    """Behind Arabic letters the groups of 2026-11-18 stand the other way round, but for a mark in front."""
    turned = re.compile(r"(?<![\u200e\d/-])\d+[-/]\d")
    for code in ("ar", "fa"):
        with catalogue(settings.LOCALE_PATHS[0], code, "po").open("rb") as file:
            words = [str(message.string) for message in read_po(file) if message.id]
        assert [text for text in words if turned.search(text)] == []


def test_the_beginning_of_an_address_is_not_turned_round_from_right_to_left() -> None:
    """Between `https` and Arabic letters, `://` stands before the word, but for a mark behind it."""
    turned = re.compile(r"://(?![\u200e\w%{])")
    for code in ("ar", "fa"):
        with catalogue(settings.LOCALE_PATHS[0], code, "po").open("rb") as file:
            words = [str(message.string) for message in read_po(file) if message.id]
        assert [text for text in words if turned.search(text)] == []


def test_an_example_of_a_date_is_not_turned_round_from_right_to_left() -> None:
    with translation.override("ar"):
        field = WrittenDayField(read=birthdate_parts, example="1991-06-14")
        with pytest.raises(ValidationError) as refused:
            field.clean("in summer")
    assert all("\u20661991-06-14\u2069" in text for text in (str(field.help_text), *refused.value.messages))
