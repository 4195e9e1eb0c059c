"""What holds for any profile and any input: all can be shown, and all is saved exactly or refused with a reason."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accountsite.sandbox.logto import Logto
from settings_app.formats import Formats, birthdate_parts, formats_for, parsed_locale, phone_number, zone_named
from settings_app.sections.profile.details import choosable_languages, choosable_zones
from settings_app.typed import plain_number, web_address, words

pytestmark = pytest.mark.timeout(300)  # hundreds of examples, and more to make a failing one small

# Logto stores any text but NUL and halves of characters (docs/logto.md 0.1).
STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
ODD = st.sampled_from(
    [
        *("javascript:alert(1)", "https://[", "//x", "1990-02-31", "0000-00-00", "--02-30", "9999-12-31"),
        *("\uff11\uff19\uff19\uff10-01-01", "Mars/Base", "Europe", "../../etc/passwd", "/etc/localtime"),
        *("zz_ZZ_nope", "en-GB-oed", "x-klingon", "de_DE@euro", "\u202egnp.exe", "{{ 7*7 }}", "%s%d"),
        *("</textarea><script>", "GB", "gb", "ZZ", "\n", " ", "\U0001d518", "e\u0301" * 20, "👩🏽‍🚀"),
    ]
)
VALUE = STORABLE | ODD
KEYS = (
    *("familyName", "givenName", "middleName", "nickname", "preferredUsername", "profile", "website", "gender"),
    *("birthdate", "zoneinfo", "locale"),
)
PARTS = ("formatted", "streetAddress", "locality", "region", "postalCode", "country")
ADDRESS = st.dictionaries(st.sampled_from(PARTS), VALUE)
PROFILE = st.builds(
    lambda texts, address: texts | ({"address": address} if address is not None else {}),
    st.dictionaries(st.sampled_from(KEYS), VALUE),
    st.none() | ADDRESS,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | VALUE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STORABLE, inner, max_size=3),
    max_leaves=5,
)
CUSTOM = st.dictionaries(
    st.sampled_from(
        ["teamName", "shoeSize", "startDate", "newsletter", "favouriteColour", "blog", "badgeNumber", "other"]
    ),
    ANYTHING,
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(FEW, max_examples=150)
ROWS = {
    "name": "name",
    "nickname": "nickname",
    "fullname": "given_name",
    "preferred-username": "preferred_username",
    "website": "website",
    "profile-page": "profile",
    "gender": "gender",
    "time-zone": "zoneinfo",
    "language": "locale",
    "teamname": "teamname",
    "badgenumber": "badgenumber",
    "shoesize": "shoesize",
}


@FEW
@given(profile=PROFILE, custom=CUSTOM, name=st.none() | VALUE, avatar=st.none() | VALUE)
def test_any_profile_that_logto_can_hold_can_be_shown(
    ada: Client, logto: Logto, profile: dict[str, Any], custom: dict[str, Any], name: str | None, avatar: str | None
) -> None:
    user = logto.state.person("ada").user
    user |= {"profile": profile, "customData": custom, "name": name, "avatar": avatar}

    page = ada.get("/profile/")
    overview = ada.get("/")

    assert page.status_code == overview.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert user["profile"] == profile
    for value in profile.values():
        if isinstance(value, str) and re.fullmatch(r"[\w ]{3,}", value):
            assert html.escape(value.strip()) in page.content.decode()


@FEW
@given(
    profile=PROFILE,
    row=st.sampled_from(["nickname", "birthdate", "time-zone", "language", "address", "website", "gender"]),
)
def test_any_profile_can_be_opened_for_editing(ada: Client, logto: Logto, profile: dict[str, Any], row: str) -> None:
    logto.state.person("ada").user["profile"] = profile

    assert ada.get(f"/profile/{row}/change/").status_code == 200


@MANY
@given(row=st.sampled_from(sorted(ROWS)), typed=st.text(max_size=140) | VALUE)
def test_any_input_is_saved_exactly_or_refused_with_a_reason(ada: Client, logto: Logto, row: str, typed: str) -> None:
    assume(not any("\ud800" <= letter <= "\udfff" for letter in typed))  # no browser can send half a character
    before, profile_before = snapshot(logto)

    answer = ada.post(f"/profile/{row}/change/", {ROWS[row]: typed})

    after, profile_after = snapshot(logto)
    changed = {key for key in after if after[key] != before.get(key)} | {
        key for key in profile_after if profile_after[key] != profile_before.get(key)
    }
    if answer.status_code == 302:
        wanted = words(typed.replace("\r\n", "\n").replace("\r", "\n"))
        wanted = {"website": web_address, "profile-page": web_address, "shoesize": plain_number}.get(row, str)(wanted)
        assert len(changed) <= 1
        assert not changed or wanted in written({**after, **profile_after}[changed.pop()]) or row == "gender"
    else:
        assert answer.status_code == 200
        assert 'class="field__error"' in answer.content.decode()
        assert not changed


def written(value: object) -> Iterator[str]:
    """How a stored value may have been typed."""
    yield "" if value is None else str(value)
    if isinstance(value, int):
        yield f"+{value}"
    if isinstance(value, (int, float)):
        yield from (f"{value}0", f"0{value}", f"-0{abs(value)}", f"00{value}")


def snapshot(logto: Logto) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything of the person that is compared afterwards, custom data by key."""
    user = logto.state.person("ada").user
    return {"name": user["name"] or "", "avatar": user["avatar"]} | dict(user["customData"]), dict(user["profile"])


@FEW
@given(profile=PROFILE, typed=st.text("abc ", min_size=1, max_size=20))
def test_what_was_not_edited_stays_byte_for_byte(
    ada: Client, logto: Logto, profile: dict[str, Any], typed: str
) -> None:
    user = logto.state.person("ada").user
    user["profile"] = dict(profile)
    everything_else = {key: value for key, value in user.items() if key not in ("profile", "updatedAt")}

    ada.post("/profile/nickname/change/", {"nickname": typed})
    ada.post("/profile/address/change/", {"locality": typed})

    changed = user["profile"]
    assert {key: value for key, value in changed.items() if key not in ("nickname", "address")} == {
        key: value for key, value in profile.items() if key not in ("nickname", "address")
    }
    address = profile.get("address") or {}
    assert {key: value for key, value in (changed.get("address") or {}).items() if key != "locality"} == {
        key: value for key, value in address.items() if key != "locality"
    }
    assert {key: value for key, value in user.items() if key not in ("profile", "updatedAt")} == everything_else


@MANY
@given(text=VALUE)
def test_formats_take_any_text(text: str) -> None:
    formats = formats_for(accept_language=text)

    assert isinstance(formats.birthdate(text), str)
    assert isinstance(formats.country(text), str)
    assert isinstance(formats.language(text), str)
    assert isinstance(formats.time_zone(text), str)
    assert isinstance(phone_number(text), str)
    assert birthdate_parts(text) is None or text[0].isdigit() or text.startswith("--")
    assert parsed_locale(text) is None or text[0].isascii()


def test_every_language_to_choose_can_write_every_date(subtests: pytest.Subtests) -> None:
    for tag, _name in choosable_languages():
        with subtests.test(tag):
            locale = parsed_locale(tag)
            assert locale is not None
            formats = Formats(locale, zone_named(""))
            assert formats.birthdate("1991-06-14")
            assert sorted(formats.day_order()) == ["day", "month", "year"]
            assert formats.countries()


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1e25, "10,000,000,000,000,000,000,000,000"),
        (1.5e300, "1.5E300"),
        (5e-324, "5E-324"),
        (0.0001, "0.0001"),
        (-12345678901234567890, "-12,345,678,901,234,567,890"),
        (10**400, "1E400"),
        (0, "0"),
    ],
)
def test_a_number_of_any_size_is_written_with_all_its_digits(number: float, written: str) -> None:
    assert formats_for().number(number) == written


def test_every_zone_to_choose_has_an_offset() -> None:
    formats = formats_for()

    assert all("(UTC" in formats.time_zone(zone) for zone in choosable_zones())
