"""The mail with a code of our own. It goes at once, so that the page can say when it cannot be sent."""

from __future__ import annotations

import logging
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.logto.looks import dressed
from settings_app.mails import colours, servers
from settings_app.mails.compose import sender
from settings_app.safeguards.declined import Declined, Interrupted
from settings_app.sites import Site

log = logging.getLogger(__name__)


def send(site: Site, *, recipient: str, code: str, language: str) -> None:
    """Raises Declined: the mailbox is refused; or Interrupted: no mail can be sent right now."""
    site = dressed(site)
    brand = typed.line(site.brand.name)
    with translation.override(language):
        headline = _("Confirm your alert address")
        context = {
            "site": site,
            "brand": brand,
            "colours": colours.of_brand(site.brand),
            "language": language,
            "right_to_left": translation.get_language_bidi(),
            "headline": headline,
            "code": code,
        }
        mail = EmailMultiAlternatives(
            subject=f"{brand}: {headline}",
            body=render_to_string("mail/code.txt", context),
            from_email=sender(site, brand),
            to=[recipient],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("mail/code.html", context), "text/html")
    try:
        mail.connection = servers.connection_of(site)
        mail.send()
    except SMTPRecipientsRefused as error:
        text = _("We can’t email that address. Check it, or use another one.")
        raise Declined(text, field="address", code="mail.recipient_refused") from error
    except Exception as error:  # each backend raises errors of its own
        log.warning("a code could not be mailed: %s", type(error).__name__)
        text = _("We can’t send emails right now. Nothing was changed. Try again in a moment.")
        raise Interrupted(text, code="mail.failed") from error
