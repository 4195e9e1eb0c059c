"""The catalogues of sentences in `locale/`: brought up to date with the code, checked, and compiled to be read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

from settings_app.languages import ENGLISH, NAMES, catalogue

# Names of functions, and which of their arguments are a context ("c"), a sentence, and its plural.
KEYWORDS: dict[str, Any] = {
    name: arguments
    for plain, arguments in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for name in (plain, f"{plain}_lazy")
} | {"_": None, "gettext_noop": None}
NOTE = ["Translators:"]  # what stands behind it in a comment is told to them
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TRANSLATED = [code for code in NAMES if code != ENGLISH]


class Command(BaseCommand):
    help = "update: bring locale/*.po up to date with the code. check: name what is missing. compile: write *.mo."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=("update", "check", "compile"))
        parser.add_argument("--site", metavar="FOLDER", help="another folder of catalogues, such as a site's own")

    def handle(self, *args: Any, task: str, site: str | None, **options: Any) -> None:
        folder = Path(site) if site else settings.LOCALE_PATHS[0]
        if task == "update":
            update(folder, sentences(settings.BASE_DIR))
        elif task == "compile":
            compile_all(folder)
        elif faults := list(faults_of(folder, sentences(settings.BASE_DIR))):
            raise CommandError("\n".join(faults))


def sentences(root: Path) -> Catalog:
    """Every sentence of the code and the templates, with the files it stands in."""
    found = Catalog()
    for path in sorted((root / "settings_app").rglob("*.py")):
        collect(found, str(path.relative_to(root)), path.read_bytes())
    for path in sorted(path for path in (root / "templates").rglob("*.*") if path.is_file()):
        # Django turns a template into the calls in it; what stands around them is of no interest.
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        collect(found, str(path.relative_to(root)), "\n".join(map(str.strip, calls.splitlines())).encode())
    return found


def collect(found: Catalog, place: str, source: bytes) -> None:
    for _line, message, comments, context in extract("python", io.BytesIO(source), KEYWORDS, NOTE):
        if message and message != ("",):
            found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)


def update(folder: Path, template: Catalog) -> None:
    """Adds what is new to each catalogue, without words, and drops what is gone."""
    for code in TRANSLATED:
        path = catalogue(folder, code, "po")
        held = read(path, code)
        held.update(template, no_fuzzy_matching=True, update_creation_date=False)
        held.obsolete.clear()
        # Of the header, what gettext reads; who changed it, and when, is for the history of the file to tell.
        held.header_comment = f"# {NAMES[code]}: the sentences of the site. Terms and tone are in terms.md."
        held.version = held.msgid_bugs_address = held.last_translator = held.language_team = ""
        for message in held:
            message.locations = [(place, 0) for place in dict.fromkeys(place for place, _line in message.locations)]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, held, width=120, include_lineno=False, omit_header=False, sort_by_file=False)


def read(path: Path, code: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=locale_of(code))
    return Catalog(locale=locale_of(code), project="accountsite", fuzzy=False)


def locale_of(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def compile_all(folder: Path) -> None:
    for code in TRANSLATED:
        path = catalogue(folder, code, "po")
        if path.exists():
            with catalogue(folder, code, "mo").open("wb") as file:
                write_mo(file, read(path, code))


def faults_of(folder: Path, template: Catalog) -> Iterator[str]:
    """One line for each sentence that a language lacks, has half, or would break a page with."""
    for code in TRANSLATED:
        held = read(catalogue(folder, code, "po"), code)
        for wanted in template:
            if wanted.id:
                yield from (f"{code}: {fault}: {said(wanted)}" for fault in faults_in(held, wanted))
        for message in held:
            if message.id and template.get(message.id, message.context) is None:
                yield f"{code}: no longer said: {said(message)}"


def faults_in(held: Catalog, wanted: Message) -> Iterator[str]:
    message = held.get(wanted.id, wanted.context)
    texts = message.string if message and isinstance(message.string, (list, tuple)) else [message and message.string]
    if message is None or not all(texts):
        yield "missing"
    elif message.fuzzy:
        yield "not certain"
    else:
        message.flags |= wanted.flags  # whether there are placeholders is for the code to say
        yield from (f"{error}" for error in message.check(held))
        english = [wanted.id] if isinstance(wanted.id, str) else list(wanted.id)
        known = named(" ".join(english))
        yield from (f"has {name}" for text in texts for name in sorted(named(str(text)) - known))
        if isinstance(wanted.id, str):
            yield from (f"lacks {name}" for text in texts for name in sorted(known - named(str(text))))
            yield from ("ends unlike the English" for text in texts if ends(wanted.id) != ends(str(text)))


def named(text: str) -> set[str]:
    """The placeholders in it."""
    return set(PLACEHOLDER.findall(text))


def ends(text: str) -> bool:
    """Whether a space stands at its end, where something is put behind it."""
    return text != text.rstrip()


def said(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])[:80]
