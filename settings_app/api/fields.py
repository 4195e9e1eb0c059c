"""The fields of the profile as the API names them, in Logto's words, over the rows of the profile page.

Each has the rules of its row: who may edit it, what may stand in it, where Logto keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from settings_app.actor import Actor
from settings_app.api.problems import Problem, Wrong
from settings_app.logto.types import Person
from settings_app.logto.types.person import ADDRESS_KEYS, PROFILE_KEYS
from settings_app.sections.profile.details import Detail
from settings_app.sections.profile.fields import details_of, standing_of
from settings_app.sections.profile.forms import RowForm, text_of
from settings_app.sections.profile.stores import AddressStore, CustomDataStore, NameStore, ProfileStore, Store
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.standing import READS, Rules, Standing

Pointer = tuple[str, ...]


@dataclass(frozen=True)
class AccountField:
    """One value: where it stands in the account, in which row of the page, under which name in that row's form."""

    pointer: Pointer
    detail: Detail
    name: str
    standing: Standing

    def value(self, person: Person) -> Any:
        return self.detail.values(person)[self.name]


def fields_of(request: AccountRequest) -> dict[Pointer, AccountField]:
    """Every value that this person may see."""
    rules = Rules.of(request, Reads(request.account, READS))
    rows = [(row, standing_of(row, rules)) for row in details_of(rules)]
    found = [
        AccountField(pointer_of(row.store, name), row, name, standing)
        for row, standing in rows
        if standing.is_shown
        for name in row.store.keys
    ]
    return {one.pointer: one for one in found}


def pointer_of(store: Store, name: str) -> Pointer:
    if isinstance(store, NameStore):
        return ("name",)
    if isinstance(store, ProfileStore):
        return ("profile", PROFILE_KEYS[name])
    if isinstance(store, AddressStore):
        return ("profile", "address", ADDRESS_KEYS[name])
    if isinstance(store, CustomDataStore):
        return ("customData", store.key)
    raise TypeError(store)


def written(pointer: Pointer) -> str:
    """RFC 6901."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in pointer)


def flat(values: Mapping[str, Any], above: Pointer = ()) -> dict[Pointer, Any]:
    """Each value by where it stands; the objects that hold them are none themselves."""
    found: dict[Pointer, Any] = {}
    for name, value in values.items():
        pointer = (*above, name)
        if isinstance(value, Mapping) and pointer in OBJECTS:
            found |= flat(value, pointer)
        else:
            found[pointer] = value
    return found


OBJECTS: tuple[Pointer, ...] = (("profile",), ("profile", "address"), ("customData",))


@dataclass(frozen=True)
class ChangedRow:
    """A row of the page with the form that holds what is to be changed in it."""

    detail: Detail
    form: RowForm
    pointers: Mapping[str, Pointer]  # by the names of the form

    def errors(self) -> list[Wrong]:
        return [
            Wrong(written(self.pointers.get(name, ())), f"field.{error.code or 'refused'}", " ".join(error.messages))
            for name, found in self.form.errors.as_data().items()
            for error in found
        ]


def changed_rows(
    actor: Actor, known: Mapping[Pointer, AccountField], wanted: Mapping[Pointer, Any]
) -> list[ChangedRow]:
    """The forms of every row that one of `wanted` belongs to, filled in. Raises Problem for what cannot be changed."""
    refuse_unknown(known, wanted)
    refuse_read_only(known, wanted)
    details = list(dict.fromkeys(known[pointer].detail.name for pointer in wanted))
    by_row = {name: [field for field in known.values() if field.detail.name == name] for name in details}
    return [filled_in(actor, fields, wanted) for fields in by_row.values()]


def refuse_unknown(known: Mapping[Pointer, AccountField], wanted: Mapping[Pointer, Any]) -> None:
    if unknown := [pointer for pointer in wanted if pointer not in known]:
        wrong = tuple(Wrong(written(one), "field.unknown", "There is no such field.") for one in unknown)
        raise Problem(422, "values.refused", "A field is not one of this account.", {}, wrong)
    if odd := [pointer for pointer, value in wanted.items() if isinstance(value, (dict, list))]:
        wrong = tuple(Wrong(written(one), "field.invalid", "This must be one value.") for one in odd)
        raise Problem(422, "values.refused", "A field must be one value.", {}, wrong)


def refuse_read_only(known: Mapping[Pointer, AccountField], wanted: Mapping[Pointer, Any]) -> None:
    closed = [pointer for pointer in wanted if not known[pointer].standing.is_editable]
    # guard: api-changes-editable-fields-only
    if closed:
        wrong = tuple(Wrong(written(one), "field.read_only", str(known[one].standing.reason)) for one in closed)
        raise Problem(403, "field.read_only", wrong[0].detail, {}, wrong)


def filled_in(actor: Actor, fields: list[AccountField], wanted: Mapping[Pointer, Any]) -> ChangedRow:
    """What is not named keeps what is stored."""
    detail, stored = fields[0].detail, fields[0].detail.values(actor.person)
    typed = {field.name: wanted[field.pointer] for field in fields if field.pointer in wanted}
    asked = detail.asked(stored, {name: text_of(value) for name, value in typed.items()}, actor.formats)
    posted = QueryDict(mutable=True)
    for name, field in asked.items():
        post(posted, name, field, typed.get(name, stored.get(name)))
    form = RowForm(posted, initial=stored, fields=asked, store=detail.store)
    return ChangedRow(detail, form, {field.name: field.pointer for field in fields})


def post(posted: QueryDict, name: str, field: forms.Field, value: Any) -> None:
    """As a browser posts it."""
    if isinstance(field, forms.BooleanField):
        if value:
            posted[name] = "on"
    elif isinstance(field.widget, forms.MultiWidget):
        parts = list(field.widget.decompress(value) or [])
        if value and not any(parts):
            parts = [text_of(value)] * len(parts)  # no day: refused as such by the field
        for suffix, part in zip(field.widget.widgets_names, parts, strict=True):  # type: ignore[attr-defined]  # not in the stubs
            posted[f"{name}{suffix}"] = part
    else:
        posted[name] = text_of(field.prepare_value(value))
