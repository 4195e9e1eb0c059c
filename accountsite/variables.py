"""Reads environment variables, each in its form, and says in one sentence what is wrong with a value or a name."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import environ

from settings_app.sites_file import files_of

LINE = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=")
REFERENCE = re.compile(r"\benv:([A-Za-z_][A-Za-z0-9_]*)")
# Read by the server and by the commands of development, not by the settings.
READ_ELSEWHERE = (
    "DJANGO_SETTINGS_MODULE",
    "WEB_CONCURRENCY",
    "DRAIN_SECONDS",
    "GUNICORN_CMD_ARGS",
    "PORT",
    "DEMO_PORT",
    "SANDBOX_PORT",
)
# Read by libpq and by gettext, and near enough to PORT and LANGUAGES to be taken for them.
OF_OTHERS = re.compile(r"PG[A-Z]+|LANGUAGE")
WORDS = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
ALIKE = 0.8  # of 1; SECRET_KEYS is told, MAIL is not taken for MAIL_FROM


class Variables:
    """The variables of this process and of ENV_FILE; what is set in the environment itself wins over the file.

    `problems` grows as values are read; nothing is raised, so that all of them can be told at once.
    """

    def __init__(self, file: Path) -> None:
        self.problems: list[str] = []
        self._known: set[str] = {"ENV_FILE", *READ_ELSEWHERE}
        self._in_file: set[str] = set()
        self._pointed_at: set[str] = set()
        named = os.environ.get("ENV_FILE", "")
        self.path = Path(named) if named else file
        if named and not self.path.exists():
            self.problems.append(f"ENV_FILE names {named}, which does not exist.")
        elif self.path.exists():
            self._read_file(self.path)

    def read_file_again(self) -> None:
        """What the file set is set as it says by now; what the environment itself had set still wins."""
        if not self.path.is_file():
            return
        for name in self._in_file:
            os.environ.pop(name, None)
        self._read_file(self.path)

    def paths(self) -> set[str]:
        """The files that say what the values are: ENV_FILE, and those that `file:/path` points to in it."""
        return {str(self.path), *self._pointed_at}

    def keys_again(self) -> tuple[str, list[str]]:
        """SECRET_KEY and SECRET_KEY_FALLBACKS as they are on disk by now; empty where they cannot be read."""
        self.read_file_again()
        return self.secret("SECRET_KEY"), self.secrets("SECRET_KEY_FALLBACKS")

    def text(self, name: str, default: str = "") -> str:
        self._known.add(name)
        return os.environ.get(name, "").strip() or default

    def secret(self, name: str, default: str = "") -> str:
        """A value that may stand in a file of its own: `file:/path`."""
        return self._pointed_to(name, self.text(name, default))

    def _pointed_to(self, name: str, value: str) -> str:
        if not value.startswith("file:"):
            return value
        self._pointed_at.add(value[5:])
        try:
            found = Path(value[5:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found:
            self.problems.append(f"{name} points to {value}, where nothing can be read.")
        return found

    def secrets(self, name: str) -> list[str]:
        """Secrets separated by commas, each of which may stand in a file of its own."""
        return [found for entry in self.listed(name) if (found := self._pointed_to(name, entry))]

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        if re.fullmatch(r"-?[0-9]{1,9}", value):
            return int(value)
        if value:
            self.problems.append(f"{name} must be a whole number, not {value}.")
        return default

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name)
        if value and value.lower() not in WORDS:
            self.problems.append(f"{name} must be true or false, not {value}.")
        return WORDS.get(value.lower(), default)

    def one_of(self, name: str, words: tuple[str, ...], default: str) -> str:
        value = self.text(name, default).upper()
        if value not in words:
            self.problems.append(f"{name} must be one of {', '.join(words)}, not {value}.")
        return value if value in words else default

    def listed(self, name: str) -> list[str]:
        return [entry.strip() for entry in self.text(name).split(",") if entry.strip()]

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of a database, from its address."""
        try:
            found: dict[str, Any] = environ.Env.db_url_config(self.secret(name) or default)
            if found["ENGINE"].rpartition(".")[2] not in ("sqlite3", "postgresql"):
                raise ValueError(found["ENGINE"])  # noqa: TRY301  # told like any other
        except Exception:  # the address holds a password, and so would what is raised
            form = "sqlite:////path/to/file or postgres://user:password@host:5432/name"
            self.problems.append(f"{name} must be an address such as {form}.")
            found = environ.Env.db_url_config(default)
        return found

    def mail_server(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of a mail server, from its address."""
        try:
            found: dict[str, Any] = environ.Env.email_url_config(self.secret(name) or default)
        except Exception:  # the address holds a password, and so would what is raised
            self.problems.append(f"{name} must be an address such as smtp+tls://user:password@mail.example.com:587.")
            found = environ.Env.email_url_config(default)
        return found

    def mistyped(self, sites_file: str) -> Iterator[str]:
        """Names that nothing reads: every one in ENV_FILE, and in the environment those that look like one of ours.

        A file of sites may refer to variables of its own, by `env:NAME`.
        """
        referred_to = references_in(sites_file)
        for name in sorted(self._in_file - self._known - referred_to):
            yield f"ENV_FILE sets {name}, which is not a setting{suggestion(name, self._known)}."
        for name in sorted(os.environ.keys() - self._in_file - self._known - referred_to):
            if not OF_OTHERS.fullmatch(name) and (meant := suggestion(name, self._known)):
                yield f"The environment sets {name}, which is not a setting{meant}."

    def _read_file(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")  # once: it may be a pipe
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"ENV_FILE {path} cannot be read: {type(error).__name__}.")
            return
        lines = []
        for number, line in enumerate(text.splitlines(), start=1):
            if "\0" in line:
                self.problems.append(f"Line {number} of {path} holds a null character, which no setting can have.")
                continue
            lines.append(line)
            if found := LINE.match(line):
                self._in_file.add(found["name"])
            elif line.strip() and not line.lstrip().startswith("#"):
                self.problems.append(f"Line {number} of {path} is not NAME=value.")
        self._in_file -= os.environ.keys()
        environ.Env.read_env(StringIO("\n".join(lines)))


def references_in(sites_file: str) -> set[str]:
    try:
        files = files_of(Path(sites_file)) if sites_file else []
        return {found for file in files for found in REFERENCE.findall(file.read_text(encoding="utf-8"))}
    except (OSError, UnicodeDecodeError):
        return set()  # told when the sites are read


def suggestion(name: str, known: Collection[str]) -> str:
    alike = difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)
    return f"; did you mean {alike[0]}?" if alike else ""


def with_limits(options: Mapping[str, Any], limits: Mapping[str, Any]) -> dict[str, Any]:
    """What the address of the database says itself wins."""
    return {**limits, **options}
