"""The operator's file of values: made with mode 600, never overwritten."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

SET = re.compile(r"^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=[ \t]*(.*?)\s*$", re.MULTILINE)
BESIDE = ".logto"


def write(path: Path, values: dict[str, str]) -> tuple[Path | None, list[str]]:
    """The file that was written, None where all stood there already; and the names that the file sets otherwise.

    A file that is there is left as it is: what it lacks goes into one beside it.
    """
    if not path.exists():
        key = {"SECRET_KEY": secrets.token_urlsafe(50)}
        return _made(path, {**key, **values}), []
    stands = {name: value.strip("\"'") for name, value in SET.findall(path.read_text(encoding="utf-8"))}
    lacking = {name: value for name, value in values.items() if stands.get(name) != value}
    if not lacking:
        return None, []
    return _made(path.with_name(path.name + BESIDE), lacking), [name for name in lacking if stands.get(name)]


def _made(path: Path, values: dict[str, str]) -> Path:
    """Whole or not at all, and readable by its owner alone from its first byte."""
    text = "".join(f"{name}={value}\n" for name, value in values.items())
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    # guard: values-of-the-setup-are-the-owners-alone
    partial.touch(mode=0o600, exist_ok=False)
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return path
