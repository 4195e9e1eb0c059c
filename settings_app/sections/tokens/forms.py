"""The forms of access tokens: a name, and how long one works."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settings_app.actor import Actor
from settings_app.formats import Formats
from settings_app.logto.errors import LogtoError
from settings_app.safeguards.perform import was_lost
from settings_app.shell.forms import WAIT_SECONDS, Form
from settings_app.shell.inputs import TextField

DAYS = (7, 30, 90, 365)
USUAL_DAYS = "30"
FOR_EVER = "0"
NOBODY_SAW_IT = gettext_lazy(
    "We lost the connection. If a token with this name is in your list now, remove it: nobody has seen it. "
    "Then get another one."
)
CHOOSE = gettext_lazy("Choose how long it works.")
NAME_ERRORS = {"required": gettext_lazy("Give it a name.")}


class AddForm(Form):
    name = TextField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("So you can tell it from others"), error_messages=NAME_ERRORS
    )
    days = forms.ChoiceField(
        label=gettext_lazy("How long it works"),
        initial=USUAL_DAYS,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, formats: Formats, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = timezone.now()
        ways = [(str(days), in_words(days, formats.day(self.ends_after(days)))) for days in DAYS]
        self.fields["days"].choices = [*ways, (FOR_EVER, _("Until you remove it"))]  # type: ignore[attr-defined]

    def ends_after(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    def clean(self) -> dict[str, Any]:
        days = self.cleaned_data.pop("days", None)
        if days is not None:
            self.cleaned_data["ends"] = None if days == FOR_EVER else self.ends_after(int(days))
        return self.cleaned_data

    def is_done(self, actor: Actor) -> bool:
        """Without its secret a token is of no use, whether it is there or not."""
        return False

    def add_refusal(self, error: LogtoError) -> None:
        if not was_lost(error):
            super().add_refusal(error)
            return
        self.answer_with(503, WAIT_SECONDS)
        self.add_error(None, str(NOBODY_SAW_IT))


def in_words(days: int, until: str) -> str:
    """ "30 days, until 29 December 2026"; a year is said as one."""
    if days == 365:  # days of a year
        return _("1 year, until %(until)s") % {"until": until}
    words = ngettext("%(days)d day, until %(until)s", "%(days)d days, until %(until)s", days)
    return words % {"days": days, "until": until}


class RenameForm(Form):
    name = TextField(label=gettext_lazy("Name"), error_messages=NAME_ERRORS)

    def __init__(self, *args: Any, token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = token

    def is_unchanged(self) -> bool:
        return self.is_valid() and self.cleaned_data["name"] == self.token

    def is_done(self, actor: Actor) -> bool:
        names = {one.name for one in actor.account.personal_access_tokens()}
        return self.cleaned_data["name"] in names and self.token not in names


class RemoveTokenForm(Form):
    """Nothing to fill in."""

    def __init__(self, *args: Any, token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = token

    def is_done(self, actor: Actor) -> bool:
        return all(one.name != self.token for one in actor.account.personal_access_tokens())
