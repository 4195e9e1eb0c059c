"""What cards and checks read. Those that name the same function share one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.http import AccountRequest


@dataclass(frozen=True)
class SignIn:
    """How a person signs in: second steps, and how the accounts they connected are called."""

    steps: SecondSteps
    names: Mapping[str, str]


def sign_in(request: AccountRequest) -> SignIn:
    names = request.account.tenant.start(lambda: provider_names(request))
    return SignIn(SecondSteps.read(request.actor), names.required())


def provider_names(request: AccountRequest) -> dict[str, str]:
    """Names of social providers by target and of organisations by id; without them, Logto's own words are shown."""
    tenant = request.account.tenant
    connectors, experience = tenant.start(tenant.connectors), tenant.start(tenant.public_sign_in_experience)
    language = str(request.actor.formats.locale.language)
    names = {one.target: one.name(language) for one in connectors.value or () if one.is_social}
    return names | {one.id: one.name for one in (experience.value.sso_connectors if experience.value else ())}
