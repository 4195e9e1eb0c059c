"""What is done about each event. Doing it twice does no harm, and none is relied upon: each comes once at most."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings

from settings_app.logto.errors import LogtoError
from settings_app.logto.tenant import Tenant
from settings_app.logto.types.reading import internet_address, mapping, text
from settings_app.models import KnownValue
from settings_app.safeguards import factor_removals, owners, password_resets, sessions, traces, undo
from settings_app.safeguards.sign_ins import devices
from settings_app.safeguards.sign_ins.sighting import Reached, Sighting
from settings_app.sites import Site
from settings_app.webhooks.message import Delivery

log = logging.getLogger(__name__)


def obey(site: Site, told: Delivery) -> None:
    """What concerns nobody, or is of no use here, is let go."""
    act = EVENTS.get(told.event)
    if act is not None and told.subject:
        act(site, told)


def follow_up(site: Site, told: Delivery) -> None:
    """What needs an answer of Logto, which is not waited for with the database held."""
    act = FOLLOWING.get(told.event)
    if act is None or not told.subject:
        return
    try:
        act(site, told)
    except LogtoError as error:
        log.warning("webhook %s on %s: %s", told.event, site.host, error)


def suspended_or_back(site: Site, told: Delivery) -> None:
    # guard: suspended-person-is-out-at-once
    if mapping(told.content.get("data")).get("isSuspended") is True:
        count = sessions.end_everything_here(tenant=site.tenant, subject=told.subject)
        log.info("%s was suspended: %d sessions ended", told.subject, count)


def deleted(site: Site, told: Delivery) -> None:
    traces.forget(tenant=site.tenant, subject=told.subject)
    log.info("%s was deleted: nothing of theirs is kept, and every session has ended", told.subject)


def signed_in(site: Site, told: Delivery) -> None:
    """A device that may be new. The log tells of the same sign-in; this one knows no place, and comes at once."""
    factor_removals.signed_in(tenant=site.tenant, subject=told.subject)
    if not any(one.new_device_alerts for one in settings.SITES if one.tenant == site.tenant):
        return
    content = told.content
    seen = Sighting(
        subject=told.subject,
        at=told.at,
        reached=Reached.SIGNED_IN,
        user_agent=text(content.get("userAgent")),
        address=internet_address(content.get("userIp")),
        application_id=text(mapping(content.get("application")).get("id")),
    )
    devices.note(site.tenant, [seen])


def password_reset(site: Site, told: Delivery) -> None:
    content = told.content
    password_resets.tell(
        site.tenant,
        subject=told.subject,
        at=told.at,
        user_agent=text(content.get("userAgent")),
        address=internet_address(content.get("userIp")),
        application_id=text(mapping(content.get("application")).get("id")),
    )


def changed(site: Site, told: Delivery) -> None:
    """What the account holds now is noted, so that what was changed elsewhere is young from this moment on.

    An account that was never seen here is left for its first page.
    """
    if not KnownValue.objects.filter(tenant=site.tenant, subject=told.subject).exists():
        return
    account = Tenant.of(site).account(told.subject)
    # guard: changes-elsewhere-are-noted-at-once
    undo.note(owners.acting(site, account.person(), user_agent="", address=""))


EVENTS: dict[str, Callable[[Site, Delivery], None]] = {
    "PostSignIn": signed_in,
    "PostRegister": signed_in,
    "User.SuspensionStatus.Updated": suspended_or_back,
    "User.Deleted": deleted,
}
# These ask Logto, so they are done when the others are stored. What fails is found later: by the log, or at a page.
FOLLOWING: dict[str, Callable[[Site, Delivery], None]] = {
    "PostResetPassword": password_reset,
    "User.Data.Updated": changed,
}
