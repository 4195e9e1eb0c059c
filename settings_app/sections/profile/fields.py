"""Which rows the profile has for this person: the built-in ones, the tenant's own, and those the operator named."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404
from django.utils.text import slugify

from settings_app.logto.types import CustomProfileField
from settings_app.sections.profile.custom import CANNOT_BE_EDITED, as_defined, full_name, operators_key, single
from settings_app.sections.profile.details import BUILT_IN, NAME_PARTS, OTHER, Detail, full_name_of
from settings_app.sections.profile.stores import CustomDataStore
from settings_app.shell.standing import Rules, Standing, only_the_brand_can

BUILT_IN_KEYS = frozenset(row.key for row in (*BUILT_IN, *NAME_PARTS)) | {"avatar"}
OTHER_NAMES = frozenset(
    (
        "photo",
        "username",
        "email",
        "phone",
        "password",
        "id",
        "status",
        "created",
        "updated",
        "last-sign-in",
        "first-app",
    )
)


def details_of(rules: Rules) -> list[Detail]:
    """Every row that this tenant and this site know, whatever its policy: the built-in ones, then the tenant's own."""
    fields = rules.custom_fields()
    defined = {field.name: field for field in fields}
    rows = [as_defined(row, defined[row.key]) if row.key in defined else row for row in BUILT_IN]
    rows[1:1] = full_names(rules, defined)
    for field in fields:
        if field.type == "Fullname":
            continue
        if field.name not in BUILT_IN_KEYS:
            name = unique(field.name, rows)
            store = CustomDataStore(field.name, name)
            rows.append(single(field, name, store, section=OTHER, governed_by="custom_data"))
    for key in rules.site.custom_data:
        if key.key not in defined:
            rows.append(operators_key(key, unique(key.key, rows)))
    return [row for row in rows if row.store.keys]  # a definition may have all its parts switched off


def full_names(rules: Rules, defined: Mapping[str, CustomProfileField]) -> list[Detail]:
    """The row of first, middle and last name, or the tenant's own in its place."""
    own = [full_name(field) for field in defined.values() if field.type == "Fullname"]
    own = [row for row in own if row.store.keys and not rules.is_left_out(row.key)]
    parts = [as_defined(part, defined[part.key]) if part.key in defined else part for part in NAME_PARTS]
    parts = [part for part in parts if not rules.is_left_out(part.key)]
    return own or ([full_name_of(parts)] if parts else [])


def unique(wanted: str, rows: list[Detail]) -> str:
    """A word for the address of a row that no other row has."""
    taken = {row.name for row in rows} | OTHER_NAMES
    name = slugify(wanted) or "detail"
    return next(one for one in (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))) if one not in taken)


def found(rules: Rules, name: str) -> tuple[Detail, Standing]:
    """The row called `name` and what may be done with it; 404 when there is none or it is switched off."""
    for row in details_of(rules):
        standing = standing_of(row, rules)
        if row.name == name and standing.is_shown:
            return row, standing
    raise Http404


def standing_of(row: Detail, rules: Rules) -> Standing:
    odd = any(isinstance(value, (dict, list)) for value in row.values(rules.person).values())
    unusable = row.unusable or (CANNOT_BE_EDITED if odd else "")
    standing = rules.standing(row.key, row.governed_by, unusable=unusable)
    # guard: operators-read-only-key
    if standing.is_editable and not row.is_editable:
        return only_the_brand_can(rules.site)
    return standing
