"""The link “This wasn’t me” in mails about security: it ends every session and all access, once, for ten days.

The mail's own row stands for it, so nothing more is kept. It gives nobody anything: who holds it can lock everyone out,
themselves included, and has to get in again as anybody else. So it also makes the password unknown, where a code for a
new one goes to the address it was mailed to; elsewhere that would keep the owner out instead. The row forgets that
address once the mail is sent: a mark of it goes with the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
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
MARK_LENGTH = 32  # of 64 hexadecimal digits
WITH_MARK = 3  # what follows the number: mark, moment, signature; without it in links from before

UNREADABLE = _("This link is incomplete. Open it again from the email, or copy the whole link.")
EXPIRED = _("This link has expired. It worked for 10 days.")
UNKNOWN = _("This link no longer works.")
USED = _("This link has already been used.")


@dataclass(frozen=True)
class Report:
    """What a link leads to: the mail it stood in; or the reason why it leads nowhere. `mark`: where it was sent."""

    notice: Notice | None = None
    is_used: bool = False
    problem: Promise | None = None
    mark: str = ""


def token_of(notice: Notice, role: str, address: str) -> str:
    """For the mail that is about to leave; empty where it is not for its reader to lock anybody out."""
    # guard: no-report-link-for-addresses-that-are-not-the-accounts
    if role in (AddressRole.NEW, AddressRole.YOUNG, AddressRole.LEFT, AddressRole.ALERT_YOUNG):
        return ""
    if not Change(notice.change).words.is_reportable:
        return ""
    # The release before reads the first part alone.
    return signing.TimestampSigner(salt=SALT).sign(f"{notice.pk}:{mark_of(address)}")


def mark_of(address: str) -> str:
    """Tells the address again to who has it, and nobody which one it is."""
    return salted_hmac(SALT, address.casefold(), algorithm="sha256").hexdigest()[:MARK_LENGTH]


def was_sent_to(report: Report, address: str) -> bool:
    """Whether the link was mailed to this address. False of links from before they told."""
    return bool(address) and constant_time_compare(report.mark, mark_of(address))


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
    number, *others = token.split(":")
    notice = Notice.objects.filter(pk=number).first()
    # guard: report-of-this-tenant
    if notice is not None and tenant_of(notice.site) != site.tenant:
        notice = None
    if notice is None:
        return Report(problem=UNKNOWN)
    return Report(notice, is_used(notice), mark=others[0] if len(others) == WITH_MARK else "")


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
