"""`manage.py sites`: lists, checks, adds and removes the sites of SITES_FILE, a file or a folder of files.

It writes only what reads back as it was meant. Web processes learn of it at a reload, the mail loop by itself.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from settings_app import own_words
from settings_app.sites import Site
from settings_app.sites_file import SiteEntry, entries_of, insecure

NEEDED = ("base_url", "endpoint", "app_id", "app_secret", "m2m_app_id", "m2m_app_secret")
SECRETS = ("app_secret", "m2m_app_secret", "webhook_keys", "mail_server", "events_keys", "events_authorization")
OF_THEIR_OWN = "[[site]]"
RELOAD = "Reload the web processes for it to take effect; the mail loop follows by itself."


class Command(BaseCommand):
    help = "Lists, checks, adds and removes the sites of SITES_FILE."
    requires_system_checks: list[str] = []  # it says itself what is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("list", help="every site, and those that are left out")
        tasks.add_parser("check", help="what is wrong with the sites; exit status 1 when something is")
        add = tasks.add_parser("add", help="write down another site")
        for name in NEEDED:
            add.add_argument(f"--{name.replace('_', '-')}", required=True, metavar="VALUE")
        add.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any other setting of a site")
        remove = tasks.add_parser("remove", help="take a site out; its rows in the database stay")
        remove.add_argument("host")

    def handle(self, *args: object, task: str, **options: Any) -> None:
        tasks = {"list": self.list_all, "check": self.check_all, "add": self.add, "remove": self.remove}
        tasks[task](**options)

    def list_all(self, **_options: Any) -> None:
        for site in settings.SITES:
            self.stdout.write(f"{site.host}  {site.endpoint}")
        for problem in settings.SITES_PROBLEMS:
            self.stdout.write(f"left out: {problem}")

    def check_all(self, **_options: Any) -> None:
        words = [problem for site in settings.SITES for problem in [*own_words.problems(site), *unsaid(site)]]
        if told := [*settings.SITES_PROBLEMS, *words]:
            raise CommandError("\n".join(told))
        self.stdout.write(f"{len(settings.SITES)} sites, nothing is wrong.")

    def add(self, **options: Any) -> None:
        path = sites_path()
        lines = [f"{name} = {json.dumps(options[name], ensure_ascii=False)}" for name in NEEDED]
        lines += [line_of(given) for given in options["set"]]
        # guard: secrets-are-not-typed-into-commands
        if typed := [line.split(" ")[0] for line in lines if line.startswith(SECRETS) and not is_reference(line)]:
            raise CommandError(f"Give {typed[0]} as file:/path or env:NAME: a command line can be read by others.")
        text = "\n".join(lines) + "\n"
        host = self.host_of(text)
        if host in [site.host for site in settings.SITES]:
            raise CommandError(f"There is a site on {host} already.")
        if path.is_dir():
            file = path / f"{re.sub(r'[^a-z0-9.-]', '-', host)}.toml"
            if file.exists():
                raise CommandError(f"{file} is there already.")
            write(file, text)
        else:
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            write(path, f"{before.rstrip()}\n\n{OF_THEIR_OWN}\n{text}".lstrip())
        self.stdout.write(f"{host} was added. {RELOAD}")

    def host_of(self, text: str) -> str:
        """What the site answers on, when nothing is wrong with it."""
        with tempfile.TemporaryDirectory() as folder:
            (alone := Path(folder, "site.toml")).write_text(text, encoding="utf-8")
            (entry, *_none), problems = entries_of(alone) if text else ([], [])
        told = [problem.replace(str(alone), "the command") for problem in [*problems, *entry.problems]]
        if entry.site and not settings.IS_LOCAL:
            told += insecure(entry.site)
        if entry.site is None or told:
            raise CommandError("\n".join(told))
        return entry.site.host

    def remove(self, *, host: str, **_options: Any) -> None:
        path = sites_path()
        found = [entry for entry in entries_of(path)[0] if entry.site and entry.site.host == host]
        if not found:
            raise CommandError(f"No site answers on {host}; {settings.SITES_FILE} has: {', '.join(hosts_in(path))}.")
        others = [name for name in hosts_in(path) if name != host]
        take_out(found[0])
        if left := sorted(set(others) ^ set(hosts_in(path))):
            raise CommandError(f"{found[0].file} reads otherwise than it was meant: look at {', '.join(left)}.")
        self.stdout.write(f"{host} was removed. {RELOAD}")


def unsaid(site: Site) -> Iterator[str]:
    """What its own words are for, and neither the code nor the site itself says: mistyped, or of another release."""
    folder = own_words.read(site.words_folder)[0] if site.words_folder else {}
    known = known_sentences(site) if folder else frozenset()
    for code, own in folder.items():
        for english in [*own.sentences, *own.plurals]:
            if english not in known:
                shown = english.rpartition(own_words.CONTEXT)[2][:80]
                yield f"{site.words_folder} has words in {code} that are said nowhere: {shown}"


def known_sentences(site: Site) -> frozenset[str]:
    blockers = [text for one in site.deletion_blockers for text in (one.text, one.link)]
    return own_words.english_of(settings.LOCALE_PATHS[0]) | {*(key.label for key in site.custom_data), *blockers}


def sites_path() -> Path:
    if not settings.SITES_FILE:
        raise CommandError("SITES_FILE is not set: there is one site, and it is set by the environment.")
    return Path(settings.SITES_FILE)


def hosts_in(path: Path) -> list[str]:
    return [entry.site.host for entry in entries_of(path)[0] if entry.site]


def line_of(given: str) -> str:
    """`NAME=VALUE` as a line of the file: a value in brackets is a list as it stands, any other one a text."""
    name, mark, value = given.partition("=")
    if not mark or not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)?", name):
        raise CommandError(f"--set takes NAME=VALUE, not {name}.")
    return f"{name} = {value if value.startswith('[') else json.dumps(value, ensure_ascii=False)}"


def is_reference(line: str) -> bool:
    values = re.findall(r'"([^"]*)"', line)
    return all(value.startswith(("file:", "env:")) for value in values)


def take_out(entry: SiteEntry) -> None:
    before = entry.file.read_text(encoding="utf-8")
    after = before.replace(entry.text, "", 1)
    if after.strip():
        write(entry.file, after)
    elif Path(settings.SITES_FILE).is_dir():
        entry.file.unlink()
    else:
        raise CommandError("It is the only site; a deployment without any does not start.")


def write(file: Path, text: str) -> None:
    """At once or not at all, with the owner and the rights that the file had."""
    had = file.stat() if file.exists() else file.parent.stat()
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".sites-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(text)
        os.fchmod(descriptor, (had.st_mode & 0o777) if file.exists() else 0o640)
        if os.geteuid() == 0:
            os.fchown(descriptor, had.st_uid, had.st_gid)
    os.replace(name, file)
