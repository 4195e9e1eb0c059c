"""The words of a mail about a change: what, when, on which device, from where, and what to do if it wasn't you.

No codes, no secrets, nothing that reports back, and no link that does anything before a button is pressed.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from settings_app.formats import Formats, parsed_locale
from settings_app.models import Notice
from settings_app.safeguards.changes import Change
from settings_app.safeguards.notices import Facts
from settings_app.sites import Site


def compose(notice: Notice, facts: Facts, site: Site) -> EmailMultiAlternatives:
    """The mail, in the person's language. Its Message-ID stays the same when it has to be sent again."""
    words = Change(notice.change).words
    is_known = notice.state != Notice.State.UNKNOWN
    with translation.override(facts.language):
        headline = str(words.announced if is_known or words.begun is None else words.begun)
        context = {
            "site": site,
            "language": facts.language,
            "right_to_left": translation.get_language_bidi(),
            "headline": headline,
            "is_known": is_known,
            "facts": facts,
            "when": in_full(facts),
            "value": words.value,
            "secure_url": site.url(reverse("secure")),
            "undo_url": undo_url(site, facts.undo) if facts.undo else "",
        }
        mail = EmailMultiAlternatives(
            subject=f"{site.brand.name}: {headline}",
            body=render_to_string("mail/notice.txt", context),
            from_email=site.mail_from or settings.DEFAULT_FROM_EMAIL,
            to=[facts.to],
            headers={
                "Message-ID": f"<notice-{notice.pk}-{notice.made_at:%Y%m%d%H%M%S}@{site.host.partition(':')[0]}>",
                "Auto-Submitted": "auto-generated",  # RFC 3834: out-of-office replies stay away
            },
        )
        mail.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    return mail


def undo_url(site: Site, token: str) -> str:
    """The token is a parameter and no part of the path, because access logs here carry paths only."""
    return site.url(f"{reverse('undo')}?{urlencode({'token': token})}")


def in_full(facts: Facts) -> str:
    """The moment of the change as the person writes it, in their time zone, which it names."""
    locale = parsed_locale(facts.locale) or Locale("en")
    return Formats(locale, ZoneInfo(facts.zone)).full(datetime.fromisoformat(facts.at))
