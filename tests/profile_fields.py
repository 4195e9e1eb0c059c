"""Every field of the profile: what is typed, what is stored for it, and what is refused with which words."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from settings_app.sites import CustomKey

Typed = Mapping[str, str | bool]
# What the people write wherever any text goes.
PEOPLE = {"ada": "Zoë O’Neil 👩🏽‍🔬", "empty": "Ö", "rtl": "نورة بنت سعد", "enterprise": "Ngũgĩ <b>&amp;"}
CONTROL = "This has characters in it that we can’t save. Remove them, then save again."
WHOLE_ADDRESS = "Enter the full web address, such as https://example.com."
OF_THE_LIST = "Choose one from the list."
TOO_LONG = "Use 128 characters or fewer. You’ve used 129."


@dataclass(frozen=True)
class Field:
    """One row: what is typed into its inputs, what the user then holds by path, and what is refused with which words.

    `empty` is what Logto holds for each path once it is cleared. A box that can only be ticked refuses nothing.
    """

    row: str
    good: Typed
    stored: Mapping[str, Any]
    shown: str
    bad: Typed = field(default_factory=dict)
    words: str = ""
    empty: object = ""
    shown_empty: str = "Not set"


def one(row: str, path: str, value: str, bad: str, words: str, name: str = "") -> Field:
    """A row of one line that is stored as it is typed."""
    name = name or row.replace("-", "_")
    return Field(row, {name: value}, {path: value}, value, {name: bad}, words)


def day(name: str, year: str, month: str, day: str) -> Typed:
    return {f"{name}_year": year, f"{name}_month": month, f"{name}_day": day}


def fields(text: str) -> list[Field]:
    """The rows of the invented tenant; `text` is written wherever any text goes."""
    long = "x" * 129
    return [
        replace(one("name", "name", text, long, TOO_LONG), empty=None),
        Field(
            "fullname",
            {"given_name": text, "family_name": f"{text} 2"},
            {"profile.givenName": text, "profile.familyName": f"{text} 2"},
            text,
            {"given_name": "kept", "family_name": "Win\x07ter"},
            CONTROL,
        ),
        one("nickname", "profile.nickname", text, long, TOO_LONG),
        one("preferred-username", "profile.preferredUsername", text, long, TOO_LONG),
        Field(
            "birthdate",
            day("birthdate", "1991", "6", "14"),
            {"profile.birthdate": "1991-06-14"},
            "1991",
            day("birthdate", "1990", "2", "30"),
            "That date doesn’t exist. Check the day and the month.",
        ),
        Field(
            "birthdate",
            day("birthdate", "", "2", "29"),
            {"profile.birthdate": "0000-02-29"},
            "29 February",
            day("birthdate", "", "2", ""),
            "Enter the day and the month, the year alone, or all three.",
        ),
        Field(
            "birthdate",
            day("birthdate", "1991", "", ""),
            {"profile.birthdate": "1991"},
            "1991",
            day("birthdate", "2999", "1", "1"),
            "That date is in the future. Check the year.",
        ),
        Field(
            "gender",
            {"gender": "Prefer not to say"},
            {"profile.gender": "prefer_not_to_say"},
            "Prefer not to say",
            {"gender": long},
            TOO_LONG,
        ),
        one(
            "profile-page",
            "profile.profile",
            "https://people.example/~zoë",
            "javascript:alert(1)",
            WHOLE_ADDRESS,
            "profile",
        ),
        one("website", "profile.website", "http://zoe.example:8080/?a=1&b=2#c", "not an address", WHOLE_ADDRESS),
        Field("language", {"locale": "he"}, {"profile.locale": "he"}, "Hebrew", {"locale": "tlh"}, OF_THE_LIST),
        Field(
            "time-zone",
            {"zoneinfo": "Asia/Kathmandu"},
            {"profile.zoneinfo": "Asia/Kathmandu"},
            "Kathmandu",
            {"zoneinfo": "Mars/Tharsis"},
            OF_THE_LIST,
        ),
        Field(
            "address",
            {
                "street_address": f"{text}\nBack door",
                "locality": text,
                "region": text,
                "postal_code": "0150",
                "country": "Norway",
            },
            {
                "profile.address.streetAddress": f"{text}\nBack door",
                "profile.address.locality": text,
                "profile.address.region": text,
                "profile.address.postalCode": "0150",
                "profile.address.country": "Norway",
            },
            "Norway",
            {"street_address": "Kept 1", "region": "x" * 257},
            "Use 256 characters or fewer. You’ve used 257.",
        ),
        one("teamname", "customData.teamName", f"{text[:12]} 7", "x", "Use at least 2 characters."),
        Field(
            "shoesize",
            {"shoesize": "41.5"},
            {"customData.shoeSize": 41.5},
            "41.5",
            {"shoesize": "14"},
            "Enter 15 or more.",
            empty=None,
        ),
        Field(
            "startdate",
            day("startdate", "2031", "3", "2"),
            {"customData.startDate": "2031-03-02"},
            "2031",
            day("startdate", "", "3", "2"),
            "Enter the day, the month and the year.",
        ),
        Field(
            "newsletter",
            {"newsletter": True},
            {"customData.newsletter": True},
            "Yes",
            empty=False,
            shown_empty="No",
        ),
        Field(
            "favouritecolour",
            {"favouritecolour": "blue"},
            {"customData.favouriteColour": "blue"},
            "Blue",
            {"favouritecolour": "mauve"},
            OF_THE_LIST,
        ),
        one("blog", "customData.blog", "https://blog.example/", "ftp://blog.example", WHOLE_ADDRESS),
        one("badgenumber", "customData.badgeNumber", "ZO-0042", "zo-42", "Enter it like this: AB-1234."),
    ]


KEYS = (
    CustomKey("desk note/ü", "Desk note", editable=True),
    CustomKey("level", "Level", "number", editable=True),
    CustomKey("remote", "Works remotely", "checkbox", editable=True),
    CustomKey("joined", "Joined", "date", editable=True),
    CustomKey("intranet", "Intranet page", "url", editable=True),
    CustomKey("internalScore", "Score", "number"),
)
OF_THE_OPERATOR = (
    one(
        "desk-noteu",
        "customData.desk note/ü",
        "By the window",
        "x" * 1025,
        "Use 1024 characters or fewer. You’ve used 1025.",
        "desk-noteu",
    ),
    replace(
        one("level", "customData.level", "7", "seven", "Enter a number, such as 12 or 12.5."),
        stored={"customData.level": 7},
        empty=None,
    ),
    Field("remote", {"remote": True}, {"customData.remote": True}, "Yes", empty=False, shown_empty="No"),
    Field(
        "joined",
        day("joined", "2019", "10", "1"),
        {"customData.joined": "2019-10-01"},
        "2019",
        day("joined", "2019", "xx", "1"),
        "Use numbers, such as 14, 6 and 1991.",
    ),
    one("intranet", "customData.intranet", "https://intranet.example/zoe", "intranet/zoe", WHOLE_ADDRESS),
)
OF_LOGTO = (
    Field(
        "full-name",
        {"given_name": "Zoë", "middle_name": "Rósa", "family_name": "O’Neil"},
        {"profile.givenName": "Zoë", "profile.middleName": "Rósa", "profile.familyName": "O’Neil"},
        "Zoë Rósa O’Neil",
        {"given_name": "kept", "family_name": "x" * 129},
        TOO_LONG,
    ),
    Field(
        "address",
        {"street_address": "1 Quay Street\nBack door", "country": "Norway"},
        {"profile.address.streetAddress": "1 Quay Street\nBack door", "profile.address.country": "Norway"},
        "Norway",
        {"street_address": "Kept", "country": "Atlantis"},
        OF_THE_LIST,
        shown_empty="LA9 4AA Kendal",  # the parts that were left alone
    ),
)


def editable_fields(handle: str) -> list[Field]:
    """The rows of the invented tenant that this person may edit."""
    editable = [one for one in fields(PEOPLE[handle]) if (handle, one.row) != ("enterprise", "name")]
    if handle != "ada":
        return editable
    # The tenant asks for no middle name, so hers stays as it is.
    return [replace(one, shown_empty="Rose") if one.row == "fullname" else one for one in editable]


def with_values(user: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the user must be once these are stored and nothing else is; paths lead through objects."""
    expected: dict[str, Any] = deepcopy(user) | {"updatedAt": 0}
    for path, value in values.items():
        *objects, key = path.split(".")
        inner = expected
        for name in objects:
            inner = inner.setdefault(name, {})
        inner[key] = value
    return expected
