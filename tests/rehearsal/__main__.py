"""Rehearses production on this machine: two sites on two tenants behind a real proxy, under load, restarted and killed.

    TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/postgres .venv/bin/python -m tests.rehearsal [words of steps]

It makes a database of its own and drops it. nginx has to be installed, and for `--proxy caddy` Caddy. `--journeys`
drives the journeys of tests/e2e instead, on both sites, in two processes or with `--sites 1` in one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.rehearsal import proxies

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "wanted", nargs="*", help="words; steps and files of journeys whose name holds none of them are left out"
    )
    parser.add_argument("--proxy", choices=("nginx", "caddy"), default="nginx")
    parser.add_argument("--sites", type=int, choices=(1, 2), default=2, help="how many servers of the site")
    parser.add_argument("--workers", type=int, default=2, help="processes of each server")
    parser.add_argument("--load", action="store_true", help="500 people for minutes (LOAD_SECONDS), instead of steps")
    parser.add_argument("--abuse", action="store_true", help="what somebody sends who means harm, instead of steps")
    parser.add_argument(
        "--journeys", action="store_true", help="the journeys of tests/e2e on each site, instead of steps"
    )
    options = parser.parse_args()
    if proxies.command(options.proxy) is None:
        return told(f"There is no {options.proxy} here: apt install {options.proxy}")
    if not os.environ.get("TEST_POSTGRES_URL"):
        return told("TEST_POSTGRES_URL names no PostgreSQL whose superuser may make a database.")
    server = os.environ["TEST_POSTGRES_URL"].rpartition("/")[0]
    os.environ["TEST_DATABASE_URL"] = f"{server}/rehearsal_{os.getpid()}"
    return walked(options) if options.journeys else stepped(options)


def stepped(options: argparse.Namespace) -> int:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.conf import settings

    from tests.rehearsal import abuse, load, steps
    from tests.rehearsal.deployment import deployed
    from tests.rehearsal.journeys import as_read, database_address
    from tests.screenshots import database

    failed = 0
    with tempfile.TemporaryDirectory() as folder, database():
        settings.SESSION_COOKIE_NAME = "__Host-accountsite"
        how = {"proxy": options.proxy, "sites": options.sites, "workers": options.workers}
        with deployed(Path(folder), database_address(), **how) as deployment:
            print(
                f"behind {options.proxy}: {options.sites} servers of {options.workers} processes, two sites, PostgreSQL"
            )
            others = (load.STEPS if options.load else ()) + (abuse.STEPS if options.abuse else ())
            for step in others or steps.STEPS:
                if options.wanted and not any(word in step.__name__ for word in options.wanted):
                    continue
                began = time.monotonic()
                try:
                    said = step(deployment, as_read(deployment, deployment.customers[0]))
                except (AssertionError, TimeoutError) as error:
                    failed += 1
                    said = f"FAILED: {error}"
                print(f"  {step.__name__.replace('_', ' ')} ({time.monotonic() - began:.0f} s)\n    {said}", flush=True)
            if failed:
                for process in (*deployment.sites, deployment.notices):
                    print(f"--- {process.name}\n{process.told()[-4000:]}")
    return 1 if failed else 0


def walked(options: argparse.Namespace) -> int:
    """pytest once for each site."""
    worst = 0
    files = [*sorted((ROOT / "tests/e2e").glob("*_journey*.py")), ROOT / "tests/e2e/test_interruptions.py"]
    journeys = [str(one) for one in files if not options.wanted or any(word in one.name for word in options.wanted)]
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-m", "not not_rehearsed", *journeys]
    how = {"REHEARSED": options.proxy, "REHEARSED_SITES": str(options.sites)}
    for customer in ("0", "1"):
        environment = {**os.environ, **how, "REHEARSED_CUSTOMER": customer}
        environment.pop("FAIL_ON_SKIP", None)
        print(f"behind {options.proxy}, {options.sites} servers, site {customer}", flush=True)
        found = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603  # our own
        worst = max(worst, found.returncode)
    return worst


def told(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
