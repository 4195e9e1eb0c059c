"""The buttons that sign out one device, and all others."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, TooManyRequests, Unavailable
from settings_app.safeguards.perform import was_lost
from settings_app.shell.forms import WAIT_SECONDS, Form

STILL_SIGNED_IN = _("We can’t sign it out right now. Try again in a moment.")


class EndForm(Form):
    """Nothing to fill in; `uid` names the session."""

    def __init__(self, *args: Any, uid: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uid = uid

    def is_done(self, actor: Actor) -> bool:
        return all(one.uid != self.uid for one in actor.account.sessions())

    def add_refusal(self, error: LogtoError) -> None:
        """What was signed in to here has ended by now, so the general words would be wrong."""
        is_crowded = isinstance(error, TooManyRequests)
        if is_crowded or (isinstance(error, Unavailable) and not was_lost(error)):
            self.answer_with(429 if is_crowded else 503, WAIT_SECONDS)
            self.add_error(None, str(STILL_SIGNED_IN))
        else:
            super().add_refusal(error)


class EndOthersForm(Form):
    """Nothing to fill in."""
