"""The access tokens on the page about signing in: how many there are, and the way to them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settings_app.sections.tokens.held import held, offered
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row

FAILED = Panel(
    "access-tokens", gettext_lazy("Access tokens"), failure=gettext_lazy("We couldn’t load your access tokens")
)


def panels(request: AccountRequest, reads: Reads) -> list[Panel]:
    if not request.site.access_tokens:
        return []
    tokens = held(reads[offered])
    working = sum(not one.has_expired for one in tokens)
    counted = ngettext("%(count)d token", "%(count)d tokens", working) % {"count": working}
    row = Row(
        name="access-tokens",
        label=_("Your tokens"),
        icon="tokens",
        value=counted if working else "",
        empty_text=_("None"),
        hint=_("Programs use them in your place"),
        change_url=address_of("tokens"),
        change_text=_("Manage") if tokens else _("Get one"),
    )
    return [Panel("access-tokens", _("Access tokens"), (row,))]
