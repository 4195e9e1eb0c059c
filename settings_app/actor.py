"""Who acts, on whose account: what every change, limit, code and notice is about, wherever it was asked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from settings_app.device import name_of_agent
from settings_app.formats import Formats, formats_for, zone_names
from settings_app.logto.account import Account
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.session import SessionStore, binding_of, browser_zone
from settings_app.sites import Site
from settings_app.tenancy import rows_of

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, eq=False)
class Actor:
    """Made by middleware for a request, and by hand for the undo link, a webhook or a command.

    `person` is the one acted on, as read when this began; touching it may wait for Logto. `session` is that of the
    browser, and there is none behind a webhook, a command or the API. `acting_admin` is whoever acts on somebody
    else's account.
    """

    site: Site
    account: Account
    person: Person
    language: str
    session: SessionStore | None = None
    accept_language: str = ""
    user_agent: str = ""
    address: str = ""
    acting_admin: str = ""
    # The app that acts for the person through the API: its id in Logto, and what people know it as.
    application: str = ""
    application_name: str = ""
    # What was looked up once and stays the same until this is done, whatever other tabs do meanwhile.
    remembered: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def tenant(self) -> Tenant:
        return self.account.tenant

    @property
    def realm(self) -> str:
        """Within what a person is one and the same: limits, leases, codes and ways back are counted and found by it."""
        return self.site.tenant

    @property
    def owner(self) -> dict[str, Any]:
        """The columns of a new row that say whose it is, and on which site it was written."""
        return {"site": self.site.host, "tenant": self.realm, "subject": self.account.user_id}

    @property
    def key(self) -> dict[str, str]:
        """The columns of a row that there is for the person as such, on whatever site."""
        return {"tenant": self.realm, "subject": self.account.user_id}

    def owned(self, model: type[M]) -> QuerySet[M]:
        """This person's rows, whichever site of the tenant they were written on."""
        return rows_of(model, tenant=self.realm, subject=self.account.user_id)

    @property
    def browser(self) -> SessionStore:
        """The session of whoever came by a browser. Raises LookupError for everybody else."""
        if self.session is None:
            raise LookupError("nobody's browser")
        return self.session

    @cached_property
    def binding(self) -> str:
        """A random value of this browser's session; codes and states are good only where it is the same.

        An app that acts for the person has no session: there they are good for this app.
        """
        # guard: codes-of-this-app
        if self.application:
            return hashlib.sha256(f"application {self.application}".encode()).hexdigest()
        return binding_of(self.session) if self.session is not None else ""

    @cached_property
    def device(self) -> str:
        """ "Firefox on macOS", or empty."""
        return name_of_agent(self.user_agent)

    @cached_property
    def formats(self) -> Formats:
        """How the person reads dates and numbers: as they have chosen, else as their browser has it."""
        profile = self.person.profile
        zone = profile.zoneinfo if profile.zoneinfo in zone_names() else browser_zone(self.session)
        return formats_for(locale=profile.locale or "", zone=zone, accept_language=self.accept_language)
