"""Items of a list: what something is called, a line of facts about it, and the one thing that can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from settings_app.shell.rows import Badge

Text = str | Promise


@dataclass(frozen=True)
class Fact:
    """One of a few on a line. `at` is the moment that the words tell of; `is_own` marks words that people chose."""

    text: Text
    at: datetime | None = None
    is_own: bool = False
    ltr: bool = False


@dataclass(frozen=True)
class Item:
    """One entry of a list as `{% items %}` draws it. `action` leads to `url`; `end` stands at the end of the line.

    An app has its `logo`, an address, over its `letter` in place of the icon. `opens` is said of one whose action opens
    it or, as it stands `open` already, closes it; `name` is its place on the page. Where others have the same title,
    `told_apart` is what the action says it is about to who does not see the line.
    """

    title: Text
    icon: str
    facts: tuple[Fact, ...] = ()
    hints: tuple[Text, ...] = ()
    badge: Badge | None = None
    url: str = ""
    action: Text = ""
    end: Fact | None = None
    is_flagged: bool = False  # something to look at: the action is not a quiet one
    name: str = ""
    letter: str = ""
    logo: str = ""
    opens: bool = False
    is_open: bool = False
    is_focused: bool = False
    told_apart: Text = ""
