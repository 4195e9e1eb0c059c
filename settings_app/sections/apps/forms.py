"""The button that removes an app's access, and the ticks of the organisations it may act in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, Unavailable
from settings_app.logto.types import Organization
from settings_app.safeguards.perform import was_lost
from settings_app.shell.forms import WAIT_SECONDS, Form

STILL_HAS_ACCESS = _("We can’t remove its access right now, so nothing was changed. Try again in a moment.")


class RemoveAccessForm(Form):
    """Nothing to fill in."""

    def add_refusal(self, error: LogtoError) -> None:
        if isinstance(error, Unavailable) and not was_lost(error):
            self.answer_with(503, WAIT_SECONDS)
            self.add_error(None, str(STILL_HAS_ACCESS))
        else:
            super().add_refusal(error)


class KeptField(forms.MultipleChoiceField):
    """None of them is a choice too. What another tab took away meanwhile is no mistake: the action looks."""

    def validate(self, value: list[str]) -> None:
        """There is nothing to refuse."""


class OrganizationsForm(Form):
    """Which organisations the app keeps."""

    organizations = KeptField(label=_("Organisations it can act in"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, application_id: str, chosen: tuple[Organization, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application_id = application_id
        self.fields["organizations"].choices = [(one.id, one.name or one.id) for one in chosen]  # type: ignore[attr-defined]  # a choice field
        self.initial.setdefault("organizations", [one.id for one in chosen])

    def is_done(self, actor: Actor) -> bool:
        now = {one.id for one in actor.account.consent_organizations(self.application_id)}
        return now <= set(self.cleaned_data["organizations"])
