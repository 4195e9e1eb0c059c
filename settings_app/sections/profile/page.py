"""The profile page as the template draws it: sections of rows, each with its value and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app.logto.together import together
from settings_app.logto.types import Person
from settings_app.sections.profile.policy import Rules, Standing
from settings_app.sections.profile.rows import BASICS, BUILT_IN, OTHER, REGION, Row
from settings_app.shell.formats import Formats, phone_number
from settings_app.shell.http import AccountRequest

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


@dataclass(frozen=True)
class Section:
    id: str
    title: Text
    lines: list[Line]
    lead: Text = ""


def rules_of(request: AccountRequest) -> Rules:
    """What the tenant says about this person's rows; all of it is read at once, and mostly from memory."""
    tenant = request.account.tenant
    center, catalogue, experience = together(
        tenant.account_center, tenant.custom_profile_fields, tenant.public_sign_in_experience
    )
    # guard: policy-must-be-known
    center.required()
    connectors = experience.value.sso_connectors if experience.value else ()
    return Rules.of(request.site, center.required(), catalogue.required(), request.person, connectors)


def rows_of(rules: Rules) -> list[Row]:
    """Every row that this tenant and this site know, whatever its policy."""
    return list(BUILT_IN)


def found(rules: Rules, name: str) -> tuple[Row, Standing]:
    """The row called `name` and what may be done with it; 404 when there is none or it is switched off."""
    for row in rows_of(rules):
        standing = standing_of(row, rules)
        if row.name == name and standing.is_shown:
            return row, standing
    raise Http404


def standing_of(row: Row, rules: Rules) -> Standing:
    return rules.standing(row.key, row.governed_by, unusable=row.unusable)


def sections_of(request: AccountRequest, rules: Rules) -> list[Section]:
    formats = Formats.of(request)
    lines: dict[str, list[Line]] = {BASICS: [], REGION: [], OTHER: []}
    managed: list[Line] = []
    managers: list[str] = []
    for row in rows_of(rules):
        standing = standing_of(row, rules)
        line = line_of(row, standing, rules.person, formats)
        if standing.managed_by:
            managed.append(replace(line, hint=""))
            managers.append(standing.managed_by)
        elif standing.is_shown:
            lines[row.section].append(line)
    sections = [
        Section("basics", _("Basics"), lines[BASICS]),
        Section("sign-in", _("How you sign in"), identifiers(rules.person)),
        Section("region", _("Language and region"), lines[REGION]),
        Section("more", _("More about you"), lines[OTHER]),
        Section("managed", _("Managed for you"), managed, lead=managed_lead(managers)),
        Section("account", _("About this account"), about(request, formats)),
    ]
    return [section for section in sections if section.lines]


def line_of(row: Row, standing: Standing, person: Person, formats: Formats) -> Line:
    line = Line(row.name, row.label, row.text(person, formats), row.hint, ltr=row.ltr)
    if not standing.is_editable:
        return replace(line, readonly=_("Managed") if standing.managed_by else _("Read-only"), hint=standing.reason)
    change_url = reverse("profile_change", args=[row.name])
    return replace(line, change_url=change_url, swap=True, hint=standing.note or row.hint)


def managed_lead(managers: Iterable[str]) -> str:
    named = sorted(set(managers))
    return (
        _("These details come from %(organisation)s. To change them, ask there.") % {"organisation": named[0]}
        if len(named) == 1
        else ""
    )


def identifiers(person: Person) -> list[Line]:
    """What one signs in with: shown here, changed on pages of their own."""
    return [
        Line("username", _("Username"), person.username, ltr=True, change_url=address_of("username_change")),
        Line("email", _("Email"), person.email, ltr=True, change_url=address_of("email_change")),
        Line(
            "phone",
            _("Phone"),
            phone_number(person.phone) if person.phone else "",
            ltr=True,
            change_url=address_of("phone_change"),
        ),
        Line(
            "password", _("Password"), _("Set") if person.has_password else "", change_url=address_of("password_change")
        ),
    ]


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
    names = together(request.account.tenant.application_names)[0]
    return (names.value or {}).get(request.person.application_id, "")


def address_of(name: str) -> str:
    """The address of another section's page; empty in a site that has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
