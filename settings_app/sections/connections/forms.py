"""The forms of connecting and disconnecting: a button each, and what the page has shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from settings_app.actor import Actor
from settings_app.logto.types import Person
from settings_app.safeguards.changes import Change
from settings_app.sections.connections.connected import Connection
from settings_app.shell.forms import Form


class ConnectForm(Form):
    """`replaces` stands for the account that was connected when the page was made, empty for none."""

    replaces = forms.CharField(required=False, widget=forms.HiddenInput)

    writes = False  # asking for the provider's address changes nothing

    def submit(self, actor: Actor, change: Change, action: Callable[..., object], **more: Any) -> bool:
        if super().submit(actor, change, action, **more):
            return True
        if self.is_bound:
            self.data = self.initial  # the page that is shown now shows what is so now
        return False


class DisconnectForm(Form):
    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = connection.target

    def holds(self, person: Person) -> bool:
        return person.identity(self.target) is None
