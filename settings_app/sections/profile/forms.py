"""The form of an open row: sends only what changed, and asks before it replaces what another tab saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from settings_app.logto.types import Person
from settings_app.sections.profile.stores import Store
from settings_app.shell import drafts
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest


class RowForm(Form):
    """`initial` is what Logto holds now; the hidden `initial-<name>` fields say what the page had shown.

    After validation `cleaned_data` holds only what changed.
    """

    def __init__(self, *args: Any, fields: Mapping[str, forms.Field], store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store
        for name, field in fields.items():
            field.show_hidden_initial = True
            self.fields[name] = field

    @classmethod
    def received(cls, request: AccountRequest, *, initial: Mapping[str, Any] | None = None, **kwargs: Any) -> Self:
        typed = drafts.restored(request) if request.method == "GET" else {}
        form = super().received(request, initial=initial, **kwargs)
        if request.method == "GET":
            next(iter(form.fields.values())).widget.attrs["autofocus"] = True
        if form.was_restored:
            form.go_on_showing({name: posted[0] for name, posted in typed.items() if posted}, initial or {})
        return form

    def go_on_showing(self, posted: Mapping[str, str], stored: Mapping[str, Any]) -> None:
        """The hidden fields go on saying what the page showed when this was typed."""
        shown = QueryDict(mutable=True)
        for name in self.fields:
            hidden = self.add_initial_prefix(name)
            shown[hidden] = posted.get(hidden, text_of(stored.get(name)))
        self.data = shown

    def is_untouched(self) -> bool:
        """Whether everything was posted just as it had been shown: there is nothing to save, whatever is stored."""
        return self.is_bound and not any(self.was_touched(name) for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Only what changed. What another tab changed meanwhile, to something else, is told before it is replaced."""
        touched = {name: value for name, value in self.cleaned_data.items() if self.was_touched(name)}
        for name, value in list(touched.items()):
            stored = self.stored_text(name)
            if stored not in (self.shown_text(name), text_of(self.fields[name].prepare_value(value))):
                del touched[name]
                self.tell_what_would_be_replaced(name, stored)
        return touched

    def was_touched(self, name: str) -> bool:
        widget, posted_name = self.fields[name].widget, self.add_prefix(name)
        if widget.value_omitted_from_data(self.data, self.files, posted_name):
            return False
        posted = widget.value_from_datadict(self.data, self.files, posted_name)
        shown = self.shown_text(name)
        if isinstance(widget, forms.MultiWidget):
            return [text_of(part).strip() for part in posted] != widget.decompress(shown)
        if not isinstance(widget, forms.Textarea):
            shown = on_one_line(shown)
        return text_of(posted).strip() != shown.strip()

    def shown_text(self, name: str) -> str:
        """What the page showed; a post that does not say, as from a script, is taken to have seen what is stored."""
        shown = self.data.get(self.add_initial_prefix(name))
        return self.stored_text(name) if shown is None else text_of(shown)

    def stored_text(self, name: str) -> str:
        return text_of(self.fields[name].prepare_value(self.initial.get(name)))

    def tell_what_would_be_replaced(self, name: str, stored: str) -> None:
        if stored:
            words = _("This changed in another window and is now “%(value)s”. Save again to replace it.") % {
                "value": stored
            }
        else:
            words = _("This was cleared in another window. Save again to keep what you typed here.")
        self.add_error(name, words)
        seen = QueryDict(mutable=True)
        seen.update(self.data)
        seen[self.add_initial_prefix(name)] = stored
        self.data = seen

    def holds(self, person: Person) -> bool:
        stored = self.store.read(person)
        return all(text_of(stored[name]) == text_of(value) for name, value in self.cleaned_data.items())


class ArrangedForm(RowForm):
    """Its first field decides which others are asked for: choosing there draws the others anew, and saves nothing."""

    template_name = "profile/arranged_form.html"

    def __init__(self, *args: Any, arrange_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrange_url = arrange_url
        next(iter(self.fields.values())).widget.attrs |= {
            "hx-post": arrange_url,
            "hx-trigger": "change",
            "hx-target": "#arranged",
            "hx-select": "#arranged",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
            "hx-disabled-elt": "unset",
        }

    @classmethod
    def arranged(cls, typed: Mapping[str, str], *, initial: Mapping[str, Any], **kwargs: Any) -> Self:
        """What is being typed, with the fields that go with it, and nothing judged yet."""
        so_far = {name: typed[name] for name in kwargs["fields"] if name in typed}
        form = cls(initial={**initial, **so_far}, **kwargs)
        form.go_on_showing(typed, initial)
        next(iter(form.fields.values())).widget.attrs["autofocus"] = True
        return form


def text_of(value: object) -> str:
    """A value as the hidden field carries it. Browsers send every line break as CR LF (HTML, form submission)."""
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def on_one_line(text: str) -> str:
    """What a one-line input makes of a text: it drops line breaks (HTML, text state)."""
    return text.replace("\n", "")
