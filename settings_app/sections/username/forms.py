"""The form for a username. Its policy is the tenant's, applied only here (docs/logto.md 2.3)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from settings_app.formats import in_a_row
from settings_app.logto.types import Person, UsernamePolicy
from settings_app.shell.inputs import ExactField
from settings_app.shell.sessions import OffersSignOut
from settings_app.typed import exact

LOGTO_ACCEPTS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# A policy's name for a kind of character, the characters, their name, and what is said when they are not allowed.
KINDS: tuple[tuple[str, str, Promise, Promise], ...] = (
    ("lowercase", r"[a-z]", _("lowercase letters"), _("Don’t use lowercase letters.")),
    ("uppercase", r"[A-Z]", _("uppercase letters"), _("Don’t use uppercase letters.")),
    ("numbers", r"[0-9]", _("numbers"), _("Don’t use numbers.")),
    ("underscore", r"_", _("underscores"), _("Don’t use underscores.")),
)


class UsernameForm(OffersSignOut):
    identifier = "username"
    username = ExactField(
        label=_("Username"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
        ),
        error_messages={"required": _("Enter a username.")},
    )
    field_order = ("username", "sign_out_others")

    def __init__(self, *args: Any, policy: UsernamePolicy, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.current = current
        self.fields["username"].help_text = described(policy)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        # guard: username-policy
        if wrong := why_not(username, self.policy):
            raise ValidationError(wrong, code="policy")
        return username

    def is_unchanged(self) -> bool:
        return self.is_bound and self.current != "" and exact(self.data.get("username", "")) == self.current

    def holds(self, person: Person) -> bool:
        return bool(person.username == self.cleaned_data["username"])


def described(policy: UsernamePolicy) -> str:
    """The policy in words, before anything is typed."""
    kinds = [str(name) for kind, _characters, name, _words in KINDS if getattr(policy, kind)]
    if policy.lowercase and policy.uppercase:
        kinds[:2] = [str(_("letters a to z"))]
    words = _("Use %(least)d to %(most)d characters: %(kinds)s.")
    if policy.numbers:
        words = _("It can’t start with a number. Use %(least)d to %(most)d characters: %(kinds)s.")
    return str(words % {"least": policy.min_length, "most": policy.max_length, "kinds": in_a_row(kinds)})


def why_not(username: str, policy: UsernamePolicy) -> str:
    """What is wrong with a username, or nothing. The lengths count characters."""
    if username[0].isdigit():
        return str(_("Start with a letter or an underscore, not a number."))
    if not LOGTO_ACCEPTS.fullmatch(username):
        return str(_("Use only the letters a to z, numbers and underscores."))
    if len(username) < policy.min_length:
        words = ngettext_lazy("Use at least %(limit)d character.", "Use at least %(limit)d characters.", "limit")
        return str(words % {"limit": policy.min_length})
    if len(username) > policy.max_length:
        words = ngettext_lazy("Use %(limit)d character or fewer.", "Use %(limit)d characters or fewer.", "limit")
        return str(words % {"limit": policy.max_length})
    for kind, characters, _name, refusal in KINDS:
        if not getattr(policy, kind) and re.search(characters, username):
            return str(refusal)
    return ""
