"""`manage.py setup_logto`: makes a tenant ready for a site. Prints its plan; `--apply` carries it out."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from settings_app.logto.errors import LogtoError, Misconfigured
from settings_app.logto.registration import Registration
from settings_app.logto.transport import Transport
from settings_app.management.setup import env_file
from settings_app.management.setup.plan import API_ROLE, Plan, Step, Values, give_api_role, left_to_do
from settings_app.sites import ENVIRONMENT_NAMES, Site, default_resource, read_site

USUAL_SITE_URL = "http://localhost:8000"
MOST_PEOPLE = 10_000  # in one run, one call each
NOT_KNOWN_YET = "to-be-created"  # stands for what the site is told afterwards
GIVEN = {"endpoint": "--endpoint", "base_url": "--site-url", "m2m_app_id": "--m2m-id", "m2m_app_secret": "--m2m-secret"}


class Command(BaseCommand):
    help = (
        "Creates or completes what a site needs in its Logto tenant: web application, roles, webhook. "
        "Prints what it would do; --apply does it. Safe to run again."
    )
    requires_system_checks: list[str] = []  # it is run before there is a configuration

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="carry the plan out")
        parser.add_argument("--m2m-id", help="a machine application that may use the Management API (LOGTO_M2M_APP_ID)")
        parser.add_argument("--m2m-secret", help="its secret, file:/path or env:NAME; asked for when left out")
        parser.add_argument("--endpoint", help="the tenant’s address (LOGTO_ENDPOINT)")
        parser.add_argument("--site-url", help="this site’s public address (SITE_URL)")
        parser.add_argument("--site", metavar="HOST", help="of many sites, the one that answers on this host")
        parser.add_argument("--name", default="Account site", help="what is created is called so")
        parser.add_argument(
            "--own-machine",
            action="store_true",
            help="create another machine application for the site, so that the one used here can be deleted",
        )
        parser.add_argument(
            "--give-role",
            metavar="PEOPLE",
            nargs="?",
            type=int,
            const=MOST_PEOPLE,
            default=0,
            help=f"with --apply: gives the role {API_ROLE} to so many people who are there already, without a number to"
            f" {MOST_PEOPLE}; run again it goes on with the others",
        )
        parser.add_argument(
            "--env-file", type=Path, default=settings.BASE_DIR / ".env", help="where values are written"
        )

    def handle(self, *args: object, **options: Any) -> None:
        site = self.site_of(options)
        tenant = Registration(Transport(site))
        plan = Plan(site, tenant, values_of(site, options), name=options["name"], own_machine=options["own_machine"])
        self.stdout.write(f"\n{site.base_url}  with the Logto tenant at  {site.endpoint}")
        try:
            open_steps = sum([self.went(step, apply=options["apply"]) for step in plan.steps()])
            if options["apply"] and site.api_enabled:
                self.give_role(tenant, options["give_role"])
            left = list(left_to_do(site, tenant))
        except Misconfigured as error:
            raise CommandError(
                f"The tenant does not accept the machine application ({error.code or error.status}). In Logto’s console"
                " give it a machine role that holds the Management API permission `all`."
            ) from error
        except LogtoError as error:
            raise CommandError(
                f"Logto did not answer as expected: {error}. What is told as done is done; run this again to go on."
            ) from error
        except LookupError as error:
            raise CommandError(str(error)) from error
        if options["apply"]:
            self.write_values(options["env_file"], plan.values.by_name())
        elif open_steps:
            self.stdout.write("\nNothing was changed. --apply carries this plan out.")
        else:
            self.stdout.write("\nNothing has to be changed; --apply writes the values for .env.")
        for sentence in left:
            self.stdout.write(f"  yours  {sentence}")

    def site_of(self, options: dict[str, Any]) -> Site:
        """The site as configured, with what was given here instead; ids may be missing still."""
        if settings.SITES_FILE:
            return self.one_of_many(options)
        given = {
            "endpoint": options["endpoint"],
            "base_url": options["site_url"],
            "m2m_app_id": options["m2m_id"],
            "m2m_app_secret": options["m2m_secret"],
        }
        given = {name: value for name, value in given.items() if value}
        known = {
            "base_url": USUAL_SITE_URL,
            **{name: value for name, value in settings.ONE_SITE.items() if value},
            **given,
        }
        if known.get("m2m_app_id") and not known.get("m2m_app_secret") and sys.stdin.isatty():
            known["m2m_app_secret"] = getpass("Secret of the machine application: ")
        missing = {"app_id": NOT_KNOWN_YET, "app_secret": NOT_KNOWN_YET}
        site, problems = read_site(
            {**known, **{name: known.get(name) or value for name, value in missing.items()}},
            "The environment",
            called={**ENVIRONMENT_NAMES, **{name: f"{ENVIRONMENT_NAMES[name]} ({GIVEN[name]})" for name in GIVEN}},
        )
        if site is None:
            raise CommandError("\n".join(problems))
        return site

    def one_of_many(self, options: dict[str, Any]) -> Site:
        sites = [site for site in settings.SITES if options["site"] in (None, site.host)]
        if len(sites) != 1:
            raise CommandError("Name one of the sites with --site: " + ", ".join(site.host for site in settings.SITES))
        return sites[0]

    def went(self, step: Step, *, apply: bool) -> bool:
        """Whether something is left to be done after this step."""
        if not step.missing:
            self.stdout.write(f"  ok     {step.says.rstrip(',')}")
            return False
        if not apply:
            self.stdout.write(f"  plan   {step.says} {step.missing}.")
            return True
        step.do()
        self.stdout.write(f"  done   {step.says} {step.missing.replace('is to be', 'was', 1)}.")
        return False

    def give_role(self, tenant: Registration, most: int) -> None:
        for given in give_api_role(tenant, most):
            self.stdout.write(f"  done   Role {API_ROLE} was given to {given} people.")

    def write_values(self, path: Path, values: dict[str, str]) -> None:
        written, other = env_file.write(path, values)
        if written is None:
            self.stdout.write(f"\n{path} says all of it already.")
            return
        self.stdout.write(f"\nThe values are in {written}, which only you can read.")
        if written != path:
            self.stdout.write(f"Move its lines into {path}, which was left as it is.")
        if other:
            self.stdout.write(f"That file says otherwise now: {', '.join(other)}.")


def values_of(site: Site, options: dict[str, Any]) -> Values:
    own_machine = options["own_machine"]
    return Values(
        site_url=site.base_url,
        endpoint=site.endpoint,
        resource="" if site.management_resource == default_resource(site.endpoint) else site.management_resource,
        admin_role="" if site.admin_role == Site.admin_role else site.admin_role,
        m2m_app_id="" if own_machine else site.m2m_app_id,
        m2m_app_secret="" if own_machine else site.m2m_app_secret,
    )
