"""The form every section builds on: what was typed, the change it leads to, and each way that can be refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Self

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, Refused, TooManyRequests
from settings_app.logto.types import Person
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Interrupted, Needless, TooManyAttempts
from settings_app.safeguards.perform import Remark, perform, was_lost
from settings_app.shell import drafts
from settings_app.shell.http import AccountRequest
from settings_app.shell.refusals import GENERAL, refusal

WAIT_SECONDS = 30
LONGEST_IDENTIFIER = 256

log = logging.getLogger(__name__)


class Form(forms.Form):
    """Field names are the argument names of the action that `submit` runs."""

    use_required_attribute = False  # the server's words beside the field, not the browser's bubble
    status = 200
    identifier = ""  # the field that an address may fill in, by `?identifier=`
    writes = True  # after a lost answer, what is stored may have changed
    request: HttpRequest | None = None  # where the message after success goes
    result: Any = None
    failure: Declined | LogtoError | None = None  # what was refused once the form itself was in order

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers: dict[str, str] = {}

    @classmethod
    def received(cls, request: AccountRequest, *, initial: Mapping[str, Any] | None = None, **kwargs: Any) -> Self:
        """The form as posted; or fresh, with what was typed before a sign-in or confirmation came between."""
        if request.method == "POST":
            drafts.restored(request)
            posted = cls(request.POST, request.FILES or None, initial=initial, **kwargs)
            posted.request = request
            return posted
        typed = drafts.restored(request)
        form = cls(initial=initial, **kwargs)
        asked = request.GET.get("identifier", "")[:LONGEST_IDENTIFIER]
        if cls.identifier and asked and asked.isprintable():
            form.initial[cls.identifier] = asked
        for name, field in form.fields.items():
            value = field.widget.value_from_datadict(_as_post(typed), {}, form.add_prefix(name)) if typed else None
            if value not in (None, "", []):
                form.initial[name] = value
        form.was_restored = bool(typed)
        return form

    was_restored = False

    def holds(self, person: Person) -> bool:
        """Whether `person`, read again, already is as this form wants it."""
        return False

    def is_done(self, actor: Actor) -> bool:
        """Once the answer to the write was lost: whether reading again shows that it is done."""
        return self.holds(actor.account.person())

    def submit(
        self,
        actor: Actor,
        change: Change,
        action: Callable[..., object],
        *,
        tags: str = "",
        is_told: bool = True,
        written: str = "",
        **more: Any,
    ) -> bool:
        """Runs `action(actor, ...)` with the cleaned values, and `more` where it asks for what no field holds.

        `tags` mark the message, and name the field in the trail; `is_told` is False where the next page says by itself
        what was done. `written` is what `perform` wants to know of an email or phone.

        Out: True when it was done; `result` is then what the action gave, and the message is queued. False for a form
        that is not posted, not valid, or refused: the reason stands beside its field, all that was typed is kept but
        secrets.
        """
        if not self.is_valid():
            self.mark_autofocus()
            return False
        try:
            self.result = perform(
                actor,
                change,
                action,
                written=written,
                about=tags,
                is_done=lambda: self.is_done(actor),
                **self.cleaned_data,
                **more,
            )
        except Declined as declined:
            self.failure = declined
            self.add_declined(declined)
        except LogtoError as error:
            self.failure = error
            self.add_refusal(error)
        else:
            self.tell(str(change.words.done) if is_told else "", tags)
            return True
        self.mark_autofocus()
        return False

    def tell(self, done: str, tags: str) -> None:
        """Queues the messages of a change that is done."""
        if self.request is None:
            return
        if done:
            messages.success(self.request, done, extra_tags=tags)
        if isinstance(self.result, Remark):
            otherwise = messages.SUCCESS if self.result.says_done else messages.INFO
            level = messages.WARNING if self.result.is_warning else otherwise
            messages.add_message(self.request, level, self.result.text)

    def tell_refusal(self) -> None:
        """Queues the reason, where another page than the form's own comes next."""
        if self.request is None:
            return
        level = messages.INFO if isinstance(self.failure, Needless) else messages.ERROR
        for words in self.non_field_errors():
            messages.add_message(self.request, level, str(words))

    def add_declined(self, declined: Declined) -> None:
        """Puts this site's own no beside the field it belongs to; a spent limit gives the answer 429."""
        if isinstance(declined, TooManyAttempts):
            self.answer_with(429, declined.wait_seconds)
        elif isinstance(declined, Interrupted):
            self.answer_with(503, WAIT_SECONDS)
        self.add_error(declined.field if declined.field in self.fields else None, str(declined.text))

    def add_refusal(self, error: LogtoError) -> None:
        """Puts Logto's refusal, in our words, beside the field it belongs to."""
        if isinstance(error, TooManyRequests):
            known = refusal(error.code)
            general = _("Too many requests right now. Wait a moment, then try again. Nothing was saved.")
            self.answer_with(429, known.wait_seconds if known else WAIT_SECONDS)
            self.add_error(None, str(known.text if known else general))
        elif isinstance(error, Refused):
            known = refusal(error.code)
            if known is None:
                log.warning("a refusal without words of its own: %s", error)
            field = known.field if known and known.field in self.fields else None
            self.add_error(field, str(known.text if known else GENERAL))
        elif self.writes and was_lost(error):
            self.answer_with(503, WAIT_SECONDS)
            self.add_error(
                None,
                _("We lost the connection and couldn’t confirm the change. Reload the page to see what was saved."),
            )
        else:
            self.answer_with(503, WAIT_SECONDS)
            self.add_error(None, _("We can’t save right now. Nothing was changed. Try again in a moment."))

    def answer_with(self, status: int, wait_seconds: int) -> None:
        self.status, self.headers["Retry-After"] = status, str(wait_seconds)

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
