"""The profile page as the template draws it: sections of rows, each with its value and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app.formats import Formats, phone_number
from settings_app.logto.types import AccountCenter, FieldPolicy, Person
from settings_app.safeguards.field_policy import policy as policy_of
from settings_app.sections.photo.sources import Ways, photo_standing, ways_to_a_photo
from settings_app.sections.profile.fields import rows_of, standing_of
from settings_app.sections.profile.rows import BASICS, OTHER, REGION, Row
from settings_app.shell.http import AccountRequest
from settings_app.shell.standing import Rules, Standing

Text = str | Promise


@dataclass(frozen=True)
class Line:
    """One row as the template draws it; the names are those of components/row.html."""

    name: str
    label: Text
    value: str = ""
    hint: Text = ""
    change_url: str = ""
    change_text: Text = ""
    swap: bool = False
    readonly: Text = ""
    ltr: bool = False
    mono: bool = False
    copy: str = ""
    remove_url: str = ""
    value_template: str = ""
    picture: str = ""
    initials: str = ""

    @property
    def row_hint(self) -> Text:
        """Under the value; a value with a template of its own draws its hint itself."""
        return "" if self.value_template else self.hint


@dataclass(frozen=True)
class Section:
    id: str
    title: Text
    lines: list[Line]
    lead: Text = ""


def sections_of(request: AccountRequest, rules: Rules) -> list[Section]:
    formats = request.actor.formats
    lines: dict[str, list[Line]] = {BASICS: [], REGION: [], OTHER: []}
    managed: list[Line] = []
    reasons: list[str] = []
    for row in rows_of(rules):
        standing = standing_of(row, rules)
        line = line_of(row, standing, rules.person, formats)
        if standing.is_shown and (standing.managed_by or not row.is_editable):
            managed.append(line)
            reasons.append(str(standing.reason))
        elif standing.is_shown:
            lines[row.section].append(line)
    lines[BASICS] = [*photo_lines(request, rules), *lines[BASICS]]
    sections = [
        Section("basics", _("Basics"), lines[BASICS]),
        Section("region", _("Language and region"), lines[REGION]),
        Section("more", _("More about you"), lines[OTHER]),
        Section("sign-in", _("How you sign in"), identifiers(rules)),
        Section("managed", _("Managed for you"), without_hints(managed, reasons), lead=managed_lead(reasons)),
        Section("account", _("About this account"), about(request, formats)),
    ]
    return [section for section in sections if section.lines]


def line_of(row: Row, standing: Standing, person: Person, formats: Formats) -> Line:
    line = Line(row.name, row.label, row.text(person, formats), row.hint, ltr=row.ltr)
    if not standing.is_editable:
        return replace(line, readonly=_("Managed") if standing.managed_by else _("Read-only"), hint=standing.reason)
    change_url = reverse("profile_change", args=[row.name])
    return replace(line, change_url=change_url, swap=True, hint=standing.note or row.hint)


def photo_lines(request: AccountRequest, rules: Rules) -> list[Line]:
    """The photo's row: none when the tenant has switched it off."""
    standing, person, ways = photo_standing(rules), rules.person, ways_to_a_photo(request, rules)
    if not standing.is_shown:
        return []
    template = "photo/_value.html"
    line = Line("photo", _("Photo"), value_template=template, picture=person.avatar_url, initials=person.initials)
    if not standing.is_editable:
        return [replace(line, readonly=_("Managed") if standing.managed_by else _("Read-only"), hint=standing.reason)]
    change_url = reverse("profile_photo") if ways else ""
    words = _("Change") if person.avatar else _("Upload") if ways.upload else _("Choose")
    remove_url = reverse("profile_photo_remove") if person.avatar else ""
    return [replace(line, change_url=change_url, change_text=words, remove_url=remove_url, hint=hint_of(ways))]


def hint_of(ways: Ways) -> str:
    if ways.upload:
        return _("JPEG, PNG or WebP, up to 8 MB")
    return (
        _("Photos can’t be uploaded here, but there are other ways.") if ways else _("Photos can’t be uploaded here.")
    )


def managed_lead(reasons: list[str]) -> str:
    """Why these cannot be changed, said once when it is the same for all."""
    return reasons[0] if len(set(reasons)) == 1 else ""


def without_hints(lines: list[Line], reasons: list[str]) -> list[Line]:
    return [replace(line, hint="") for line in lines] if managed_lead(reasons) else lines


def identifiers(rules: Rules) -> list[Line]:
    """What one signs in with: shown here, changed on pages of their own where the tenant lets people."""
    person, center = rules.person, rules.account_center
    values = (
        ("username", _("Username"), person.username),
        ("email", _("Email"), person.email),
        ("phone", _("Phone"), phone_number(person.phone) if person.phone else ""),
        ("password", _("Password"), _("Set") if person.has_password else ""),
    )
    addresses = {name: address_of(f"{name}_change") for name, *_words in values if may_edit(center, name)}
    return [
        Line(name, label, value, ltr=True, change_url=addresses.get(name, ""), change_text=_("Change") if value else "")
        for name, label, value in values
    ]


def may_edit(center: AccountCenter, field: str) -> bool:
    return policy_of(center, field) is FieldPolicy.EDIT


def about(request: AccountRequest, formats: Formats) -> list[Line]:
    person = request.person
    lines = [
        Line(
            "id",
            _("Account ID"),
            person.id,
            _("Support may ask for this. It never changes."),
            mono=True,
            copy=person.id,
        ),
        Line("status", _("Status"), _("Active")),
    ]
    if person.created_at:
        lines.append(Line("created", _("Created"), formats.day(person.created_at)))
    if person.updated_at:
        lines.append(Line("updated", _("Last changed"), formats.moment(person.updated_at)))
    if person.last_sign_in_at:
        lines.append(Line("last-sign-in", _("Last sign-in"), formats.moment(person.last_sign_in_at)))
    if application := first_application(request):
        lines.append(
            Line("first-app", _("First app"), application, _("You created the account when you first signed in to it."))
        )
    return lines


def first_application(request: AccountRequest) -> str:
    """The name of the app through which the account came to be; empty when it is not known, or gone."""
    if not request.person.application_id:
        return ""
    tenant = request.account.tenant
    names = tenant.start(tenant.application_names)
    return (names.value or {}).get(request.person.application_id, "")


def address_of(name: str) -> str:
    """The address of another section's page; empty in a site that has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
