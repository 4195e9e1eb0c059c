"""`manage.py check_logto`: what is right and what is wrong about a tenant's setup, and how to mend it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from settings_app.api.request import SCOPES
from settings_app.logto.errors import LogtoError, Misconfigured, NotFound
from settings_app.logto.registration import Registration
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import AccountCenter, Application, Connector
from settings_app.management.setup.plan import WEBHOOK_PATH
from settings_app.safeguards import heartbeats
from settings_app.safeguards.sign_ins.sighting import SIGN_IN
from settings_app.sections.connections.leaving import may_be_gone_to
from settings_app.signin.failures import SignInFailed
from settings_app.signin.oidc import redirect_uri
from settings_app.signin.provider import Provider
from settings_app.sites import Brand, Site
from settings_app.webhooks.events import EVENTS, FOLLOWING

SILENT_AFTER = timedelta(minutes=5)
NOBODY = "check_logto"
TAKEN = (*EVENTS, *FOLLOWING)  # what the webhook is of use for


class Mark(Enum):
    """RIGHT is as it should be, NOTE is worth knowing, WRONG must be mended."""

    RIGHT = "ok   "
    NOTE = "note "
    WRONG = "wrong"


@dataclass(frozen=True)
class Result:
    mark: Mark
    says: str
    mend: str = ""


Findings = Iterator[Result]


class Command(BaseCommand):
    help = "Checks the setup of each site's Logto tenant. Exit status 1 when something must be mended."
    requires_system_checks: list[str] = []  # it says itself what is missing

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", metavar="HOST", help="only the site that answers on this host")

    def handle(self, *args: object, **options: object) -> None:
        if settings.SITES_PROBLEMS:
            raise CommandError("\n".join(settings.SITES_PROBLEMS))
        sites = [site for site in settings.SITES if options["site"] in (None, site.host)]
        if not sites:
            raise CommandError(f"No site answers on {options['site']}.")
        wrong = 0
        for site in sites:
            self.stdout.write(f"\n{site.base_url}  with the Logto tenant at  {site.endpoint}")
            for finding in findings(site):
                wrong += finding.mark is Mark.WRONG
                self.told(finding)
        self.stdout.write("\nMails about changes, of all sites together")
        for finding in check_mail_loop():
            wrong += finding.mark is Mark.WRONG
            self.told(finding)
        if wrong:
            raise CommandError(f"{wrong} thing{'s' if wrong > 1 else ''} must be mended.")
        self.stdout.write("\nEverything this site needs is in place.")

    def told(self, finding: Result) -> None:
        self.stdout.write(f"  {finding.mark.value}  {finding.says}")
        if finding.mend:
            self.stdout.write(f"         {finding.mend}")


def findings(site: Site) -> Findings:
    """Everything there is to say about one tenant; later checks need the earlier ones."""
    reachable = list(check_discovery(site))
    yield from reachable
    if any(finding.mark is Mark.WRONG for finding in reachable):
        return
    tenant = Tenant(site)
    access = list(check_machine_access(tenant))
    yield from access
    if any(finding.mark is Mark.WRONG for finding in access):
        return
    for check in (
        check_application,
        check_account_center,
        check_messages,
        check_webhook,
        check_log,
        check_back_button,
        check_connectors,
        check_admins,
        check_help_desk,
        check_account_api,
        check_brand,
    ):
        try:
            yield from check(tenant)
        except LogtoError as error:
            yield Result(
                Mark.WRONG,
                f"Logto did not answer as expected: {error}.",
                "Try again; if it goes on, look into Logto's log.",
            )


def check_discovery(site: Site) -> Findings:
    try:
        metadata = Provider(site).metadata
    except SignInFailed as failure:
        yield Result(
            Mark.WRONG,
            f"The tenant's OpenID configuration cannot be used ({failure.reason.value}).",
            f"Open {site.issuer}/.well-known/openid-configuration: its issuer must be {site.issuer}.",
        )
        return
    yield Result(Mark.RIGHT, f"Discovery answers; ID tokens are signed with {', '.join(metadata.algorithms)}.")


def check_machine_access(tenant: Tenant) -> Findings:
    try:
        tenant.account_center()
    except Misconfigured as error:
        yield Result(
            Mark.WRONG,
            f"The Management API does not accept the machine-to-machine application ({error.code or error.status}).",
            "Check LOGTO_M2M_APP_ID, LOGTO_M2M_APP_SECRET and LOGTO_MANAGEMENT_RESOURCE"
            f" ({tenant.site.management_resource}), and give the application a machine role with the permission `all`.",
        )
    except LogtoError as error:
        yield Result(
            Mark.WRONG, f"The Management API cannot be reached: {error}.", "Check LOGTO_ENDPOINT and the network."
        )
    else:
        yield Result(Mark.RIGHT, "The machine-to-machine application may use the Management API.")


def check_application(tenant: Tenant) -> Findings:
    site = tenant.site
    try:
        application = tenant.application(site.app_id)
    except NotFound:
        yield Result(Mark.WRONG, f"There is no application {site.app_id}.", "Check LOGTO_APP_ID.")
        return
    if application.type != "Traditional":
        yield Result(
            Mark.WRONG,
            f"Application {application.name} is of type {application.type}.",
            "Create one of type Traditional web, and set LOGTO_APP_ID and LOGTO_APP_SECRET to it.",
        )
    yield from check_addresses(site, application)
    yield from check_backchannel(site, application)


def check_addresses(site: Site, application: Application) -> Findings:
    for what, address, registered in (
        ("Redirect URI", redirect_uri(site), application.redirect_uris),
        ("Post sign-out redirect URI", site.url("/sign-out/"), application.post_logout_redirect_uris),
    ):
        if address in registered:
            yield Result(Mark.RIGHT, f"{what} {address} is registered.")
        else:
            yield Result(
                Mark.WRONG, f"{what} {address} is not registered.", f"Add it to application {application.name}."
            )


def check_backchannel(site: Site, application: Application) -> Findings:
    address = site.url("/sign-out/backchannel/")
    if application.backchannel_logout_uri != address:
        yield Result(
            Mark.WRONG,
            "Back-channel logout does not lead to this site.",
            f"Set it to {address} and turn on “Is session required?”.",
        )
    elif not application.backchannel_logout_session_required:
        yield Result(
            Mark.WRONG,
            "Back-channel logout is on, without the session id.",
            "Turn on “Is session required?”: this site recognises the current device by it.",
        )
    else:
        yield Result(Mark.RIGHT, "Back-channel logout leads to this site, with the session id.")


def check_account_center(tenant: Tenant) -> Findings:
    center = tenant.account_center()
    if not center.enabled:
        yield Result(
            Mark.NOTE,
            "The tenant's account center is off, so this site's own default applies: everything may be edited.",
            "Turn it on and set each field to Off, ReadOnly or Edit to decide otherwise.",
        )
        return
    yield Result(Mark.RIGHT, f"The tenant's account center decides who edits what: {policies(center)}.")


def policies(center: AccountCenter) -> str:
    names = ("name", "avatar", "profile", "email", "phone", "username", "password", "social", "mfa", "custom_data")
    return ", ".join(f"{name} {center.policy(name).value}" for name in names)


def check_messages(tenant: Tenant) -> Findings:
    by_type: dict[str, Connector] = {connector.type: connector for connector in tenant.connectors()}
    for kind, what in (("Email", "mail"), ("Sms", "text messages")):
        connector = by_type.get(kind)
        if connector is None:
            mark = Mark.WRONG if kind == "Email" else Mark.NOTE
            yield Result(
                mark, f"No connector sends {what}.", f"Set one up, or nobody can add or change an address for {what}."
            )
        elif connector.has_generic_template is False:
            yield Result(
                Mark.WRONG,
                f"The connector for {what} has no template for the usage type Generic.",
                "Add one: codes asked for through the Management API are always sent with it.",
            )
        else:
            yield Result(Mark.RIGHT, f"A connector sends {what}.")


def check_webhook(tenant: Tenant) -> Findings:
    site, url = tenant.site, tenant.site.url(WEBHOOK_PATH)
    hook = next((one for one in Registration(tenant.transport).hooks() if one.url == url), None)
    if hook is None:
        yield Result(
            Mark.NOTE,
            f"No webhook leads to {url}: suspended people stay until their next page, new devices are told later.",
            "Let `manage.py setup_logto --apply` make one, and set LOGTO_WEBHOOK_KEY to its signing key.",
        )
    elif hook.signing_key not in site.webhook_keys:
        yield Result(
            Mark.WRONG,
            "This site refuses what the webhook tells: it does not know its signing key.",
            "Set LOGTO_WEBHOOK_KEY to the signing key that Logto’s console shows.",
        )
    elif not hook.enabled or (lacking := [event for event in TAKEN if event not in hook.events]):
        missing = f"does not tell of {', '.join(lacking)}" if hook.enabled else "is switched off"
        yield Result(Mark.NOTE, f"The webhook {missing}.", "`manage.py setup_logto --apply` completes it.")
    else:
        yield Result(Mark.RIGHT, f"A webhook leads to {url}, and its key is known.")


def check_log(tenant: Tenant) -> Findings:
    """Whether what webhooks lost can be found again."""
    if not tenant.site.new_device_alerts:
        yield Result(Mark.NOTE, "People are not mailed about new devices: NEW_DEVICE_ALERTS is off.")
        return
    now = int(time.time() * 1000)
    tenant.log(SIGN_IN, since_ms=now - 1000, until_ms=now)
    yield Result(Mark.RIGHT, "Logto’s log can be read: new devices are found there.")


def check_back_button(tenant: Tenant) -> Findings:
    if tenant.sign_in_experience().unknown_session_address:
        yield Result(Mark.RIGHT, "The back button after a sign-in leads on: unknownSessionRedirectUrl is set.")
    else:
        yield Result(
            Mark.NOTE,
            "The back button after a sign-in meets Logto’s page “session not found”.",
            f"Set unknownSessionRedirectUrl of the sign-in experience to {tenant.site.base_url}.",
        )


def check_connectors(tenant: Tenant) -> Findings:
    enabled = {connector.id for connector in tenant.public_sign_in_experience().social_connectors}
    for connector in tenant.connectors():
        if not connector.is_social or connector.id not in enabled:
            continue
        if not connector.is_linkable:
            yield Result(
                Mark.NOTE,
                f"{connector.name('en')} cannot be linked through the Management API.",
                "People are led to the tenant's account center for it when that is on.",
            )
        else:
            yield check_provider(tenant, connector)


def check_provider(tenant: Tenant, connector: Connector) -> Result:
    """Whether people would be sent to the address that Logto makes for this provider."""
    name, callback = connector.name("en"), tenant.site.url("/connections/callback/")
    account = tenant.account(NOBODY)  # the address is made for whoever asks
    try:
        address = account.authorization_address(connector.id, state=token_urlsafe(), redirect_uri=callback)
    except LogtoError as error:
        return Result(
            Mark.WRONG, f"Logto makes no address of {name} to go to ({error.code}).", "Check the connector’s settings."
        )
    if not may_be_gone_to(tenant.site, address):
        shown = urlsplit(address)
        return Result(
            Mark.WRONG,
            f"{name} cannot be connected here: its address {shown.scheme}://{shown.netloc} is refused.",
            "People are sent on to https addresses only. Check the connector’s settings.",
        )
    return Result(Mark.RIGHT, f"{name} can be linked.", f"Register {callback} at the provider as well.")


def check_admins(tenant: Tenant) -> Findings:
    """Whether the role exists, who has it, and whether signing in tells of it."""
    name, registration = tenant.site.admin_role, Registration(tenant.transport)
    role = registration.role_named(name)
    if role is None:
        yield Result(
            Mark.NOTE, f"There is no role {name}, so nobody can open the admin area.", "Run `manage.py setup_logto`."
        )
        return
    holders = registration.holders_of(role.id)
    if not holders:
        yield Result(Mark.NOTE, f"Nobody has the role {name}.", "Give it in Logto’s console to who may administrate.")
    else:
        yield Result(Mark.RIGHT, f"The role {name} opens the admin area to {', '.join(holders)}.")
    if "roles" not in registration.claims_in_id_tokens():
        yield Result(
            Mark.WRONG if holders else Mark.NOTE,
            "ID tokens do not tell the roles of a person, so nobody is let into the admin area.",
            "Enable the claim `roles` for ID tokens in the tenant’s settings.",
        )


def check_help_desk(tenant: Tenant) -> Findings:
    """What administrators may do to accounts, and whether enough of them can approve what needs two."""
    site, registration = tenant.site, Registration(tenant.transport)
    allowed = [
        (site.help_suspends, "suspend and restore accounts (HELP_SUSPENDS)"),
        (site.help_ends_sessions, "sign out all devices of a person (HELP_ENDS_SESSIONS)"),
        (site.help_removes_factors, f"remove lost second steps after {site.help_waits_hours} h (HELP_REMOVES_FACTORS)"),
    ]
    if site.has_help_desk:
        yield Result(Mark.RIGHT, f"Administrators may {', '.join(words for is_on, words in allowed if is_on)}.")
    if not site.help_removes_factors:
        return
    role = registration.role_named(site.admin_role)
    holders = registration.holders_of(role.id) if role else []
    if not site.help_needs_second_admin:
        yield Result(
            Mark.NOTE,
            "One administrator alone can have a second step removed.",
            "Set HELP_NEEDS_SECOND_ADMIN to have another one approve it.",
        )
    elif len(holders) < 2:
        yield Result(
            Mark.WRONG,
            f"A second step is removed only when two administrators agree, and there are {len(holders)}.",
            f"Give the role {site.admin_role} to another person, or turn HELP_NEEDS_SECOND_ADMIN off.",
        )


def check_account_api(tenant: Tenant) -> Findings:
    """Where it is on, whether Logto can give anybody a token for it."""
    if not tenant.site.api_enabled:
        return
    indicator = tenant.site.api_audience
    found = Registration(tenant.transport).registered_api(indicator)
    lacking = [name for name in SCOPES if found is None or name not in found.permissions]
    if lacking:
        what = f"has no API {indicator}" if found is None else f"has the API {indicator} without {', '.join(lacking)}"
        yield Result(Mark.WRONG, f"The tenant {what}.", "Run `manage.py setup_logto`, or turn API_ENABLED off.")
        return
    yield Result(Mark.RIGHT, f"The account settings API is on, for tokens for {indicator}.")


def check_brand(tenant: Tenant) -> Findings:
    """Sentences name the brand: without a name of its own they say “your Account account”."""
    if tenant.site.brand.name == Brand.name:
        yield Result(
            Mark.NOTE,
            "The brand has no name, so pages and mails speak of “your Account account”.",
            "Set BRAND_NAME, or `name` under the site’s brand, to the name that people know.",
        )


def check_mail_loop() -> Findings:
    """Whether somebody sends the mails; the web processes only store them."""
    mend = "Keep `manage.py send_notices --loop` running, or let cron run `manage.py send_notices` every minute."
    try:
        beat, is_silent = heartbeats.last(heartbeats.MAILS), heartbeats.is_older(heartbeats.MAILS, SILENT_AFTER)
    except DatabaseError:
        yield Result(Mark.WRONG, "The database does not answer, or is not migrated.", "Run `manage.py migrate`.")
        return
    if beat is None:
        yield Result(Mark.WRONG, "Nobody has ever sent mails.", mend)
    elif is_silent:
        yield Result(Mark.WRONG, f"Nobody has sent mails since {beat.at:%Y-%m-%d %H:%M} UTC.", mend)
    elif beat.trouble:
        yield Result(Mark.WRONG, f"The mail server cannot be reached ({beat.trouble}).", "Check EMAIL_URL.")
    else:
        yield Result(Mark.RIGHT, "Mails are being sent.")
