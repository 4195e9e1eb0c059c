"""Rows and panels: a line with a value and what may be done with it, and what groups such lines on a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app.shell.forms import Form
from settings_app.shell.standing import Standing

LONGEST_WORD_ON_A_LINE = 28
LONGEST_ACTION_ON_A_LINE = 10

Text = str | Promise


@dataclass(frozen=True)
class Badge:
    text: Text
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Row:
    """A line as components/row.html draws it. Empty addresses leave an action out; with `form` it is open.

    Its own templates, if it names any, are given the row as `row`, and find in `more` what only they draw.
    """

    name: str
    label: Text
    value: str = ""
    hint: Text = ""
    icon: str = ""
    letter: str = ""
    picture: str = ""  # its address, of a picture that stands over the letter
    badge: Badge | None = None
    empty_text: Text = ""
    ltr: bool = False
    mono: bool = False
    stacked: bool = False
    copied: bool = False  # the value can be copied
    change_url: str = ""
    change_text: Text = ""
    swapped: bool = False  # the page behind `change_url` has this row open, and is swapped in for it
    remove_url: str = ""
    readonly: Text = ""  # in place of the actions: why there are none
    form: Form | None = None
    cancel_url: str = ""
    value_template: str = ""
    list_template: str = ""
    below_template: str = ""
    more: Any = None

    @property
    def is_stacked(self) -> bool:
        """Whether the actions need a line of their own on a narrow screen."""
        if self.form is not None:
            return False
        long_value = len(self.value) > LONGEST_WORD_ON_A_LINE and " " not in self.value
        both = bool(self.remove_url and self.change_url)
        return self.stacked or both or long_value or len(str(self.change_text)) > LONGEST_ACTION_ON_A_LINE

    @property
    def change_words(self) -> Text:
        return self.change_text or (_("Edit") if self.value else _("Add"))

    @property
    def has_actions(self) -> bool:
        return bool(self.readonly or self.change_url or self.remove_url or self.copied)

    def under(self, standing: Standing) -> Self:
        """The row as the person may use it: without actions, and with the reason, where it is not theirs to edit."""
        if standing.is_editable:
            return replace(self, hint=standing.note or self.hint)
        words = _("Managed") if standing.managed_by else _("Read-only")
        return replace(self, hint=standing.reason, change_url="", remove_url="", readonly=words)


@dataclass(frozen=True)
class Alert:
    """What is wrong with what a panel shows, and where it is put right."""

    title: Text
    text: Text
    url: str = ""
    link: Text = ""


@dataclass(frozen=True)
class Panel:
    """Rows under a heading, as the tag `panel` draws them; `id` is also where a link can jump to.

    `failure` says what could not be read; `reference` is found again in the log. With `is_all` it is all of its page,
    which is asked for again as a whole.
    """

    id: str
    title: Text = ""
    rows: tuple[Row, ...] = ()
    lead: Text = ""
    badge: Badge | None = None
    alert: Alert | None = None
    failure: Text = ""
    reference: str = ""
    is_all: bool = False
