"""`manage.py events`: what sites have told other services of changes, what waits and why; and trying again."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Min
from django.utils import timezone

from settings_app.models import SecurityEvent
from settings_app.safeguards import security_events
from settings_app.sites import Site
from settings_app.tenancy import site_at
from settings_app.transmitter.push import Undelivered, push
from settings_app.transmitter.tokens import audience_of, verification_of

State = SecurityEvent.State


class Command(BaseCommand):
    help = "Says what waits to be told to other services, tries it again, and tries a receiver."

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("list", help="for each site what waits, what was given up, and the last trouble")
        retry = tasks.add_parser("retry", help="make what waits on a site due at once")
        retry.add_argument("site", metavar="HOST")
        retry.add_argument(
            "--given-up", action="store_true", help="also what was given up; it may come after younger events"
        )
        verify = tasks.add_parser("verify", help="send a verification event, which says nothing of anybody")
        verify.add_argument("site", metavar="HOST")

    def handle(self, *args: object, task: str, **options: Any) -> None:
        if task == "list":
            self.list_all()
        elif task == "retry":
            self.retry(told_site(options["site"]), given_up=options["given_up"])
        else:
            self.verify(told_site(options["site"]))

    def list_all(self) -> None:
        hosts = {site.host for site in settings.SITES if site.events_url}
        hosts |= set(SecurityEvent.objects.exclude(state=State.SENT).values_list("site", flat=True))
        for host in sorted(hosts):
            self.stdout.write(f"{host}  {receiver_of(host)}")
            waiting = security_events.unsent().filter(site=host)
            counted = waiting.aggregate(count=Count("pk"), oldest=Min("made_at"))
            since = f", the oldest since {counted['oldest']:%Y-%m-%d %H:%M:%S}Z" if counted["oldest"] else ""
            self.stdout.write(f"  {counted['count']} wait{since}")
            self.stdout.write(f"  {of_site(host, State.SENT).count()} were taken in the last days")
            self.tell_troubles(host, State.WAITING, "wait because of")
            self.tell_troubles(host, State.GIVEN_UP, "were given up because of")

    def tell_troubles(self, host: str, state: SecurityEvent.State, words: str) -> None:
        rows = of_site(host, state).exclude(trouble="").values_list("trouble")
        for trouble, count, next_try in rows.annotate(Count("pk"), Min("due_at")).order_by("trouble"):
            due = f", next try at {next_try:%Y-%m-%d %H:%M:%S}Z" if state == State.WAITING else ""
            self.stdout.write(f"  {count} {words}: {trouble}{due}")

    def retry(self, site: Site, *, given_up: bool) -> None:
        now = timezone.now()
        if given_up:
            of_site(site.host, State.GIVEN_UP).update(state=State.WAITING, attempts=0, made_at=now)
        count = of_site(site.host, State.WAITING).update(due_at=now)
        self.stdout.write(f"{count} events are due now.")

    def verify(self, site: Site) -> None:
        token_id = secrets.token_hex(16)
        try:
            push(site, verification_of(site, token_id))
        except Undelivered as failure:
            raise CommandError(f"{site.events_url} did not take it: {failure.trouble}.") from failure
        self.stdout.write(f"{site.events_url} took the verification event {token_id}.")


def told_site(host: str) -> Site:
    site = site_at(host)
    if site is None or not site.events_url:
        raise CommandError(f"No site on {host} tells anybody of changes: events_url is not set.")
    return site


def receiver_of(host: str) -> str:
    site = site_at(host)
    return f"to {site.events_url} for {audience_of(site)}" if site and site.events_url else "has no receiver"


def of_site(host: str, state: SecurityEvent.State) -> Any:
    return SecurityEvent.objects.filter(site=host, state=state)
