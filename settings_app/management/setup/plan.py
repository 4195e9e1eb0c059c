"""What a tenant needs for this site, as steps that know whether they are done; each is safe to repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from settings_app.api.request import SCOPES
from settings_app.logto.registration import MACHINE, USER, WEB, Addresses, Registration
from settings_app.logto.types import Application
from settings_app.sites import Site

# Sign-ins, and whatever changes a person: what `/webhooks/logto/` takes.
EVENTS = (
    "PostSignIn",
    "PostRegister",
    "PostResetPassword",
    "User.Created",
    "User.Data.Updated",
    "User.SuspensionStatus.Updated",
    "User.Deleted",
)
WEBHOOK_PATH = "/webhooks/logto/"
SECRET_NAME = "Account site"  # noqa: S105  # what it is called
API_NAME = "Account settings API"
API_ROLE = "account-settings"
MACHINE_ROLE = "Account site: Management API access"


@dataclass
class Step:
    """One thing that is `missing`, in words, and what makes it so; nothing missing: it is there already."""

    says: str
    missing: str = ""
    do: Callable[[], object] = lambda: None


@dataclass
class Values:
    """What the site has to be told, by the names of its settings; empty where it is not known yet."""

    site_url: str
    endpoint: str
    resource: str = ""
    admin_role: str = ""
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    m2m_app_id: str = ""
    m2m_app_secret: str = field(default="", repr=False)
    webhook_key: str = field(default="", repr=False)

    def by_name(self) -> dict[str, str]:
        named = {
            "SITE_URL": self.site_url,
            "LOGTO_ENDPOINT": self.endpoint,
            "LOGTO_MANAGEMENT_RESOURCE": self.resource,
            "LOGTO_APP_ID": self.app_id,
            "LOGTO_APP_SECRET": self.app_secret,
            "LOGTO_M2M_APP_ID": self.m2m_app_id,
            "LOGTO_M2M_APP_SECRET": self.m2m_app_secret,
            "LOGTO_WEBHOOK_KEY": self.webhook_key,
            "ADMIN_ROLE": self.admin_role,
        }
        return {name: value for name, value in named.items() if value}


class Plan:
    """The steps for one site. Going through them reads; `do` of a step writes, and fills in what it made."""

    def __init__(self, site: Site, tenant: Registration, values: Values, *, name: str, own_machine: bool) -> None:
        self.site, self.tenant, self.values = site, tenant, values
        self.name, self.own_machine = name, own_machine
        self.applications: tuple[Application, ...] = ()

    def steps(self) -> Iterator[Step]:
        self.applications = self.tenant.applications()
        yield self.web_application()
        yield self.web_secret()
        if self.own_machine:
            yield self.machine_application()
            yield self.machine_secret()
            yield self.machine_role()
        yield self.admin_role()
        yield self.webhook()
        if self.site.api_enabled:
            yield self.account_api()
            yield self.api_role()

    @property
    def addresses(self) -> Addresses:
        site = self.site
        backchannel = site.url("/sign-out/backchannel/")
        return Addresses(site.url("/sign-in/callback/"), site.url("/sign-out/"), backchannel)

    def web_application(self) -> Step:
        found = self.by_id(self.site.app_id) or self.by_redirect_address()
        says = f"Web application {found.name if found else self.name}"
        if found is None:

            def add() -> None:
                self.values.app_id = self.tenant.add_application(self.name, WEB, self.addresses).id

            return Step(says, "is to be created, with this site’s addresses and back-channel logout", add)
        self.values.app_id = found.id
        lacking = self.addresses.missing_in(found)
        return Step(
            says,
            f"is to be given: {', '.join(lacking)}" if lacking else "",
            lambda: self.tenant.complete_addresses(self.values.app_id, self.addresses),
        )

    def web_secret(self) -> Step:
        def take() -> None:
            self.values.app_secret = self.secret_of(self.values.app_id) or self.new_secret(self.values.app_id)

        return self.secret_step("Secret of the web application", self.values.app_id, "app_secret", take)

    def machine_application(self) -> Step:
        name = f"{self.name} (machine)"
        found = self.by_name(name, MACHINE)
        says = f"Machine application {found.name if found else name}"
        self.values.m2m_app_id = found.id if found else ""

        def add() -> None:
            self.values.m2m_app_id = self.tenant.add_application(name, MACHINE).id

        return Step(says, "" if found else "is to be created", add)

    def machine_secret(self) -> Step:
        def take() -> None:
            self.values.m2m_app_secret = self.secret_of(self.values.m2m_app_id) or self.new_secret(
                self.values.m2m_app_id
            )

        return self.secret_step("Secret of the machine application", self.values.m2m_app_id, "m2m_app_secret", take)

    def machine_role(self) -> Step:
        says = f"Role “{MACHINE_ROLE}”, with the permission `all`,"
        permission = self.tenant.full_access(self.site.management_resource)
        if not permission:
            raise LookupError(f"The tenant has no API {self.site.management_resource} with the permission `all`.")
        role = self.tenant.role_named(MACHINE_ROLE)
        permits = role is not None and permission in self.tenant.permissions_of(role.id)
        held = self.tenant.roles_of(self.values.m2m_app_id) if self.values.m2m_app_id else frozenset()
        missing = "" if role else "is to be created and given to the machine application"
        if role and not (permits and role.id in held):
            missing = "is to be given to the machine application" if permits else "is to be given its permission"

        def make() -> None:
            machine = role or self.tenant.add_role(MACHINE_ROLE, "What the account site does", MACHINE, [permission])
            if role and not permits:
                self.tenant.permit(machine.id, permission)
            self.tenant.give_role(self.values.m2m_app_id, machine.id)

        return Step(says, missing, make)

    def admin_role(self) -> Step:
        name = self.site.admin_role
        role = self.tenant.role_named(name)
        description = "May open the admin area of the account site"
        return Step(
            f"Role {name}, which opens the admin area,",
            "" if role else "is to be created",
            lambda: self.tenant.add_role(name, description, USER),
        )

    def webhook(self) -> Step:
        url = self.site.url(WEBHOOK_PATH)
        hook = next((one for one in self.tenant.hooks() if one.url == url), None)
        says = f"Webhook to {url}"
        if hook is None:

            def add() -> None:
                self.values.webhook_key = self.tenant.add_hook(self.name, url, EVENTS).signing_key

            return Step(says, f"is to be created, for {', '.join(EVENTS)}", add)
        self.values.webhook_key = hook.signing_key
        lacking = [event for event in EVENTS if event not in hook.events]
        missing = f"is to be sent: {', '.join(lacking)}" if lacking else "" if hook.enabled else "is to be switched on"
        return Step(says, missing, lambda: self.tenant.complete_hook(hook, EVENTS))

    def account_api(self) -> Step:
        """The account settings API with its scopes; what else it holds stays."""
        indicator, found = self.site.api_audience, self.tenant.registered_api(self.site.api_audience)
        lacking = [name for name in SCOPES if found is None or name not in found.permissions]
        missing = "is to be created, with the permissions" if found is None else "is to be given the permissions"

        def make() -> None:
            made = found or self.tenant.add_api(API_NAME, indicator)
            for name in lacking:
                self.tenant.add_permission(made.id, name, SCOPES[name])

        return Step(f"API {indicator}", f"{missing} {', '.join(lacking)}" if lacking else "", make)

    def api_role(self) -> Step:
        """In Logto only a role gives a person the permissions of an API."""
        found, role = self.tenant.registered_api(self.site.api_audience), self.tenant.role_named(API_ROLE)
        held = self.tenant.permissions_of(role.id) if role else frozenset()
        wanted = [found.permissions.get(name, "") if found else "" for name in SCOPES]
        missing = "is to be given its permissions" if role else "is to be created, as a default role"

        def make() -> None:
            registered = self.tenant.registered_api(self.site.api_audience)
            permissions = [registered.permissions[name] for name in SCOPES] if registered else []
            if role is None:
                self.tenant.add_role(
                    API_ROLE, "Lets apps use the account settings API", USER, permissions, is_default=True
                )
                return
            for permission in permissions:
                if permission not in held:
                    self.tenant.permit(role.id, permission)

        is_there = role is not None and all(one and one in held for one in wanted)
        return Step(f"Role {API_ROLE}, with the permissions of that API,", "" if is_there else missing, make)

    def secret_step(self, says: str, application_id: str, value: str, take: Callable[[], None]) -> Step:
        """A secret that is there is taken down; the last of an application that has none is made."""
        if application_id and (found := self.secret_of(application_id)):
            setattr(self.values, value, found)
            return Step(says)
        return Step(says, "is to be made" if application_id else "is to be noted", take)

    def secret_of(self, application_id: str) -> str:
        """One that lasts, before one that expires."""
        now = timezone.now()
        usable = [one for one in self.tenant.secrets(application_id) if one.expires_at is None or one.expires_at > now]
        usable.sort(key=lambda one: one.expires_at is not None)
        return usable[0].value if usable else ""

    def new_secret(self, application_id: str) -> str:
        return self.tenant.add_secret(application_id, SECRET_NAME).value

    def by_id(self, application_id: str) -> Application | None:
        return next((one for one in self.applications if application_id and one.id == application_id), None)

    def by_redirect_address(self) -> Application | None:
        """Somebody else's application is never taken for ours."""
        ours = [one for one in self.applications if one.type == WEB and not one.is_third_party]
        return next((one for one in ours if self.addresses.redirect in one.redirect_uris), None)

    def by_name(self, name: str, kind: str) -> Application | None:
        return next((one for one in self.applications if (one.name, one.type) == (name, kind)), None)


def left_to_do(site: Site, tenant: Registration) -> Iterator[str]:
    """What this cannot do, or leaves to whoever runs the tenant, once the steps are done."""
    role = tenant.role_named(site.admin_role)
    if role is not None and not tenant.holders_of(role.id):
        yield f"Nobody has the role {site.admin_role}: give it in Logto’s console to whoever may open the admin area."
    if site.host.partition(":")[0] in ("localhost", "127.0.0.1"):
        yield (
            "Logto calls this site for back-channel logout and webhooks; it refuses addresses of its own machine"
            " unless it runs with OIDC_PROVIDER_SSRF_PROTECTION_DISABLED=true."
        )
    if site.api_enabled:
        yield from left_of_people(tenant)
    yield f"Register {site.url('/connections/callback/')} at each social provider: Logto cannot do that."
    yield "Connectors for mail and text messages, and who may edit what, are yours to decide: run check_logto."


def left_of_people(tenant: Registration) -> Iterator[str]:
    role = tenant.role_named(API_ROLE)
    if role is None:
        return
    if not role.is_default:
        yield f"The role {API_ROLE} is no default role, so new people do not get it."
    if tenant.people_without(role.id):
        yield f"People are there who do not have the role {API_ROLE}, so no app can act for them: see --give-role."


def give_api_role(tenant: Registration, most: int) -> Iterator[int]:
    """To people who are there and do not have it, `most` of them. Gives how many have it by now, after each page.

    Stopped anywhere it goes on where it was: whoever has the role is on no page any more.
    """
    role = tenant.role_named(API_ROLE)
    given = 0
    while role is not None and given < most:
        lacking = tenant.people_without(role.id)[: most - given]
        if not lacking:
            return
        for person_id in lacking:
            tenant.give_role_to(person_id, role.id)
        given += len(lacking)
        yield given
