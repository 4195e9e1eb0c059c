"""Every field of the profile: refused, changed and cleared, as a form posts it, for people whom no browser test takes.

tests/e2e/test_every_profile_field.py goes through the same table in a browser, as Ada and as somebody right to left.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import Person
from tests.markup import Element, Reader
from tests.people import client_of
from tests.profile_fields import (
    KEYS,
    OF_LOGTO,
    OF_THE_LIST,
    OF_THE_OPERATOR,
    Field,
    Typed,
    editable_fields,
    with_values,
)


class Row:
    """One row of the profile as it stands on a page."""

    def __init__(self, answer: object, name: str) -> None:
        self.page = Reader(answer.content.decode())  # type: ignore[attr-defined]  # the test client's own kind
        self.row = next(one for one in self.page.elements if one.get("id") == f"row-{name}")
        self.text = self.row.text

    def all(self, *names: str) -> list[Element]:
        return [one for one in self.page.all(*names) if self.row in one.above]

    def values(self) -> dict[str, str]:
        """What a browser would post as the form stands."""
        values = {one.get("name"): one.get("value") for one in self.all("input") if is_posted(one)}
        values |= {one.get("name"): one.text.removeprefix("\n") for one in self.all("textarea")}
        return values | {of.get("name"): chosen(self.all("option"), of) for of in self.all("select")}


def is_posted(box: Element) -> bool:
    return box.get("type") not in ("checkbox", "radio") or "checked" in box.attributes


def chosen(options: list[Element], of: Element) -> str:
    own = [one for one in options if one.within("select") is of]
    return next((one.get("value") for one in own if "selected" in one.attributes), own[0].get("value"))


def with_typed(values: dict[str, str], typed: Typed) -> dict[str, str]:
    """The form's values once somebody typed; an empty box of ticks is not posted at all."""
    values = values | {name: "on" if value is True else str(value) for name, value in typed.items()}
    return {name: value for name, value in values.items() if typed.get(name) is not False}


def go_through(client: Client, person: Person, field: Field) -> None:
    """Refused, with nothing stored and nothing lost; then changed; then cleared."""
    address = f"/profile/{field.row}/change/"
    values = Row(client.get(address), field.row).values()
    assert set(field.good) - {name for name, value in field.good.items() if value is True} <= set(values)
    if field.bad:
        before = deepcopy(person.user)
        refused = Row(client.post(address, with_typed(values, field.bad)), field.row)
        assert field.words in " ".join(one.text for one in refused.all("p", "div") if "error" in one.get("class"))
        assert [one for one in refused.all("input", "textarea", "select") if one.get("aria-invalid") == "true"]
        assert field.words == OF_THE_LIST or {**refused.values(), **field.bad} == refused.values()
        assert person.user == before
        values = with_typed(refused.values(), dict.fromkeys(field.bad, ""))

    save(client, person, field, with_typed(values, field.good), with_values(person.user, field.stored), field.shown)

    values = Row(client.get(address), field.row).values()
    nothing: Typed = {name: False if value is True else "" for name, value in field.good.items()}
    cleared = with_values(person.user, dict.fromkeys(field.stored, field.empty))
    save(client, person, field, with_typed(values, nothing), cleared, field.shown_empty)


def save(
    client: Client, person: Person, field: Field, values: dict[str, str], expected: dict[str, object], shown: str
) -> None:
    answer = client.post(f"/profile/{field.row}/change/", values, follow=True)
    assert answer.redirect_chain
    assert person.user | {"updatedAt": 0} == expected
    row = Row(answer, field.row)
    assert "Saved" in row.text
    assert shown in row.text


def rows_with_a_link(client: Client) -> set[str]:
    """The rows that open for editing on the page; what has pages of its own is left out."""
    page = Reader(client.get("/profile/").content.decode())
    links = [one for one in page.all("a") if one.get("href").endswith("/change/")]
    rows = {above.get("id").removeprefix("row-") for one in links for above in one.above if above.get("id")}
    return {row for row in rows if f"/profile/{row}/change/" in [one.get("href") for one in links]} - {"photo"}


@pytest.mark.timeout(180)  # some 150 pages each
@pytest.mark.parametrize("handle", ["empty", "enterprise"])
def test_every_field(db: None, logto: Logto, subtests: pytest.Subtests, handle: str) -> None:
    client, person = client_of(logto, handle), logto.state.person(handle)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en-GB"  # as the browsers of the journeys say
    person.user["customData"].pop("newsletter", None)  # as it is, there is nothing to save
    editable = editable_fields(handle)
    assert {one.row for one in editable} == rows_with_a_link(client)

    for field in editable:
        with subtests.test(field.row):
            go_through(client, person, field)


def test_every_field_of_a_tenant_that_defines_none_and_every_key_of_the_operator(
    ada: Client, logto: Logto, settings: Settings, subtests: pytest.Subtests
) -> None:
    settings.SITES = (replace(settings.SITES[0], custom_data=KEYS),)
    logto.state.profile_fields.clear()
    logto.state.account_center["profileFields"] = None
    person = logto.state.person("ada")

    assert "7" in Row(ada.get("/profile/"), "internalscore").text
    assert "internalscore" not in rows_with_a_link(ada)
    for field in (*OF_LOGTO, *OF_THE_OPERATOR):
        with subtests.test(field.row):
            go_through(ada, person, field)
    assert person.user["customData"]["internalScore"] == 7


def test_what_an_organisation_manages_is_shown_with_the_reason(enterprise: Client, logto: Logto) -> None:
    before = deepcopy(logto.state.person("enterprise").user)

    page = Reader(enterprise.get("/profile/").content.decode())
    managed = next(one for one in page.elements if one.get("id") == "managed")
    assert "Harbour Energy manages this. Ask them to change it." in managed.text
    assert [one for one in page.all("a") if managed in one.above] == []
    name = next(one for one in page.elements if one.get("id") == "row-name")
    assert managed in name.above
    assert "Edwin Harbour" in name.text
    assert "Managed" in name.text

    opened = enterprise.get("/profile/name/change/", follow=True).content.decode()
    assert "Harbour Energy manages this. Ask them to change it." in opened
    assert "Save</button>" not in opened.partition("<main")[2]
    assert logto.state.person("enterprise").user == before
