"""What the operator wants settled before somebody deletes their account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from settings_app.actor import Actor
from settings_app.logto.types import Organization, Person, Role
from settings_app.shell.reads import Read, Reads, organizations, roles
from settings_app.sites import DeletionBlocker, Site

ANY = "*"


@dataclass(frozen=True)
class Blocking:
    """One thing that stands in the way, as a page says it."""

    text: str
    link: str = ""
    url: str = ""


def reads_of(site: Site) -> tuple[Read[Any], ...]:
    """What has to be read before anybody can say what stands in the way."""
    wanted: list[Read[Any]] = []
    if any(one.asks_organizations for one in site.deletion_blockers):
        wanted.append(organizations)
    if any(one.role for one in site.deletion_blockers):
        wanted.append(roles)
    return tuple(wanted)


def of_page(site: Site, person: Person, reads: Reads) -> list[Blocking]:
    """As read for a page. Raises a `LogtoError`: without knowing what stands in the way nobody goes on."""
    wanted = reads_of(site)
    joined = reads[organizations] if organizations in wanted else ()
    held = reads[roles] if roles in wanted else ()
    return listed(site.deletion_blockers, person, joined, held)


def of_actor(actor: Actor, person: Person) -> list[Blocking]:
    """As read right before the deletion. Raises a `LogtoError`."""
    wanted = reads_of(actor.site)
    joined = actor.account.organizations() if organizations in wanted else ()
    held = actor.account.roles() if roles in wanted else ()
    return listed(actor.site.deletion_blockers, person, joined, held)


def listed(
    blockers: Collection[DeletionBlocker], person: Person, joined: Collection[Organization], held: Collection[Role]
) -> list[Blocking]:
    """Each organisation that stands in the way by itself."""
    found: list[Blocking] = []
    for one in blockers:
        if one.custom_data and not is_set(person.custom_data, one.custom_data):
            continue
        if one.role and one.role not in {role.name for role in held}:
            continue
        text, link = gettext(one.text), gettext(one.link) if one.link else ""
        if not one.asks_organizations:
            found.append(Blocking(text, link, one.url))
            continue
        names = [organization.name for organization in joined if is_about(one, organization)]
        found += [Blocking(text.replace("{organisation}", name), link, one.url) for name in names]
    return found


def is_set(custom_data: Mapping[str, Any], key: str) -> bool:
    """Neither missing nor empty, false, zero or null."""
    return bool(custom_data.get(key))


def is_about(blocker: DeletionBlocker, organization: Organization) -> bool:
    if blocker.organization not in ("", ANY, organization.id):
        return False
    return not blocker.organization_role or blocker.organization_role in {role.name for role in organization.roles}
