"""How gunicorn runs this site; it reads this file by itself. What is given on its command line wins.

A configuration that is broken ends the start. At a reload it is refused, and the processes that run go on as they are:
gunicorn itself would replace them by ones that cannot start, again and again. It would also end the old processes
before the new ones have loaded the site, and nobody would be answered meanwhile.
"""

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
SECONDS_BEFORE_ANOTHER_BOOT = 5
MOST_SECONDS_TO_LOAD = 30
# Before the end, for a proxy that leads by /readyz: it says no for so long while everything is still answered.
DRAIN_SECONDS = int(os.environ.get("DRAIN_SECONDS") or 0)

wsgi_app = "accountsite.wsgi"
bind = "127.0.0.1:8000"
# Twice as many processes as cores is a good beginning; WEB_CONCURRENCY chooses another number.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 16  # most of them wait for Logto; with PostgreSQL each may keep a connection
timeout = 60  # longer than the slowest call to Logto, which is given up after 15 seconds
graceful_timeout = 30
control_socket_disable = True


def on_starting(server: Any) -> None:
    told = configuration_problems()
    if told:
        sys.exit(told)
    server.loaded, loaded = os.pipe()
    ending, server.ending = os.pipe()
    os.environ.update(ACCOUNTSITE_LOADED=str(loaded), ACCOUNTSITE_ENDING=str(ending))


def when_ready(server: Any) -> None:
    reload, stop = server.reload, server.stop

    def reload_if_sound() -> None:
        if told := configuration_problems():
            server.log.error("The reload is refused, what runs goes on: %s", told.replace("\n", " "))
            return
        empty(server.loaded)
        server.manage_workers = end_the_old_ones_in_time
        try:
            reload()
        finally:
            del server.manage_workers  # gunicorn's own

    def end_the_old_ones_in_time() -> None:
        wait_for(server.loaded, server.cfg.workers)
        server.log.info("The new processes have loaded the site, the old ones end.")
        type(server).manage_workers(server)

    def stop_when_passed_over(graceful: bool = True) -> None:
        if graceful and DRAIN_SECONDS:
            server.log.info("Not ready any more; the end begins in %s s.", DRAIN_SECONDS)
            os.write(server.ending, b".")
            time.sleep(DRAIN_SECONDS)
        stop(graceful)

    server.reload, server.stop = reload_if_sound, stop_when_passed_over


def post_worker_init(worker: Any) -> None:
    os.write(int(os.environ["ACCOUNTSITE_LOADED"]), b".")


def empty(pipe: int) -> None:
    while select.select([pipe], [], [], 0)[0]:
        os.read(pipe, 1024)


def wait_for(pipe: int, count: int) -> None:
    """Until so many processes have said that they loaded the site; a while at most."""
    until = time.monotonic() + MOST_SECONDS_TO_LOAD
    while count > 0 and select.select([pipe], [], [], max(until - time.monotonic(), 0))[0]:
        count -= len(os.read(pipe, count))


def configuration_problems() -> str:
    """What keeps the site from starting with the configuration as it stands on disk now; empty when nothing does."""
    command = [sys.executable, "-c", "import accountsite.wsgi"]
    tried = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603  # our own module
    return "" if tried.returncode == 0 else tried.stderr.strip() or "the site does not start"


def post_fork(server: Any, worker: Any) -> None:
    """A process that cannot start, as while an upgrade is half done, tries again after a pause; the others serve."""
    os.environ.update(worker.cfg.env)
    os.environ["ACCOUNTSITE_THREADS"] = str(worker.cfg.threads)  # which the sites share
    try:
        import accountsite.wsgi  # noqa: F401
    except (Exception, SystemExit) as error:
        told = f"A process cannot start, it tries again in {SECONDS_BEFORE_ANOTHER_BOOT} s: {error}"
        server.log.error(told)  # noqa: TRY400  # a traceback each time would hide the sentence
        time.sleep(SECONDS_BEFORE_ANOTHER_BOOT)
        sys.exit(1)
    from django.conf import settings

    from settings_app import spans
    from settings_app.shell import exporter

    exporter.begin()
    spans.begin(settings.TRACES_URL)
