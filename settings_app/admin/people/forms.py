"""Why an administrator wants to look."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.admin.people import actions
from settings_app.logto.errors import LogtoError
from settings_app.models import Preview
from settings_app.safeguards.declined import Declined
from settings_app.shell.forms import Form
from settings_app.shell.inputs import TextField

SHORTEST_REASON = 4
LONGEST_REASON = 200
NO_REASON = _("Enter a reason, such as a ticket number.")


class PreviewForm(Form):
    why = TextField(
        label=_("Why do you want to see this account?"),
        help_text=_("A ticket number or a few words. The person can read it in their activity."),
        max_length=LONGEST_REASON,
        error_messages={"required": NO_REASON},
    )

    def clean_why(self) -> str:
        why: str = self.cleaned_data["why"]
        if len(why) < SHORTEST_REASON:
            raise ValidationError(NO_REASON, code="min_length")
        return why

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
