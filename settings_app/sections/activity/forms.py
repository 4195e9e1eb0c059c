"""What of the list is wanted: which kind, and between which days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.sections.activity.events import ActivityKind, in_ms
from settings_app.sections.activity.timeline import Wanted
from settings_app.shell.forms import Form

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
MOST_DIGITS = 15  # of a moment in an address
WRONG_DATE = _("Enter a date, such as 2026-11-18.")


class FilterDayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": WRONG_DATE}, **kwargs)

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found and not FIRST_DAY <= found <= LAST_DAY:
            raise forms.ValidationError(WRONG_DATE)
        return found


class PeriodForm(Form):
    """Read from an address, so what is odd in there is left out rather than an error, but for the days."""

    since = FilterDayField(label=_("From"))
    until = FilterDayField(label=_("To"))

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", _("Choose a day that isn’t before the first one."))
        return self.cleaned_data

    def wanted(self, actor: Actor, *, kind: str, before: str) -> Wanted:
        """A day that cannot be read stands for none; nothing in an address reaches past now.

        Only days wait for the person, whose time zone says when they begin.
        """
        days = self.cleaned_data if self.is_valid() else {}
        now = Wanted.now(ActivityKind(kind) if kind in set(ActivityKind) else None)
        ends = [now.until_ms]
        if before.isascii() and before.isdigit() and len(before) <= MOST_DIGITS:
            ends.append(int(before))
        if until := days.get("until"):
            ends.append(in_ms(actor.formats.start_of(until + timedelta(days=1))) - 1)
        since = days.get("since")
        since_ms = in_ms(actor.formats.start_of(since)) if since else 0
        return Wanted(max(min(ends), since_ms), since_ms, now.kind)
