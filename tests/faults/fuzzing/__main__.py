"""Coverage-guided fuzzing of our own parsers: `python -m tests.faults.fuzzing --seconds 20 --into .faults [TARGET]`.

Atheris (libFuzzer for Python) changes bytes wherever a change reaches code that was not reached before. Each target is
a process of its own, two of them at a time. What was found stays in .fuzzing/, from where the next run goes on. An
input that fails is written there, and is played again by `--play FILE TARGET`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.guards import ROOT

NAMES = (
    *("webhook_body", "webhook_event", "logout_token", "logout_claims", "id_token_claims", "way_back"),
    *("accept_language", "user_agent", "internet_address", "headers", "email", "phone", "day_of_birth", "web_address"),
    *("number", "words", "picture", "sites_file", "environment_file", "stored_json", "api_body", "api_header", "query"),
)
KEPT = ROOT / ".fuzzing"
TOGETHER = 2
STARTING = 600  # seconds at most for a process to load the site with every branch counted, on a busy machine
LIMITS = ("-max_len=3000", "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1")


@dataclass(frozen=True)
class Outcome:
    name: str
    tried: int
    reached: int
    failed: str


def main() -> int:
    options = asked()
    if not importlib.util.find_spec("atheris"):
        print("Atheris is not here (it is made for Linux on x86_64 and Python up to 3.13): nothing is fuzzed.")
        return 0
    if options.within or options.play:
        within(options.targets[0], options.seconds, options.play)
        return 0
    with ThreadPoolExecutor(TOGETHER) as pool:
        outcomes = list(pool.map(lambda name: fuzzed(name, options.seconds), options.targets or NAMES))
    if options.into:
        lines = "".join(json.dumps(case(one)) + "\n" for one in outcomes)
        (options.into / "fuzzing.jsonl").write_text(lines, encoding="utf-8")
    for one in outcomes:
        print(
            f"{one.name}: {one.tried} inputs, {one.reached} branches{', FAILED: ' + one.failed if one.failed else ''}"
        )
    return 1 if any(one.failed for one in outcomes) else 0


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzzes our own parsers.")
    parser.add_argument("targets", nargs="*", choices=[[], *NAMES])
    parser.add_argument("--seconds", type=int, default=20, help="for each target")
    parser.add_argument("--into", type=Path, help="the folder of results")
    parser.add_argument("--play", type=Path, help="one input alone")
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def case(outcome: Outcome) -> dict[str, str]:
    seen = f"{outcome.tried:,} inputs, {outcome.reached:,} branches reached"
    return {
        "part": "fuzzing",
        "about": outcome.name,
        "call": "",
        "wrong": "any bytes",
        "seen": seen,
        "missed": outcome.failed,
    }


def fuzzed(name: str, seconds: int) -> Outcome:
    command = [sys.executable, "-m", "tests.faults.fuzzing", name, "--within", "--seconds", str(seconds)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "ENV_FILE": os.devnull}
    try:
        ran = subprocess.run(  # noqa: S603  # our own module
            command, cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace", check=False,
            timeout=2 * seconds + STARTING,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome(name, 0, 0, "did not end")
    told = ran.stdout + ran.stderr
    tried = re.findall(r"number_of_executed_units: (\d+)", told)
    reached = re.findall(r"\bcov: (\d+)", told)
    failed = "" if ran.returncode == 0 and tried else failure_in(told)
    return Outcome(name, int(tried[-1]) if tried else 0, int(reached[-1]) if reached else 0, failed)


def failure_in(told: str) -> str:
    """The last lines of the traceback, and where the input is."""
    raised = [line for line in told.splitlines() if re.match(r"[A-Za-z_.]*(Error|Exception|Interrupt)\b", line)]
    written = re.findall(r"Test unit written to (\S+)", told)
    return " ".join([*raised[:1], *written[-1:]]) or told[-300:].replace("\n", " ")


def within(name: str, seconds: int, play: Path | None) -> None:
    """One target, in this process."""
    import atheris

    with atheris.instrument_imports(include=["settings_app", "accountsite.variables"]):
        import django

        django.setup()
        from django.utils import translation

        from tests.faults.fuzzing import targets
    logging.disable(logging.CRITICAL)
    translation.activate("en")
    target = targets.TARGETS[name]
    take = target.begin()
    corpus = KEPT / name
    corpus.mkdir(parents=True, exist_ok=True)
    for file, seed in seeds(corpus, target.seeds):
        file.write_bytes(seed)
    where = [str(play)] if play else [f"-max_total_time={seconds}", f"-artifact_prefix={KEPT}/{name}-", str(corpus)]
    atheris.Setup([name, *LIMITS, *where], take)
    atheris.Fuzz()


def seeds(corpus: Path, known: tuple[bytes, ...]) -> Iterator[tuple[Path, bytes]]:
    yield from ((corpus / f"seed-{number}", seed) for number, seed in enumerate(known))


if __name__ == "__main__":
    sys.exit(main())
