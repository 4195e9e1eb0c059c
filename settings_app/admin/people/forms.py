"""Why an administrator wants to look."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.admin.people import actions
from settings_app.logto.errors import LogtoError
from settings_app.models import Preview
from settings_app.safeguards.declined import Declined
from settings_app.shell.forms import Form

SHORTEST_REASON = 4
LONGEST_REASON = 200


class PreviewForm(Form):
    why = forms.CharField(
        label=_("Why do you want to see this account?"),
        help_text=_("A ticket number or a few words. The person can read it in their activity."),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        error_messages={
            "required": _("Enter a reason, such as a ticket number."),
            "min_length": _("Enter a reason, such as a ticket number."),
        },
    )

    def begin(self, admin: Actor, person_id: str) -> Preview | None:
        """The preview that begins now; None when the form says why there is none."""
        if not self.is_valid():
            self.mark_autofocus()
            return None
        try:
            return actions.preview(admin, person_id, why=self.cleaned_data["why"])
        except Declined as declined:
            self.add_declined(declined)
        except LogtoError as error:
            self.add_refusal(error)
        self.mark_autofocus()
        return None
