"""Changes one small thing in the code at a time and expects a red test: `python -m tests.mutations MODULE ...`.

A module is given by its path. Its tests are those of MEANT_FOR, or the file of tests/ that has its name. What no test
minds survives, and is named with its line: it is a test that is missing, or a change that makes no difference, which
`docs/mutations.md` then says. The work is done in a copy of the tree; nothing here is changed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guards import LEFT_OUT, ROOT

SECONDS, TIMES_AS_LONG = 180, 8  # as the tests took with nothing changed: what takes longer hangs
FAILED_BY_ITSELF = 99
# Libraries that are loaded beforehand keep their own asserts; nothing here is about those.
IGNORING = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
QUICKLY = ("-p", "no:cacheprovider", "--no-migrations")  # what the migrations make, made at once
MEANT_FOR = {
    "settings_app/safeguards/perform.py": ["tests/safeguards/test_audit.py", "tests/sections/test_username.py"],
    "settings_app/safeguards/encryption.py": [
        "tests/safeguards/test_waiting_secrets.py",
        "tests/safeguards/test_pending.py",
    ],
    "settings_app/safeguards/ways_in.py": [
        "tests/sections/test_undo_locks_out.py",
        "tests/sections/test_connections.py",
        "tests/sections/test_two_step_removal.py",
    ],
    "settings_app/safeguards/undo.py": ["tests/sections/test_undo.py", "tests/sections/test_undo_locks_out.py"],
    "settings_app/safeguards/one_time.py": [
        "tests/safeguards/test_connect_states.py",
        "tests/signin/test_callback.py",
        "tests/safeguards/test_waiting_secrets.py",
    ],
    "settings_app/session.py": ["tests/test_session.py", "tests/sections/test_sessions.py"],
    "settings_app/safeguards/limits.py": ["tests/safeguards/test_limits.py", "tests/sections/test_verify.py"],
    "settings_app/safeguards/own_codes.py": ["tests/sections/test_alert_address.py"],
    "settings_app/safeguards/strangers.py": ["tests/sections/test_email.py"],
    "settings_app/safeguards/app_confirmations.py": ["tests/api/test_confirmations.py"],
    "settings_app/safeguards/token_cutoffs.py": ["tests/api/test_tokens.py"],
    "settings_app/safeguards/idempotency.py": ["tests/api/test_repeats.py"],
    "settings_app/webhooks/message.py": ["tests/webhooks/test_webhooks.py"],
    "settings_app/webhooks/events.py": ["tests/webhooks/test_webhooks.py"],
    "settings_app/webhooks/views.py": ["tests/webhooks/test_webhooks.py"],
    "settings_app/signin/states.py": ["tests/signin/test_callback.py", "tests/signin/test_step_up.py"],
    "settings_app/signin/views.py": [
        "tests/signin/test_backchannel.py",
        "tests/signin/test_start.py",
        "tests/signin/test_callback.py",
        "tests/signin/test_sign_out.py",
    ],
    "settings_app/safeguards/sessions.py": ["tests/test_session.py", "tests/sections/test_sessions.py"],
    "settings_app/safeguards/confirmation.py": ["tests/sections/test_verify.py", "tests/test_verification.py"],
    "settings_app/signin/tokens.py": ["tests/signin/test_callback.py", "tests/signin/test_conformance.py"],
    "settings_app/signin/oidc.py": ["tests/signin/test_callback.py", "tests/signin/test_step_up.py"],
    "settings_app/signin/provider.py": ["tests/signin/test_provider.py", "tests/signin/test_conformance.py"],
    "settings_app/logto/breaker.py": ["tests/logto/test_transport.py"],
    "settings_app/logto/machine_token.py": ["tests/logto/test_token.py"],
    "settings_app/logto/response.py": ["tests/logto/test_transport.py", "tests/logto/test_errors.py"],
    "settings_app/logto/deadline.py": ["tests/logto/test_parallel.py", "tests/logto/test_transport.py"],
}
SWAPPED: dict[type[ast.AST], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.And: "or", ast.Or: "and",
}  # fmt: skip
WORDS: dict[type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.And: "and", ast.Or: "or",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the characters from `start` to `end` of the file become `instead`."""

    path: Path
    line: int
    start: int
    end: int
    instead: str
    was: str

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line} `{' '.join(self.was.split())[:70]}` -> `{self.instead}`"


class Finder(ast.NodeVisitor):
    """Every change of one file. Annotations, docstrings and what is written to the log are left alone."""

    def __init__(self, path: Path, source: str) -> None:
        self.path, self.source, self.found = path, source, list[Mutant]()
        self._lines = [0]
        for line in source.encode().splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._bytes = source.encode()
        self.visit(ast.parse(source))

    def at(self, node: ast.AST, *, end: bool = False) -> int:
        line, column = (node.end_lineno, node.end_col_offset) if end else (node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return int(self._lines[line - 1] + column)

    def change(self, line: int, start: int, end: int, instead: str) -> None:
        was = self._bytes[start:end].decode()
        self.found.append(Mutant(self.path, line, start, end, instead, was))

    def between(self, left: ast.AST, right: ast.AST, kind: ast.AST) -> None:
        """The operator that stands between two values."""
        start, end, word = self.at(left, end=True), self.at(right), WORDS.get(type(kind))
        text = self._bytes[start:end].decode()
        if word and word in text:
            begins = start + len(text[: text.index(word)].encode())
            self.change(left.end_lineno, begins, begins + len(word), SWAPPED[type(kind)])  # type: ignore[attr-defined]

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, kind, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            self.between(left, right, kind)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.between(node.values[0], node.values[1], node.op)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.between(node.left, node.right, node.op)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.change(node.lineno, self.at(node), self.at(node.operand), "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.change(node.lineno, self.at(node), self.at(node, end=True), str(not node.value))
        elif isinstance(node.value, (int, float)):
            self.change(node.lineno, self.at(node), self.at(node, end=True), repr(node.value + 1))

    def visit_If(self, node: ast.If) -> None:
        self.change(node.lineno, self.at(node.test), self.at(node.test, end=True), "False")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and not self._bytes[self.at(node) :].startswith((b"log.", b"super()")):
            self.change(node.lineno, self.at(node), self.at(node, end=True), "pass")
            self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if isinstance(node.value, (ast.Call, ast.Name, ast.Attribute)):
            self.change(node.lineno, self.at(node.value), self.at(node.value, end=True), "None")
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in [*node.args.defaults, *node.args.kw_defaults, *node.body]:
            if part is not None:
                self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)


def mutants_of(path: Path) -> list[Mutant]:
    return sorted(Finder(path, (ROOT / path).read_text(encoding="utf-8")).found, key=lambda one: (one.line, one.start))


def tests_of(path: Path) -> list[str]:
    if named := MEANT_FOR.get(path.as_posix()):
        return named
    names = (f"test_{path.stem}.py", f"test_{path.stem}s.py")
    return [str(one.relative_to(ROOT)) for name in names for one in sorted((ROOT / "tests").rglob(name))]


def survivors(path: Path, chosen: list[Mutant], copy: Path) -> Iterator[Mutant]:
    """Those of `chosen` with which the tests stay green."""
    target = copy / path
    whole = target.read_bytes()
    tests = tests_of(path)
    try:
        began = time.monotonic()
        if not are_green(tests, copy):
            print(f"{path}: its tests are red as it is: {tests}", flush=True)
            return
        seconds = max(SECONDS, TIMES_AS_LONG * (time.monotonic() - began))
        for mutant in chosen:
            target.write_bytes(whole[: mutant.start] + mutant.instead.encode() + whole[mutant.end :])
            if are_green(tests, copy, seconds):
                yield mutant
    finally:
        target.write_bytes(whole)


def are_green(tests: list[str], copy: Path, seconds: float = 10 * SECONDS) -> bool:
    """In a child that has the libraries loaded already, and of the site nothing yet."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(run(tests, copy))
        finally:
            os._exit(FAILED_BY_ITSELF)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False  # it hangs, which somebody would notice


def run(tests: list[str], copy: Path) -> int:
    import pytest

    os.chdir(copy)
    sys.path[:] = [str(copy), *(one for one in sys.path if Path(one or ".").resolve() != ROOT)]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "settings_app", "accountsite")]:
        del sys.modules[name]
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    sys.dont_write_bytecode = True
    return int(pytest.main(["-q", "-x", "--no-header", "--tb=no", "-n", "0", *QUICKLY, *IGNORING, *tests]))


def load_libraries() -> None:
    """What takes longest to import, once for all children."""
    for name in ("babel.dates", "django.db.models", "phonenumbers", "PIL", "pydantic"):
        __import__(name)
    for name in ("pytest", "responses", "django.test", "django.template", "joserfc.jwt"):
        __import__(name)


def main() -> int:
    parser = argparse.ArgumentParser(description="Changes one small thing at a time and expects a red test.")
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=0, help="of each module so many, always the same ones")
    options = parser.parse_args()
    load_libraries()
    alive = 0
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = Path(shutil.copytree(ROOT, Path(folder) / "tree", ignore=LEFT_OUT))
        for path in options.modules:
            found = mutants_of(path)
            chosen = found
            if options.most and len(found) > options.most:
                chosen = sorted(random.Random(1).sample(found, options.most), key=lambda one: one.start)  # noqa: S311
            left = 0
            for mutant in survivors(path, chosen, copy):
                left += 1
                print(f"alive {mutant.name}", flush=True)
            print(f"{path}: {len(chosen)} of {len(found)} tried, {left} alive", flush=True)
            alive += left
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
