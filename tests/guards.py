"""Takes each guard out of the code, one at a time, and expects a red test: `python -m tests.guards [name ...]`.

A guard is the statement, decorator or keyword argument below a comment `# guard: name`. docs/security.md names the test
that fails without it. The test has to miss the rule: code that no longer runs, because a name is gone, proves nothing.
The work is done in copies of the tree; nothing here is changed.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parent.parent
GUARDED = ("settings_app", "accountsite")
TABLE = ROOT / "docs" / "security.md"
MARK = re.compile(r"^\s*# guard: (?P<name>[a-z0-9-]+)\s*$")
ROW = re.compile(r"^\| *`(?P<name>[a-z0-9-]+)` *\|.*\|(?P<tests>[^|]*)\| *$")
TEST = re.compile(r"`(tests/[^`]+)`")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.sqlite3*", "staticfiles", ".*_cache", "bench")
TESTS_FAILED = 1
OPTIONS = ("-q", "-x", "--no-header", "--tb=short", "-p", "no:cacheprovider")
BROKEN = re.compile(
    r"^(?:E +|\S+:\d+: )?(?P<error>(?:Name|UnboundLocal|Syntax|Indentation|Import|ModuleNotFound)Error: .*)",
    re.MULTILINE,
)
FAILED = re.compile(r"^(?:FAILED|ERROR|SUBFAILED\[.*?\]) (\S+)", re.MULTILINE)
SECONDS = 300
SECONDS_FOR_ALL = 1800  # of the tests of every guard, with each in its place


@dataclass(frozen=True)
class Guard:
    """A marked statement: `line` is where it begins in `path`, counted from 1."""

    name: str
    path: Path
    line: int


@dataclass(frozen=True)
class Verdict:
    """What the tests said without the guard."""

    guard: Guard
    is_red: bool
    says: str


def guards() -> list[Guard]:
    """Every marked statement of the site."""
    return [guard for folder in GUARDED for path in sorted((ROOT / folder).rglob("*.py")) for guard in guards_in(path)]


def guards_in(path: Path) -> Iterator[Guard]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, text in enumerate(lines, start=1):
        if mark := MARK.match(text):
            below = number + 1
            while below < len(lines) and lines[below - 1].lstrip().startswith("#"):
                below += 1
            yield Guard(mark["name"], path.relative_to(ROOT), below)


def named_tests() -> dict[str, list[str]]:
    """The guard table of docs/security.md: for each name the tests that have to fail."""
    rows = (ROW.match(line) for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {row["name"]: TEST.findall(row["tests"]) for row in rows if row and TEST.search(row["tests"])}


def without(source: str, line: int) -> str:
    """`source` without the statement, decorator or keyword argument that begins at `line`; ValueError when none does.

    A guarding `if` that has another branch never takes its own; the body of a `with` runs without it.
    """
    lines = source.splitlines()
    nodes = list(ast.walk(ast.parse(source)))
    for node in nodes:
        for part in (*getattr(node, "decorator_list", []), *getattr(node, "keywords", [])):
            if part.lineno == line and lines[line - 1][: part.col_offset].strip() in ("", "@"):
                return joined(lines, line, part.end_lineno or line, "")
    starting = [node for node in nodes if isinstance(node, ast.stmt) and node.lineno == line]
    if not starting:
        raise ValueError(f"no statement begins at line {line}")
    node = starting[0]
    indent = " " * node.col_offset
    if isinstance(node, ast.If) and node.orelse:
        return joined(lines, line, node.test.end_lineno or line, f"{indent}if False:")
    if isinstance(node, ast.With):
        return joined(lines, line, node.body[0].lineno - 1, f"{indent}if True:")
    return joined(lines, line, node.end_lineno or line, f"{indent}pass")


def joined(lines: list[str], first: int, last: int, instead: str) -> str:
    return "\n".join([*lines[: first - 1], *([instead] if instead else []), *lines[last:]]) + "\n"


def judge(guard: Guard, tests: list[str], copy: Path) -> Verdict:
    """Runs `tests` in a copy of the tree that lacks the guard."""
    target = copy / guard.path
    whole = target.read_text(encoding="utf-8")
    try:
        target.write_text(without(whole, guard.line), encoding="utf-8")
        return verdict_on(guard, *run(tests, copy))
    except (ValueError, subprocess.TimeoutExpired) as error:
        return Verdict(guard, is_red=False, says=str(error))
    finally:
        target.write_text(whole, encoding="utf-8")


def verdict_on(guard: Guard, status: int, output: str) -> Verdict:
    """Red is a test that ran to a failure of its own; code that is merely broken without the guard proves nothing."""
    if broken := BROKEN.search(output):
        return Verdict(guard, is_red=False, says=broken["error"])
    failed = FAILED.findall(output)
    says = failed[0] if failed else f"pytest ended with {status}"
    return Verdict(guard, is_red=status == TESTS_FAILED and bool(failed), says=says)


def run(tests: list[str], copy: Path, *, seconds: int = SECONDS, parallel: int = 0) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603  # our own tests
        [sys.executable, "-m", "pytest", "-n", str(parallel), *OPTIONS, *tests],
        cwd=copy,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "FAIL_ON_SKIP": ""},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout


def judge_all(chosen: list[Guard], parallel: int) -> Iterator[Verdict]:
    """Each verdict in order. Every one of `parallel` copies of the tree is used by one run at a time."""
    known = named_tests()
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(parallel):
            copies.put(Path(shutil.copytree(ROOT, Path(folder) / str(number), ignore=LEFT_OUT)))
        compileall.compile_dir(folder, quiet=1)

        def judged(guard: Guard) -> Verdict:
            copy = copies.get()
            try:
                return judge(guard, known.get(guard.name, ["tests", "--ignore=tests/e2e"]), copy)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(parallel) as pool:
            yield from pool.map(judged, chosen)


def those_tests_are_green(chosen: list[Guard], parallel: int) -> bool:
    """A red test proves nothing when it is red anyway."""
    known = named_tests()
    tests = sorted({test for guard in chosen for test in known.get(guard.name, [])})
    status, output = run(tests, ROOT, seconds=SECONDS_FOR_ALL, parallel=parallel) if tests else (0, "")
    if status:
        print(output)
    return not status


def main() -> int:
    parser = argparse.ArgumentParser(description="Takes each guard out of the code and expects a red test.")
    parser.add_argument("names", nargs="*", help="only these guards")
    parser.add_argument("--list", action="store_true", help="only name them")
    parser.add_argument("--parallel", type=int, default=2, help="how many at the same time")
    options = parser.parse_args()
    chosen = [guard for guard in guards() if not options.names or guard.name in options.names]
    if options.list:
        for guard in chosen:
            print(f"{guard.name:40} {guard.path}:{guard.line}")
        return 0
    if not chosen:
        print("no such guard")
        return 2
    if not those_tests_are_green(chosen, options.parallel):
        print("These tests are red with every guard in its place.")
        return 2
    missing = 0
    for verdict in judge_all(chosen, options.parallel):
        missing += not verdict.is_red
        print(f"{'red' if verdict.is_red else 'UNPROVEN':9} {verdict.guard.name:40} {verdict.says}", flush=True)
    print(f"{len(chosen)} guards, {missing} that no test proves")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
