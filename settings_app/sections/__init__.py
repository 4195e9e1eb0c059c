"""The sections: each is a package with a `section.py` that declares it, and one line here."""

from __future__ import annotations

from importlib import import_module

from settings_app.shell.section import Section

# In their order on the pages that gather from them.
NAMES = (
    "photo",
    "profile",
    "email",
    "phone",
    "username",
    "password",
    "two_step",
    "connections",
    "alerts",
    "sessions",
    "activity",
    "apps",
    "language",
    "accessibility",
    "organizations",
    "tokens",
    "verify",
    "undo",
    "support",
    "data",
    "delete",
)
SECTIONS: tuple[Section, ...] = tuple(import_module(f"{__name__}.{name}.section").SECTION for name in NAMES)
