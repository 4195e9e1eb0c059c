"""The link “This wasn’t me” in mails about security: it ends every session and all access, once, for ten days.

The mail's own row stands for it, so nothing more is kept. It gives nobody anything: who holds it can lock everyone out,
themselves included, and has to get in again as anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.models import Notice
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.notices import AddressRole
from settings_app.sites import Site
from settings_app.tenancy import hosts_of, tenant_of

LIFE = timedelta(days=10)
SALT = "settings_app.report"

UNREADABLE = _("This link is incomplete. Open it again from the email, or copy the whole link.")
EXPIRED = _("This link has expired. It worked for 10 days.")
UNKNOWN = _("This link no longer works.")
USED = _("This link has already been used.")


@dataclass(frozen=True)
class Report:
    """What a link leads to: the mail it stood in; or the reason why it leads nowhere."""

    notice: Notice | None = None
    is_used: bool = False
    problem: Promise | None = None


def token_of(notice: Notice, role: str) -> str:
    """For the mail that is about to leave; empty where it is not for its reader to lock anybody out."""
    # guard: no-report-link-for-addresses-that-are-not-the-accounts
    if role in (AddressRole.NEW, AddressRole.YOUNG, AddressRole.LEFT, AddressRole.ALERT_YOUNG):
        return ""
    if not Change(notice.change).words.is_reportable:
        return ""
    return signing.TimestampSigner(salt=SALT).sign(str(notice.pk))


def read(site: Site, token: str) -> Report:
    """What this token leads to on this site, which may be any of the tenant's. Changes nothing."""
    try:
        # guard: report-link-signed
        signing.TimestampSigner(salt=SALT).unsign(
            token,
            # guard: report-link-expires
            max_age=LIFE,
        )
    except signing.SignatureExpired:
        return Report(problem=EXPIRED)
    except signing.BadSignature:
        return Report(problem=UNREADABLE)
    notice = Notice.objects.filter(pk=token.partition(":")[0]).first()
    # guard: report-of-this-tenant
    if notice is not None and tenant_of(notice.site) != site.tenant:
        notice = None
    if notice is None:
        return Report(problem=UNKNOWN)
    return Report(notice, is_used(notice))


def is_used(notice: Notice) -> bool:
    """Whether everyone was locked out since this mail was made, by its own link or by that of another mail.

    So whoever reads a mailbox that was left behind cannot press one link after the other.
    """
    hosts = hosts_of(tenant_of(notice.site))
    since = Notice.objects.filter(site__in=hosts, subject=notice.subject, reported_at__gte=notice.made_at)
    return since.exists()


def refuse_used(notice: Notice) -> None:
    """Raises Declined."""
    # guard: report-link-used-once
    if is_used(notice):
        raise Declined(USED, code="report.used")


def use(notice: Notice) -> None:
    """Everyone is locked out by now; until this is said the link stays good, so an interrupted press can go on."""
    Notice.objects.filter(pk=notice.pk).update(reported_at=timezone.now())
