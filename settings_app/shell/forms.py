"""The form every section builds on: what was typed, the change it leads to, and each way that can be refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Self

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from settings_app.logto.errors import LogtoError, Refused, TooManyRequests, Unavailable
from settings_app.logto.types import Person
from settings_app.safeguards import audit
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.shell import drafts
from settings_app.shell.http import AccountRequest
from settings_app.shell.refusals import GENERAL, refusal

WAIT_SECONDS = 30

log = logging.getLogger(__name__)


class Form(forms.Form):
    """Field names are the argument names of the action that `submit` runs."""

    use_required_attribute = False  # the server's words beside the field, not the browser's bubble
    status = 200

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers: dict[str, str] = {}

    @classmethod
    def received(cls, request: AccountRequest, *, initial: Mapping[str, Any] | None = None, **kwargs: Any) -> Self:
        """The form as posted; or fresh, with what was typed before a sign-in or confirmation came between."""
        if request.method == "POST":
            drafts.restored(request)
            return cls(request.POST, request.FILES or None, initial=initial, **kwargs)
        typed = drafts.restored(request)
        form = cls(initial=initial, **kwargs)
        for name, field in form.fields.items():
            value = field.widget.value_from_datadict(_as_post(typed), {}, form.add_prefix(name)) if typed else None
            if value not in (None, "", []):
                form.initial[name] = value
        form.was_restored = bool(typed)
        return form

    was_restored = False

    def holds(self, person: Person) -> bool | None:
        """Whether `person`, read again, already is as this form wants it; None when that cannot be told."""
        return None

    def submit(
        self,
        request: AccountRequest,
        change: Change,
        action: Callable[..., object],
        *,
        tags: str = "",
        told: bool = True,
        person: Person | None = None,
        written: str | None = None,
    ) -> bool:
        """Runs `action` with the cleaned values between the two halves of its audit row.

        `told` is False where the next page says by itself what was done, so that no message is queued.

        `person` and `written` are handed to `audit.start`, for pages of nobody who is signed in.

        Out: True when it was done; the message is queued, tagged with `tags`. False for a form that is not posted, not
        valid, or refused: the reason then stands beside its field, and everything typed is kept but secrets.
        """
        if not self.is_valid():
            self.mark_autofocus()
            return False
        entry = audit.start(request, change, person=person, written=written)
        try:
            action(**self.cleaned_data)
        except Declined as declined:
            audit.finish(entry, audit.outcome_of(declined), audit.reason_of(declined))
            self.add_declined(declined)
            self.mark_autofocus()
            return False
        except LogtoError as error:
            if self.answer_was_lost(error) and self.is_done_after_all(request):
                audit.finish(entry, audit.Outcome.DONE, "answer lost, read again")
            else:
                audit.finish(entry, audit.outcome_of(error), audit.reason_of(error))
                self.add_refusal(error)
                self.mark_autofocus()
                return False
        else:
            audit.finish(entry, audit.Outcome.DONE)
        if told:
            messages.success(request, str(change.words.done), extra_tags=tags)
        return True

    @staticmethod
    def answer_was_lost(error: LogtoError) -> bool:
        return isinstance(error, Unavailable) and error.may_have_happened

    def is_done_after_all(self, request: AccountRequest) -> bool:
        """The answer to a write never came: the person is read again, and that decides."""
        try:
            return bool(self.holds(request.account.person()))
        except LogtoError:
            return False

    def add_declined(self, declined: Declined) -> None:
        """Puts this site's own no beside the field it belongs to; a spent limit gives the answer 429."""
        self.status = declined.status
        self.headers.update(declined.headers)
        self.add_error(declined.field if declined.field in self.fields else None, str(declined.text))

    def add_refusal(self, error: LogtoError) -> None:
        """Puts Logto's refusal, in our words, beside the field it belongs to."""
        if isinstance(error, TooManyRequests):
            known = refusal(error.code)
            general = _("Too many requests right now. Wait a moment, then try again. Nothing was saved.")
            self.status, self.headers["Retry-After"] = 429, str(known.wait_seconds if known else WAIT_SECONDS)
            self.add_error(None, str(known.text if known else general))
        elif isinstance(error, Refused):
            known = refusal(error.code)
            if known is None:
                log.warning("a refusal without words of its own: %s", error)
            field = known.field if known and known.field in self.fields else None
            self.add_error(field, str(known.text if known else GENERAL))
        elif self.answer_was_lost(error):
            self.status, self.headers["Retry-After"] = 503, str(WAIT_SECONDS)
            self.add_error(
                None,
                _("We lost the connection and couldn’t confirm the change. Load the page to see what is stored."),
            )
        else:
            self.status, self.headers["Retry-After"] = 503, str(WAIT_SECONDS)
            self.add_error(None, _("We can’t save right now. Nothing was changed. Try again in a moment."))

    def mark_autofocus(self) -> None:
        """The first wrong field takes the focus; when the form itself is wrong, its summary does (see the template)."""
        for name, field in self.fields.items():
            if name in self.errors and NON_FIELD_ERRORS not in self.errors:
                field.widget.attrs["autofocus"] = True
                return


def _as_post(values: Mapping[str, list[str]]) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, posted in values.items():
        post.setlist(name, posted)
    return post
