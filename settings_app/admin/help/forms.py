"""Why something is done to an account, and which second steps are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.admin.help import actions
from settings_app.admin.people.forms import LONGEST_REASON, SHORTEST_REASON
from settings_app.logto.errors import LogtoError
from settings_app.logto.types import Person
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.shell.forms import Form


class HelpForm(Form):
    why = forms.CharField(
        label=_("Why?"),
        help_text=_("A ticket number or a few words. The person can read it in their activity."),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        error_messages={
            "required": _("Enter a reason, such as a ticket number."),
            "min_length": _("Enter a reason, such as a ticket number."),
        },
    )

    def help(self, admin: Actor, person: Person, change: Change, action: Callable[..., None], **values: Any) -> bool:
        """Whether it was done; where not, the form says why."""
        if self.is_valid():
            try:
                actions.act(admin, person, change, action, **self.cleaned_data, **values)
            except Declined as declined:
                self.add_declined(declined)
            except LogtoError as error:
                self.add_refusal(error)
            else:
                self.tell(str(change.words.done), "")
                return True
        self.mark_autofocus()
        return False


class FactorsForm(HelpForm):
    factors = forms.MultipleChoiceField(
        label=_("Which second steps are lost?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one."), "invalid_choice": actions.NO_FACTOR},
    )
    field_order = ("why", "factors")

    def __init__(self, *args: Any, labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["factors"].choices = list(labels.items())  # type: ignore[attr-defined]  # of this kind of field
