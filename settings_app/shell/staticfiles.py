"""The stylesheets and scripts, one file per component in the source, reach the browser joined as site.css and site.js."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PARTS = {"site.css": "css/*.css", "site.js": "js/*.js"}
FIRST = "tokens.css"  # declares the order of the layers, so the order of all other files does not matter
COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)


class JoinedFinder(BaseFinder):
    """Offers site.css and site.js as files, to collectstatic and, while developing, to the browser."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.storage = FileSystemStorage(location=mkdtemp(prefix="joined-static-"))

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in PARTS:
            return []
        found = str(self._write(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in PARTS:
            if not matches_patterns(name, list(ignore_patterns or [])):
                self._write(name)
                yield name, self.storage

    def _write(self, name: str) -> Path:
        target = Path(self.storage.location) / name
        text = join(name)
        # A file that is being served is left alone as long as it says the same.
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
        return target


class JoinedManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashes and compresses what was collected; the parts stay out, since only the joined files are referred to."""

    def post_process(self, paths: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        whole = {path: source for path, source in paths.items() if not path.startswith(("css/", "js/"))}
        yield from super().post_process(whole, *args, **kwargs)


def join(name: str) -> str:
    """The text of site.css or site.js: its parts by name, the file with the layer order first, block comments left out."""
    files = [file for folder in settings.STATICFILES_DIRS for file in Path(folder).glob(PARTS[name])]
    files.sort(key=lambda file: (file.name != FIRST, file.name))
    return COMMENT.sub("", "\n".join(file.read_text(encoding="utf-8") for file in files))
