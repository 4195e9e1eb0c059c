"""What the parts of the security page draw from, all read at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from settings_app.logto.parallel import Part
from settings_app.logto.types import (
    AccountCenter,
    Connector,
    Factor,
    LogtoConfig,
    Person,
    PublicSignInExperience,
    SignInExperience,
)
from settings_app.shell.http import AccountRequest


@dataclass(frozen=True)
class Reading:
    """Without `experience` and `center` the page makes no sense; every other part may have failed by itself."""

    person: Person
    experience: SignInExperience
    center: AccountCenter
    connectors: Part[tuple[Connector, ...]]
    public_experience: Part[PublicSignInExperience]
    factors: Part[tuple[Factor, ...]]
    configuration: Part[LogtoConfig]
    organizations_require: Part[bool]

    @classmethod
    def of(cls, request: AccountRequest) -> Self:
        account, tenant = request.account, request.account.tenant
        experience, center = tenant.start(tenant.sign_in_experience), tenant.start(tenant.account_center)
        connectors, public_experience = tenant.start(tenant.connectors), tenant.start(tenant.public_sign_in_experience)
        factors, configuration = tenant.start(account.factors), tenant.start(account.configuration)
        required = tenant.start(account.organizations_require_two_step)
        return cls(
            request.person,
            experience.required(),
            center.required(),
            connectors,
            public_experience,
            factors,
            configuration,
            required,
        )


@dataclass(frozen=True)
class Section:
    """One part of the page: its template is given this object as `section`."""

    template: str
