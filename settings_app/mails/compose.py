"""The words of a mail about changes: what, when, on which device, from where, and what to do if it wasn't you.

No codes, no secrets, nothing that reports back, and no link that does anything before a button is pressed. Names and
devices are other people's words: none of them makes a link, a line or a paragraph of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import formataddr, parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app import tracing, typed
from settings_app.device import name_of_agent, written
from settings_app.formats import Formats, in_a_row, parsed_locale
from settings_app.logto.looks import dressed
from settings_app.mails import colours
from settings_app.models import Notice
from settings_app.safeguards import reports
from settings_app.safeguards.changes import Change
from settings_app.safeguards.notices import AddressRole, Facts
from settings_app.safeguards.sign_ins.sighting import Reached
from settings_app.sites import Site

MOST_TOLD = 20  # of the changes in one mail; the page about the account shows all
# What ends the password too: whoever did it has something to do.
SIGN_OUT_EVERYONE = frozenset({Change.ACCOUNT_LOCKED, Change.ACCOUNT_REPORTED, Change.ACCOUNT_RESTORED})


@dataclass(frozen=True)
class Particular:
    """One line of what is known. `is_exact` is an address or a number, which reads from left to right."""

    label: str
    value: str
    is_exact: bool = False

    @property
    def in_text(self) -> str:
        """As the plain part of a mail has it, where no element says which way it reads."""
        return typed.left_to_right(self.value) if self.is_exact else self.value


@dataclass(frozen=True)
class Announced:
    """One change as a mail tells it."""

    title: str
    is_known: bool
    details: list[Particular]


def compose(told: Sequence[tuple[Notice, Facts]], site: Site) -> EmailMultiAlternatives:
    """The mail about one change, or about several of one account to one address, oldest first.

    It is in the person's language. Its Message-ID stays the same when it has to be sent again.
    """
    (first, _facts), (last, facts) = told[0], told[-1]
    site = dressed(site)
    brand = typed.line(site.brand.name)
    with tracing.of_site(site.host), translation.override(facts.language):
        every = [event for notice, its in told for event in events_of(notice, its)]
        events = every[-MOST_TOLD:]
        headline = title_of(first) if len(told) == 1 else changes(len(told))
        context = {
            "site": site,
            "brand": brand,
            "colours": colours.of_brand(site.brand),
            "language": facts.language,
            "right_to_left": translation.get_language_bidi(),
            "headline": headline,
            "name": typed.greeted(facts.name),
            "role": facts.role if all(its.role == facts.role for _notice, its in told) else "",
            "is_about_email": any(Change(notice.change).words.value == "email" for notice, _its in told),
            "events": events,
            "only": events[0] if len(every) == 1 else None,
            "more": len(every) - len(events),
            "secure_url": site.url(reverse("secure")),
            "undo_url": link(site, "undo", facts.undo),
            "report_url": link(site, "not_me", "" if facts.undo else reports.token_of(last, facts.role, facts.to)),
            "keep_url": "" if is_removal(last) else link(site, "delete_keep", facts.keep),
            "keep_factor_url": link(site, "support_keep", facts.keep) if is_removal(last) else "",
            "is_by_support": all(Change(notice.change).words.by_admin for notice, _its in told),
            "is_gone": is_gone(last),
            "is_signed_out": len(every) == 1 and Change(last.change) in SIGN_OUT_EVERYONE,
            "settle_url": site.url(reverse("delete")) if last.change == Change.DELETION_STOPPED.value else "",
        }
        mail = EmailMultiAlternatives(
            subject=f"{brand}: {headline}",
            body=render_to_string("mail/notice.txt", context),
            from_email=sender(site, brand),
            to=[facts.to],
            headers={
                "Message-ID": f"<notice-{first.pk}-{first.made_at:%Y%m%d%H%M%S}@{site.host.partition(':')[0]}>",
                "Auto-Submitted": "auto-generated",  # RFC 3834: out-of-office replies stay away
            },
        )
        mail.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    return mail


def changes(count: int) -> str:
    words = ngettext("%(count)d change to your account", "%(count)d changes to your account", count)
    return words % {"count": count}


def title_of(notice: Notice) -> str:
    words = Change(notice.change).words
    is_known = notice.state != Notice.State.UNKNOWN
    return str(words.announced if is_known or words.begun is None else words.begun)


def events_of(notice: Notice, facts: Facts) -> list[Announced]:
    """One, or one for each device that was seen."""
    return [device_event(one, facts) for one in facts.sightings] or [event_of(notice, facts)]


def device_event(seen: Mapping[str, Any], facts: Facts) -> Announced:
    """A sign-in on a new device, or one that stopped."""
    got_in = seen.get("reached") == Reached.SIGNED_IN
    its = replace(facts, at=str(seen.get("at", "")), address=str(seen.get("address", "")))
    name, address = name_of_agent(str(seen.get("user_agent", ""))), address_of(its)
    locale = parsed_locale(facts.locale) or Locale("en")
    place = (str(seen.get("city", "")), locale.territories.get(str(seen.get("country", "")), ""))
    details = [
        Particular(_("When:"), in_full(its)),
        Particular(_("Device:"), typed.unlinked(name) or _("not known")),
        Particular(_("Place:"), typed.unlinked(in_a_row(place))),
        Particular(_("Network address:"), address or _("not known"), is_exact=bool(address)),
        Particular(_("App:"), typed.unlinked(typed.line(str(seen.get("app", ""))))),
        Particular(_("How far:"), _("Signed in") if got_in else _("The first step, and no further")),
    ]
    title = _("A new device signed in") if got_in else _("Someone started to sign in")
    return Announced(title, True, [detail for detail in details if detail.value])


def event_of(notice: Notice, facts: Facts) -> Announced:
    title, is_known = title_of(notice), notice.state != Notice.State.UNKNOWN
    by_support = Change(notice.change).words.by_admin
    # Who has lost the account by a way back learns nothing of who used it.
    unknown = "" if facts.role == AddressRole.LEFT else _("not known")
    details = [
        Particular(_("From:"), facts.before, is_exact=True),
        Particular(_("To:"), facts.after, is_exact=True),
        Particular(_("Will be deleted on:"), "" if by_support else day_of(facts)),
        Particular(_("Will be removed:"), moment_of(facts) if by_support else ""),
        Particular(_("When:"), in_full(facts)),
        Particular(_("Why:"), typed.unlinked(typed.line(facts.why))),
    ]
    # What is known of a browser is the administrator's.
    if facts.role != AddressRole.LEFT and not by_support:
        details += [
            Particular(_("Through the app:"), typed.unlinked(typed.line(facts.app))),
            Particular(_("Device:"), typed.unlinked(facts.device) or unknown),
            Particular(_("Network address:"), address_of(facts) or unknown, is_exact=bool(address_of(facts))),
        ]
    return Announced(title, is_known, [detail for detail in details if detail.value])


def sender(site: Site, brand: str) -> str:
    """With the brand's name before it, where the operator gave the address alone."""
    written = site.mail_from or settings.DEFAULT_FROM_EMAIL
    name, address = parseaddr(written)
    return written if name or not address else formataddr((brand, address))


def link(site: Site, page: str, token: str) -> str:
    """The token is a parameter and no part of the path, because access logs here carry paths only. Empty for none."""
    return site.url(f"{reverse(page)}?{urlencode({'token': token})}") if token else ""


def is_gone(notice: Notice) -> bool:
    """Whether there is no account any more that one could sign in to."""
    return notice.change == Change.ACCOUNT_DELETED.value and notice.state != Notice.State.UNKNOWN


def is_removal(notice: Notice) -> bool:
    """Whether it tells of a second step that its owner can still keep."""
    return notice.change == Change.FACTOR_REMOVAL_ASKED.value


def moment_of(facts: Facts) -> str:
    """When the second step will be removed."""
    return formats_of(facts).full(datetime.fromisoformat(facts.until)) if facts.until else ""


def day_of(facts: Facts) -> str:
    """The day on which the account will be deleted."""
    return formats_of(facts).day(datetime.fromisoformat(facts.until)) if facts.until else ""


def in_full(facts: Facts) -> str:
    """The moment of the change as the person writes it, in their time zone, which it names."""
    return formats_of(facts).full(datetime.fromisoformat(facts.at))


def formats_of(facts: Facts) -> Formats:
    return Formats(parsed_locale(facts.locale) or Locale("en"), ZoneInfo(facts.zone))


def address_of(facts: Facts) -> str:
    """The network address, where it is one."""
    try:
        return written(ip_address(facts.address))
    except ValueError:
        return ""
