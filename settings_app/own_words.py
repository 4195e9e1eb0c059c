"""Sentences of a site's own, in place of those of `locale/`: a folder of catalogues that the site names.

Django keeps one catalogue for each language; each asks here first, by the site that the work at hand belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import trans_real

from settings_app import tracing
from settings_app.languages import NAMES, catalogue
from settings_app.sites import Site

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MARKUP = re.compile(r"<[^<>]*>|[<>\"]")
COUNTED = 1000  # of what is counted on a page
CONTEXT = "\x04"  # between a context and its sentence, as gettext writes it


@dataclass
class OwnWords:
    """One language of one site: sentences by their English, and for those with a number one for each form."""

    sentences: dict[str, str] = field(default_factory=dict)
    plurals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    form_of: Callable[[int], int] = int


Folder = dict[str, OwnWords]  # by the code of the language
NONE: Folder = {}


class SiteTranslation(trans_real.DjangoTranslation):
    def gettext(self, message: str) -> str:
        own = words_here().get(self.to_language())
        found = own.sentences.get(message) if own else None
        return super().gettext(message) if found is None else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        own = words_here().get(self.to_language())
        forms = own.plurals.get(msgid1) if own else None
        return super().ngettext(msgid1, msgid2, n) if own is None or forms is None else forms[own.form_of(n)]


def begin() -> None:
    """From now on Django asks here first, where a site has words of its own. Nowhere else it costs a page anything."""
    if any(site.words_folder for site in settings.SITES) and trans_real.DjangoTranslation is not SiteTranslation:
        vars(trans_real)["DjangoTranslation"] = SiteTranslation
        vars(trans_real)["_translations"].clear()


_read: tuple[tuple[Site, ...], dict[str, Folder]] = ((), {})


def words_here() -> Folder:
    """What the site of the work at hand says in words of its own. It is read once, until there are other sites."""
    global _read
    sites: tuple[Site, ...] = settings.SITES
    if _read[0] is not sites:
        _read = (sites, {site.host: read(site.words_folder)[0] for site in sites if site.words_folder})
    return _read[1].get(tracing.site(), NONE) if _read[1] else NONE


def speaker() -> str:
    """For what is kept by its words: the host where the site has words of its own, else empty."""
    return tracing.site() if words_here() else ""


def files(site: Site) -> list[Path]:
    """Every catalogue of its own that there is."""
    if not site.words_folder:
        return []
    paths = [catalogue(Path(site.words_folder), code, kind) for code in NAMES for kind in ("po", "mo")]
    return [path for path in paths if path.exists()]


def problems(site: Site) -> list[str]:
    """One sentence for each file that cannot be read, and for each sentence that is left out."""
    return read(site.words_folder)[1] if site.words_folder else []


def read(folder: str) -> tuple[Folder, list[str]]:
    """Whatever is wrong is left out and told; the rest stands."""
    found: Folder = {}
    told: list[str] = []
    if not Path(folder).is_dir():
        return found, [f"{folder} is no folder that can be read."]
    for code in NAMES:
        file = next((path for kind in ("po", "mo") if (path := catalogue(Path(folder), code, kind)).exists()), None)
        if file is None:
            continue
        try:
            found[code] = read_file(file, code, told)
        except Exception as error:  # a file of anybody's: whatever a reader makes of it
            told.append(f"{file} cannot be read: {type(error).__name__}: {error}.")
    if not found and not told:
        told.append(f"{folder} holds no catalogue such as {catalogue(Path(folder), 'de', 'po')}.")
    return found, told


def english_of(folder: Path) -> frozenset[str]:
    """Every sentence of the code, as the first catalogue there names them."""
    code, file = next((code, path) for code in NAMES if (path := catalogue(folder, code, "po")).exists())
    return frozenset(name_of(message) for message in messages_of(file, code) if message.id)


def read_file(file: Path, code: str, told: list[str]) -> OwnWords:
    held = messages_of(file, code)
    own = OwnWords(form_of=c2py(held.plural_expr))
    if not all(0 <= own.form_of(number) < held.num_plurals for number in range(COUNTED)):
        raise ValueError("its forms of numbers are not those that it says it has")
    for message in held:
        texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if not message.id or message.fuzzy or not any(texts):
            continue
        if fault := next(faults_of(message.id, tuple(texts), held.num_plurals), ""):
            told.append(f"{file}: {fault}: {said(message.id)}")
            continue
        name = name_of(message)
        if isinstance(message.id, str):
            own.sentences[name] = str(texts[0])
        else:
            own.plurals[name] = tuple(map(str, texts))
    return own


def name_of(message: Any) -> str:
    english: str = message.id if isinstance(message.id, str) else message.id[0]
    context = message.context.decode() if isinstance(message.context, bytes) else message.context
    return f"{context}{CONTEXT}{english}" if context else english


def messages_of(file: Path, code: str) -> Any:
    """Read only where a site has words of its own: Babel's readers take their time to load."""
    from babel import Locale
    from babel.messages.mofile import read_mo
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        if file.suffix == ".mo":
            return read_mo(opened)
        return read_po(opened, locale=Locale.parse(code, sep="-"), abort_invalid=True)


def faults_of(english: str | tuple[str, ...], texts: tuple[str, ...], forms: int) -> Iterator[str]:
    """Why a sentence would break a page, or say something else than it does in English."""
    is_one = isinstance(english, str)
    originals = (english,) if isinstance(english, str) else english
    known = placeholders(" ".join(originals))
    if not all(texts) or (not is_one and len(texts) != forms):
        yield "has not every form of its number"
        return
    for text in texts:
        has = placeholders(text)
        # guard: own-words-keep-their-placeholders
        yield from (f"has {name}" for name in sorted(has - known))
        if is_one:
            yield from (f"lacks {name}" for name in sorted(known - has))
        if known and breaks(text, known):
            yield "has a % or a brace that stands for nothing"
        # Templates write a sentence into a page as it is.
        # guard: own-words-hold-no-markup
        if sorted(MARKUP.findall(text)) not in [sorted(MARKUP.findall(one)) for one in originals]:
            yield "has markup that the English has not"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def breaks(text: str, known: set[str]) -> bool:
    values: dict[str, Any] = {re.sub(r"\W", "", name.removesuffix("s").removesuffix("d")): 1 for name in known}
    try:
        if any(name.startswith("%") for name in known):
            text % values
        if any(name.startswith("{") for name in known):
            text.format(**values)
    except (ValueError, KeyError, TypeError, IndexError):
        return True
    return False


def said(english: str | tuple[str, ...]) -> str:
    return (english if isinstance(english, str) else english[0])[:80]
