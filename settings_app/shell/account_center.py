"""The detour to pages of the tenant's own account center, for what this site cannot do itself (docs/logto.md 17, 18).

What there was is remembered in the session. Whoever comes back is told what changed, and it is audited and announced as
if it had been done here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.safeguards.changes import Change
from settings_app.safeguards.perform import perform, record
from settings_app.shell.http import AccountRequest

KEPT_SECONDS = 1800


@dataclass(frozen=True)
class Detour:
    """One kind of it: `kept_as` names it in the session, `back` is the url name of where Logto's page leads back to."""

    kept_as: str
    started: Change
    back: str

    def begin(self, actor: Actor, page: str, before: Mapping[str, str]) -> str:
        """The address of Logto's `page`. `before` holds a mark of each thing that there is."""
        perform(actor, self.started, self.remember, before=before)
        query = urlencode({"redirect": actor.site.url(reverse(self.back))})  # Logto adds nothing to that address
        return f"{actor.site.endpoint}/account/{page}?{query}"

    def remember(self, actor: Actor, before: Mapping[str, str]) -> None:
        actor.browser[self.kept_as] = {"marks": dict(before), "until": time.time() + KEPT_SECONDS}

    def before(self, actor: Actor) -> dict[str, str] | None:
        """What was remembered; None when there is nothing (any more)."""
        kept = actor.browser.get(self.kept_as, {})
        return kept["marks"] if "marks" in kept and kept["until"] >= time.time() else None

    def end(self, actor: Actor) -> None:
        actor.browser.pop(self.kept_as, None)


def tell_what_changed(request: AccountRequest, changes: list[Change], told: list[str]) -> bool:
    """Records the changes and queues the sentences about them. Out: whether there was any change."""
    for change in changes:
        record(request.actor, change, "at the account center")
    for words in told:
        messages.success(request, words)
    if not told:
        messages.info(request, _("Nothing was changed. You came back before finishing."))
    return bool(changes)
