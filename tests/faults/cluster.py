"""A PostgreSQL of our own, so that it can be stopped, restarted, filled up and made read-only."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rehearsal.tenants import LOOPBACK, free_port

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))  # of Debian, which has it in no PATH
SLOTS = 12  # connections; three of them for administrators alone


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, or None."""
    found = shutil.which("initdb")
    return Path(found).parent if found else PLACES[-1] if PLACES else None


@dataclass
class Cluster:
    folder: Path
    programs: Path
    port: int

    @property
    def url(self) -> str:
        """Of the database of the site, as somebody who is no administrator."""
        return f"postgres://site@{LOOPBACK}:{self.port}/site"

    def run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), *words]
        if os.geteuid() == 0:  # which PostgreSQL refuses
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd="/", check=True, capture_output=True, timeout=120)  # noqa: S603  # programs named here

    def start(self) -> None:
        words = f"-c listen_addresses={LOOPBACK} -c port={self.port} -c unix_socket_directories={self.folder} "
        words += f"-c fsync=off -c max_connections={SLOTS}"
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", words, "start")

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", mode, "stop")

    def connect(self, user: str = "postgres", database: str = "site") -> Any:
        import psycopg

        return psycopg.connect(host=LOOPBACK, port=self.port, user=user, dbname=database, autocommit=True)

    def tell(self, *statements: str, database: str = "site") -> None:
        with self.connect(database=database) as administrator:
            for statement in statements:
                administrator.execute(statement)


@contextlib.contextmanager
def started_cluster(folder: Path, programs: Path) -> Iterator[Cluster]:
    """An empty database of the site, in a folder that its user may enter."""
    cluster = Cluster(folder, programs, free_port())
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    cluster.run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8")
    cluster.start()
    try:
        cluster.tell("CREATE ROLE site LOGIN", "CREATE DATABASE site OWNER site", database="postgres")
        yield cluster
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # a test may have stopped it
            cluster.stop("immediate")
