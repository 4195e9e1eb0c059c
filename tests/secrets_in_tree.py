"""Looks for secrets in every file of the tree: `python -m tests.secrets_in_tree`, a part of `make check`.

By the shapes that issuers give them, so that each can be told from what is merely random: hashes of lock files and
pictures, and the invented secrets of the sandbox, which say of themselves that they are.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.guards import ROOT

# What it is, a piece that stands in each of them, and the whole of it.
SHAPES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("a private key", ("PRIVATE KEY-",), r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{64,}"),
    ("a key of AWS", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a token of GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    ("a token of GitHub", ("github_pat_",), r"\bgithub_pat_[A-Za-z0-9_]{60,}"),
    ("a token of GitLab", ("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a token of Slack", ("xox",), r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    ("a key of Stripe", ("k_live_",), r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("a key of Google", ("AIza",), r"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("a token of npm", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}"),
    ("a token of PyPI", ("pypi-AgE",), r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a key of SendGrid", ("SG.",), r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("a signed token", (".eyJ",), r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}"),
    ("an access token of Logto", ("pat_",), r"\bpat_[A-Za-z0-9]{32,}"),
    (
        "a password in an address",
        ("://",),
        r"://[^\s:/@\"'{}<>]+:(?!password|PASSWORD|hidden|secret)[^\s:/@\"'{}<>$]{8,}@",
    ),
    (
        "a secret that is set",
        ("SECRET=", "PASSWORD=", "TOKEN=", "SECRET_KEY="),
        r"\b[A-Z0-9_]*(?:SECRET|PASSWORD|TOKEN|SECRET_KEY)=[A-Za-z0-9+/_=-]{20,}\s*$",
    ),
)
COMPILED = tuple((what, pieces, re.compile(shape, re.MULTILINE)) for what, pieces, shape in SHAPES)
LARGEST_BYTES = 2_000_000
# A line that says so is about secrets and holds none.
SAYS_IT_IS_NONE = re.compile(r"invented|password-of|YOUR_")


def files() -> list[Path]:
    listed = subprocess.run(  # read only
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def found_in(text: str) -> Iterator[tuple[int, str]]:
    """The line of each, and what it looks like."""
    for what, pieces, shape in COMPILED:
        if not any(piece in text for piece in pieces):
            continue
        for match in shape.finditer(text):
            begins, ends = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
            if not SAYS_IT_IS_NONE.search(text[begins : ends if ends >= 0 else None]):
                yield text.count("\n", 0, match.start()) + 1, what


def main() -> int:
    if not (ROOT / ".git").exists():
        print("This is no checkout of git, so nobody knows which files belong to it: not looked for secrets.")
        return 0
    told = []
    for path in files():
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            continue
        content = path.read_bytes()
        if b"\0" in content[:1024]:
            continue
        for line, what in found_in(content.decode("utf-8", "replace")):
            told.append(f"{path.relative_to(ROOT)}:{line}: looks like {what}")
    print("\n".join(told), end="\n" if told else "")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
