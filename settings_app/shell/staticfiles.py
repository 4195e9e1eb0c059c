"""Stylesheets and scripts, one file per component in the source, reach the browser as site.css and site.js."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PARTS = {"site.css": "css/*.css", "site.js": "js/*.js"}
FIRST = "tokens.css"  # declares the order of the layers, so the order of all other files does not matter
NOT_NEEDED = re.compile(r"/\*.*?\*/\n*|^ *//[^\n]*\n|^ +|^\n", re.DOTALL | re.MULTILINE)


class JoinedFinder(BaseFinder):
    """Offers site.css and site.js as files, to collectstatic and, while developing, to the browser."""

    def __init__(self, app_names: Sequence[str] | None = None) -> None:
        super().__init__()
        self.storage = FileSystemStorage(location=mkdtemp(prefix="joined-static-"))

    def find(self, path: str, find_all: bool = False) -> str | list[str]:  # type: ignore[override]  # as Django does
        if path not in PARTS:
            return []
        found = self._write(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in PARTS:
            if not matches_patterns(name, [*(ignore_patterns or [])]):
                self._write(name)
                yield name, self.storage

    def _write(self, name: str) -> str:
        target, text = Path(self.storage.path(name)), joined(name)
        # A file that is being served is left alone as long as it says the same.
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
        return str(target)


class JoinedManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # publishes no types
    """Hashes and compresses what was collected; the parts stay out, since only the joined files are referred to."""

    def post_process(self, paths: dict[str, object], dry_run: bool = False) -> Iterator[tuple[str, str | None, object]]:
        whole = {path: source for path, source in paths.items() if not path.startswith(("css/", "js/"))}
        yield from super().post_process(whole, dry_run=dry_run)


def joined(name: str) -> str:
    """The text of site.css or site.js: layers in order, then by name; without comments, indents and empty lines."""
    files = [file for folder in settings.STATICFILES_DIRS for file in Path(folder).glob(PARTS[name])]
    files.sort(key=lambda file: (file.name != FIRST, file.name))
    return NOT_NEEDED.sub("", "\n".join(file.read_text(encoding="utf-8") for file in files))
