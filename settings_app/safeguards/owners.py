"""Whose account something happened to at Logto, as somebody who can be told of it by mail."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.safeguards.strangers import language_of
from settings_app.sites import Site


def sites_of(tenant: str) -> list[Site]:
    return [site for site in settings.SITES if site.tenant == tenant]


def site_of(sites: Collection[Site], application_ids: Collection[str]) -> Site | None:
    """Whose mail it is: the site that was signed in to, else the first one."""
    named = [site for site in sites if site.app_id in application_ids]
    return next(iter([*named, *sites]), None)


def acting(site: Site, person: Person, *, user_agent: str, address: str) -> Actor:
    """The person, on their own account, from a browser that Logto was told of."""
    return Actor(
        site=site,
        account=Tenant.of(site).account(person.id),
        person=person,
        language=language_of(person),
        user_agent=user_agent,
        address=address,
    )
