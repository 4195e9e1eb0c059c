"""The guards in the code and the guard table of docs/security.md are the same; taking one out really takes it out."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.guards import ROOT, TABLE, TEST, Guard, guards, named_tests, verdict_on, without

SOURCE = """\
def view(request):
    # guard: first
    if not request:
        raise ValueError
    # guard: second
    rows = [
        1,
    ]
    with limit:
        write(rows)


@public
@verified
def other():
    if a:
        return 1
    elif b:
        return 2
    return search(
        text,
        # guard: third
        timeout=1,
    )
"""


def test_every_guard_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(guard.name for guard in guards()).items() if times > 1] == []


def test_every_guard_stands_in_the_table_and_the_table_holds_no_other() -> None:
    assert {guard.name for guard in guards()} == set(named_tests())


def test_every_guard_marks_something_that_can_be_taken_out() -> None:
    for guard in guards():
        source = (ROOT / guard.path).read_text(encoding="utf-8")
        compile(without(source, guard.line), str(guard.path), "exec")


def test_no_guard_takes_a_name_with_it_that_the_rest_needs(tmp_path: Path) -> None:
    """Its test would then be red because the code is broken, whatever the rule."""
    for guard in guards():
        source = (ROOT / guard.path).read_text(encoding="utf-8")
        (tmp_path / f"{guard.name}.py").write_text(without(source, guard.line), encoding="utf-8")
    undefined = ["--select", "F821,F822,F823", "--output-format", "concise"]
    found = subprocess.run(  # noqa: S603  # our own linter
        [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", *undefined, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


def test_the_tests_that_the_page_names_exist() -> None:
    named = set(TEST.findall(TABLE.read_text(encoding="utf-8")))
    missing = {test for test in named if "::" in test and not exists(test)}
    assert missing == set()


def exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return (ROOT / path).exists() and f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "gone", "instead"),
    [
        (3, "    if not request:\n        raise ValueError\n", "    pass\n"),
        (6, "    rows = [\n        1,\n    ]\n", "    pass\n"),
        (9, "    with limit:\n", "    if True:\n"),
        (14, "@verified\n", ""),
        (16, "    if a:\n", "    if False:\n"),
        (23, "        timeout=1,\n", ""),
    ],
)
def test_a_statement_a_decorator_a_branch_or_an_argument_is_taken_out(line: int, gone: str, instead: str) -> None:
    assert without(SOURCE, line) == SOURCE.replace(gone, instead, 1)


def test_a_mark_above_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="line 2"):
        without(SOURCE, 2)


@pytest.mark.parametrize(
    ("output", "is_red", "says"),
    [
        (
            "E   assert 200 == 302\nFAILED tests/test_a.py::test_it - assert 200 == 302\n",
            True,
            "tests/test_a.py::test_it",
        ),
        ("SUBFAILED[no copy] tests/test_a.py::test_it - assert 1\n", True, "tests/test_a.py::test_it"),
        (
            "E   NameError: name 'rows' is not defined\nFAILED tests/test_a.py::test_it\n",
            False,
            "NameError: name 'rows'",
        ),
        ("E   ImportError: cannot import name 'a'\nERROR tests/test_a.py\n", False, "ImportError: cannot import"),
        ("", False, "pytest ended with 1"),
    ],
)
def test_a_test_is_red_by_the_rule_and_not_because_the_code_is_broken(output: str, is_red: bool, says: str) -> None:
    verdict = verdict_on(Guard("first", Path("a.py"), 3), 1, output)
    assert (verdict.is_red, verdict.says.startswith(says)) == (is_red, True)
