"""Which rows belong to one Logto tenant, whichever of its sites wrote them: a person is the same on all of them."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet

from settings_app.sites import Site

M = TypeVar("M", bound=Model)


def site_at(host: str) -> Site | None:
    """The site on this host, as a row names it."""
    return next((site for site in settings.SITES if site.host == host), None)


def tenant_of(host: str) -> str:
    """The tenant behind the site on this host; empty when there is no such site (any more)."""
    return next((site.tenant for site in settings.SITES if site.host == host), "")


def hosts_of(tenant: str) -> list[str]:
    """Where this tenant's sites answer."""
    return [site.host for site in settings.SITES if site.tenant == tenant]


def of_tenant(rows: QuerySet[M], tenant: str) -> QuerySet[M]:
    """Those of `rows` that sites of this tenant wrote. The release before knew no tenant: its rows have their site."""
    return rows.filter(Q(tenant=tenant) | Q(tenant="", site__in=hosts_of(tenant)))


def rows_of(model: type[M], *, tenant: str, subject: str) -> QuerySet[M]:
    """What this person has on every site of the tenant."""
    return of_tenant(model._default_manager.filter(subject=subject), tenant)
