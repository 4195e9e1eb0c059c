"""The same thing has one name everywhere: sentences keep to the terms and the tone of docs/words.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from settings_app.management.commands.languages import sentences as catalogued

ROOT = Path(__file__).resolve().parent.parent
MARKED = re.compile(
    r"""\{%-?\s*translate\s+"(?P<tag>[^"]*)"|\{%\s*blocktranslate[^%]*%\}(?P<block>.*?)\{%\s*endblocktranslate|_\("(?P<argument>[^"]*)"\)""",
    re.DOTALL,
)
MARKING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
COUNTED_BY = {"limit", "number"}  # names of numbers, which ngettext_lazy takes in place of one
RULED_OUT = (
    r"please|successful(?:ly)?|oops|sorry|simply",
    r"e-mails?|SMS|OTP|PIN",
    r"log(?:ged)? in|log(?:ged)? out|login|logout",
    r"2FA|MFA|second (?:factor|proof)s?|recovery codes?|security keys?",
    r"social (?:accounts?|logins?)|linked accounts?|unlink|single sign-on|SSO",
    r"avatar|pictures?|birthdate|birthday",
    r"sessions?|clients?|scopes?|grants?|tenant|Logto|credentials?",
    r"organi[z]ations?|small letters|capital letters",
    r"the people who run|whoever|whom|shall|somebody",
)


@pytest.mark.parametrize("words", RULED_OUT)
def test_no_sentence_uses_another_name_or_another_tone(words: str) -> None:
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    assert [f"{path}: {text}" for path, text in sentences() if pattern.search(text)] == []


def test_nothing_is_exclaimed() -> None:
    assert [f"{path}: {text}" for path, text in sentences() if text.rstrip().endswith("!")] == []


def test_what_the_code_marks_reaches_the_catalogues() -> None:
    """What makes them does not look into f-strings: a sentence that stands nowhere else would be English everywhere."""
    known = {text for one in catalogued(ROOT) for text in (*(one.id if one.pluralizable else (one.id,)), one.context)}
    marked = {text for path in sorted((ROOT / "settings_app").rglob("*.py")) for text in of_code(path)}
    assert len(marked) > 500
    assert sorted(marked - known - COUNTED_BY) == []


def sentences() -> list[tuple[str, str]]:
    """Every text that is marked for translation, with its file; placeholders and tags are no words."""
    found = [(path, text) for path in sorted((ROOT / "settings_app").rglob("*.py")) for text in of_code(path)]
    found += [(path, text) for path in sorted((ROOT / "templates").rglob("*.*")) for text in of_template(path)]
    bare = [(path, re.sub(r"%\(\w+\)[sd]|\{\{.*?\}\}|\{\w*\}|<[^>]*>", "", text)) for path, text in found]
    return [(str(path.relative_to(ROOT)), text) for path, text in bare]


def of_code(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    marked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKING]
    constants = [argument.value for call in marked for argument in call.args if isinstance(argument, ast.Constant)]
    return [text for text in constants if isinstance(text, str)]


def of_template(path: Path) -> list[str]:
    matches = MARKED.finditer(path.read_text())
    return [match["tag"] or match["block"] or match["argument"] or "" for match in matches]
