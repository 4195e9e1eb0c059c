"""What the tenant and the operator define: custom profile fields, custom data keys, and who may edit what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app.sections.profile.patterns import compiled, date_format
from settings_app.sites import CustomKey, read_site
from settings_app.sites_file import read_sites


def day(field: str, of_month: str, month: str, year: str) -> dict[str, str]:
    return {f"{field}_day": of_month, f"{field}_month": month, f"{field}_year": year}


def custom_data_of(logto: Logto, handle: str = "ada") -> dict[str, Any]:
    data: dict[str, Any] = logto.state.person(handle).user["customData"]
    return data


def define(logto: Logto, name: str, kind: str, config: dict[str, Any], *, required: bool = False) -> None:
    """The tenant adds a field to its catalogue and to the profile page."""
    field = {"name": name, "type": kind, "label": f"Your {name}", "description": f"About {name}", "required": required}
    logto.state.profile_fields[name] = field | {"config": config, "sieOrder": 99, "id": name, "tenantId": "default"}
    logto.state.profile_fields[name]["createdAt"] = 0
    logto.state.account_center["profileFields"].append({"name": name})


@pytest.mark.parametrize(
    ("row", "posted", "key", "stored"),
    [
        ("teamname", {"teamname": "Orchard 🍏"}, "teamName", "Orchard 🍏"),
        ("shoesize", {"shoesize": "41"}, "shoeSize", 41),
        ("shoesize", {"shoesize": "41.5"}, "shoeSize", 41.5),
        ("shoesize", {"shoesize": ""}, "shoeSize", None),
        (
            "startdate",
            day("startdate", "2", "3", "2031"),
            "startDate",
            "2031-03-02",
        ),
        ("newsletter", {"newsletter": ""}, "newsletter", False),
        ("favouritecolour", {"favouritecolour": "blue"}, "favouriteColour", "blue"),
        ("blog", {"blog": "https://example.org"}, "blog", "https://example.org"),
        ("badgenumber", {"badgenumber": "AB-1234"}, "badgeNumber", "AB-1234"),
        ("badgenumber", {"badgenumber": "AB\u200b-1234"}, "badgeNumber", "AB-1234"),
        ("badgenumber", {"badgenumber": "\u2066AB-12\u00ad34\u2069"}, "badgeNumber", "AB-1234"),
    ],
)
def test_change_stores_each_kind_where_logto_keeps_it(
    ada: Client, logto: Logto, row: str, posted: dict[str, str], key: str, stored: object
) -> None:
    before = custom_data_of(logto)

    answer = ada.post(f"/profile/{row}/change/", posted, follow=True)

    assert f'id="row-{row}"' in answer.content.decode()
    assert "row--saved" in answer.content.decode()
    assert custom_data_of(logto) == before | {key: stored}


@pytest.mark.parametrize(
    ("row", "posted", "words"),
    [
        ("teamname", {"teamname": "x"}, "Use at least 2 characters."),
        ("teamname", {"teamname": "x" * 21}, "Use 20 characters or fewer. You’ve used 21."),
        ("shoesize", {"shoesize": "14"}, "Enter 15 or more."),
        ("shoesize", {"shoesize": "61"}, "Enter 60 or less."),
        ("shoesize", {"shoesize": "1e1"}, "Enter a number"),
        ("shoesize", {"shoesize": "40.1234567890123456789"}, "too many digits"),
        ("startdate", day("startdate", "2", "3", ""), "Enter the day, the month"),
        ("favouritecolour", {"favouritecolour": "mauve"}, "Choose one from the list."),
        ("blog", {"blog": "ftp://example.org"}, "Enter the full web address"),
        ("badgenumber", {"badgenumber": "ab-1234"}, "Enter it like this: AB-1234."),
        ("badgenumber", {"badgenumber": "AB-١٢٣٤"}, "Enter it like this: AB-1234."),
    ],
)
def test_change_refuses_what_the_tenant_does_not_want(
    ada: Client, logto: Logto, row: str, posted: dict[str, str], words: str
) -> None:
    before = custom_data_of(logto)

    answer = ada.post(f"/profile/{row}/change/", posted)

    assert words in answer.content.decode()
    assert custom_data_of(logto) == before


def test_a_required_field_cannot_be_cleared(ada: Client, logto: Logto) -> None:
    define(logto, "desk", "Text", {}, required=True)
    custom_data_of(logto)["desk"] = "12"

    answer = ada.post("/profile/desk/change/", {"desk": "", "initial-desk": "12"})

    assert "Enter something here." in answer.content.decode()
    assert custom_data_of(logto)["desk"] == "12"


def test_a_built_in_field_takes_the_words_and_limits_of_the_tenant(ada: Client, logto: Logto) -> None:
    logto.state.profile_fields["nickname"] |= {"label": "Call sign", "required": True, "config": {"maxLength": 5}}

    page = ada.get("/profile/").content.decode()
    answer = ada.post("/profile/nickname/change/", {"nickname": "too long"}).content.decode()

    assert "Call sign" in page
    assert "Use 5 characters or fewer" in answer


def test_a_label_that_is_a_word_of_this_site_is_said_in_the_language_of_the_page(ada: Client, logto: Logto) -> None:
    logto.state.person("ada").user["profile"]["locale"] = "de"
    labels = [logto.state.profile_fields[name]["label"] for name in ("nickname", "fullname", "address", "shoeSize")]
    assert labels == ["Nickname", "Full name", "Address", "Shoe size"]

    page = ada.get("/profile/address/change/").content.decode()

    for label in ("Spitzname", "Vollständiger Name", "Adresse", "Straße", "Shoe size"):
        assert f">{label}<" in page or f"{label} <span" in page or f"{label}\n" in page, label
    for label in labels[:3]:
        assert label not in page


def test_the_order_is_the_tenants(ada: Client, logto: Logto) -> None:
    logto.state.account_center["profileFields"] = [{"name": "blog"}, {"name": "shoeSize"}, {"name": "teamName"}]

    page = ada.get("/profile/").content.decode()

    assert page.index("row-blog") < page.index("row-shoesize") < page.index("row-teamname")
    assert "row-badgenumber" not in page


def test_a_full_name_is_one_row_in_place_of_its_parts(ada: Client, logto: Logto) -> None:
    page = ada.get("/profile/").content.decode()
    answer = ada.post(
        "/profile/fullname/change/",
        {
            "given_name": "Adah",
            "family_name": "Winterbourne",
            "initial-given_name": "Ada",
            "initial-family_name": "Winterbourne",
        },
        follow=True,
    )

    assert "Ada Rose Winterbourne" in page
    assert "row-full-name" not in page
    assert "Middle name" in ada.get("/profile/fullname/change/").content.decode()
    ada.post("/profile/fullname/change/", {"middle_name": "", "initial-middle_name": "Rose"})
    assert "Middle name" not in ada.get("/profile/fullname/change/").content.decode()
    assert "Adah Rose Winterbourne" in answer.content.decode()
    assert logto.state.person("ada").user["profile"]["givenName"] == "Adah"


def without_full_name(logto: Logto) -> None:
    del logto.state.profile_fields["fullname"]


def test_first_middle_and_last_name_are_one_row(ada: Client, logto: Logto) -> None:
    without_full_name(logto)

    page = ada.get("/profile/").content.decode()
    form = ada.get("/profile/full-name/change/").content.decode()
    ada.post("/profile/full-name/change/", {"middle_name": "Rósa"})

    assert "Ada Rose Winterbourne" in page
    assert [page.count(f'id="row-{name}"') for name in ("name", "full-name", "given-name", "middle-name")] == [
        1,
        1,
        0,
        0,
    ]
    assert form.index('name="given_name"') < form.index('name="middle_name"') < form.index('name="family_name"')
    assert logto.state.person("ada").user["profile"]["middleName"] == "Rósa"
    assert logto.state.person("ada").user["profile"]["givenName"] == "Ada"


def test_parts_of_the_name_keep_what_the_tenant_says_of_them(ada: Client, logto: Logto) -> None:
    without_full_name(logto)
    define(logto, "familyName", "Text", {"maxLength": 5}, required=True)

    form = ada.get("/profile/full-name/change/").content.decode()
    refused = ada.post("/profile/full-name/change/", {"family_name": "Okafor-Lind"}).content.decode()

    assert "Your familyName" in form
    assert "5 characters" in refused


def test_a_full_name_with_all_its_parts_switched_off_leaves_the_built_in_one(ada: Client, logto: Logto) -> None:
    for part in logto.state.profile_fields["fullname"]["config"]["parts"]:
        part["enabled"] = False

    page = ada.get("/profile/").content.decode()

    assert 'id="row-full-name"' in page
    assert 'id="row-fullname"' not in page


def test_a_pattern_that_takes_for_ever_is_stopped(ada: Client, logto: Logto) -> None:
    define(logto, "riddle", "Regex", {"format": "^(a|aa)+$"})

    # Without the limit this takes seconds; each two more letters take three times as long.
    answer = ada.post("/profile/riddle/change/", {"riddle": "a" * 32 + "!"})

    assert "check this in time" in answer.content.decode()


@pytest.mark.parametrize("pattern", ["(", "[^]", "a++", "(?i)a", "x{2,1}", r"\p{L}", "a" * 2000])
def test_a_pattern_that_cannot_be_run_makes_the_field_read_only(ada: Client, logto: Logto, pattern: str) -> None:
    define(logto, "riddle", "Regex", {"format": pattern})

    page = ada.get("/profile/").content.decode()
    answer = ada.post("/profile/riddle/change/", {"riddle": "x"}, follow=True)

    assert "can’t check the format of this here" in page
    assert "can’t check the format of this here" in answer.content.decode()
    assert "riddle" not in custom_data_of(logto)


@pytest.mark.parametrize("pattern", [r"^[A-Z]{2}-\d{4}$", r"^(?<year>\d{4})$", r"[\w.*+]+@x", r"a(?=b)", r"^\/\-$"])
def test_ordinary_patterns_of_javascript_run(pattern: str) -> None:
    assert compiled(pattern) is not None


@pytest.mark.parametrize(
    ("pattern", "text"), [("dd/MM/yyyy", "09/03/1988"), ("MM/dd/yyyy", "03/09/1988"), ("d. M. yyyy", "9. 3. 1988")]
)
def test_dates_in_the_tenants_spelling(ada: Client, logto: Logto, pattern: str, text: str) -> None:
    define(logto, "joined", "Date", {"format": "custom", "customFormat": pattern})

    ada.post("/profile/joined/change/", day("joined", "9", "3", "1988"))

    assert custom_data_of(logto)["joined"] == text
    assert "9 March 1988" in ada.get("/profile/").content.decode()


@pytest.mark.parametrize("pattern", ["PPP", "yy-MM-dd", "yyyy-MM", "MMMM d yyyy"])
def test_date_formats_of_other_tokens_are_left_alone(pattern: str) -> None:
    assert date_format(pattern) is None


def test_the_address_has_the_parts_that_the_tenant_enabled(ada: Client, logto: Logto) -> None:
    logto.state.profile_fields["address"]["config"]["parts"][2]["enabled"] = False

    page = ada.get("/profile/address/change/").content.decode()

    assert "Postcode" in page
    assert 'name="region"' not in page
    assert 'name="formatted"' not in page


# Who may edit what


def test_off_hides_the_row_and_refuses_its_address(ada: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["profile"] = "Off"

    assert "row-nickname" not in ada.get("/profile/").content.decode()
    assert ada.get("/profile/nickname/change/").status_code == 404
    assert ada.post("/profile/nickname/change/", {"nickname": "x"}).status_code == 404
    assert logto.state.person("ada").user["profile"]["nickname"] == "Ad"


def test_read_only_shows_the_row_and_refuses_a_deep_link_and_a_post(ada: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["name"] = "ReadOnly"

    page = ada.get("/profile/").content.decode()
    link = ada.get("/profile/name/change/", follow=True)
    post = ada.post("/profile/name/change/", {"name": "x"}, follow=True)

    assert "/profile/name/change/" not in page
    assert "Read-only" in page
    assert "Only Fernhill can change this." in page
    assert "Only Fernhill can change this." in link.content.decode()
    assert link.redirect_chain == post.redirect_chain == [("/profile/", 302)]
    assert logto.state.person("ada").user["name"] == "Ada Winterbourne"


def test_a_field_that_the_tenant_left_out_refuses_a_post(ada: Client, logto: Logto) -> None:
    logto.state.account_center["profileFields"] = [{"name": "blog"}]

    assert ada.post("/profile/teamname/change/", {"teamname": "Other"}).status_code == 404
    assert ada.post("/profile/nickname/change/", {"nickname": "Other"}).status_code == 404
    assert custom_data_of(logto)["teamName"] == "Orchard"


def test_without_an_account_center_everything_is_editable(ada: Client, logto: Logto) -> None:
    logto.state.account_center |= {"enabled": False, "fields": {}, "profileFields": None}

    ada.post("/profile/nickname/change/", {"nickname": "Free"})

    assert logto.state.person("ada").user["profile"]["nickname"] == "Free"
    assert "row-badgenumber" in ada.get("/profile/").content.decode()


def test_when_the_policy_cannot_be_read_nothing_is_shown_or_saved(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/account-center", times=9)

    assert ada.get("/profile/").status_code == 503
    assert ada.post("/profile/nickname/change/", {"nickname": "x"}).status_code == 503
    assert logto.state.person("ada").user["profile"]["nickname"] == "Ad"


def test_the_operator_can_leave_fields_out(ada: Client, logto: Logto, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], visible_fields=("name", "nickname")),)

    page = ada.get("/profile/").content.decode()

    assert "row-nickname" in page
    assert "row-birthdate" not in page
    assert ada.post("/profile/gender/change/", {"gender": "x"}).status_code == 404


def test_what_only_an_organisation_sets_is_marked_and_refused(enterprise: Client, logto: Logto) -> None:
    page = enterprise.get("/profile/").content.decode()
    enterprise.post("/profile/name/change/", {"name": "Somebody"})

    assert "Managed by your organisation" in page
    assert "Harbour Energy manages this." in page
    assert logto.state.person("enterprise").user["name"] == "Edwin Harbour"


def test_who_also_signs_in_otherwise_is_told_that_an_organisation_may_set_it_again(amara: Client, logto: Logto) -> None:
    page = amara.get("/profile/").content.decode()
    amara.post("/profile/name/change/", {"name": "Amara"})

    assert "Harbour Energy may change this back" in page
    assert logto.state.person("amara").user["name"] == "Amara"


# Keys of the custom data that the operator exposes

WORK_NAME = CustomKey("work name/ü", "Work name")
LEVEL = CustomKey("level", "Level", "number", editable=True)


@pytest.fixture
def with_custom_data(settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], custom_data=(WORK_NAME, LEVEL)),)


@pytest.mark.usefixtures("with_custom_data")
def test_exposed_keys_are_shown_or_edited_and_the_rest_stays(ada: Client, logto: Logto) -> None:
    data = custom_data_of(logto)
    data |= {"work name/ü": "Ada W", "secret": {"deep": [1, None]}}
    before = dict(data)

    page = ada.get("/profile/").content.decode()
    ada.post("/profile/level/change/", {"level": "7"})
    refused = ada.post("/profile/work-nameu/change/", {"work-nameu": "x"}, follow=True)

    assert "Ada W" in page
    assert "deep" not in page
    assert "internalScore" not in page
    assert "Only Fernhill can change this." in refused.content.decode()
    assert custom_data_of(logto) == before | {"level": 7}


@pytest.mark.usefixtures("with_custom_data")
def test_a_value_of_another_shape_is_never_shown_raw(ada: Client, logto: Logto) -> None:
    custom_data_of(logto)["level"] = {"hidden": "hush-hush"}

    page = ada.get("/profile/").content.decode()
    ada.post("/profile/level/change/", {"level": "7"})

    assert "hush-hush" not in page
    assert custom_data_of(logto)["level"] == {"hidden": "hush-hush"}


def test_the_site_of_these_tests_exposes_nothing() -> None:
    assert settings.SITES[0].custom_data == ()


def test_a_sites_file_names_the_keys_and_switches(tmp_path: Path) -> None:
    sites_file = tmp_path / "sites.toml"
    sites_file.write_text(
        """
        [[site]]
        base_url = "https://account.example"
        endpoint = "https://auth.example"
        app_id = "web"
        app_secret = "s"
        m2m_app_id = "machine"
        m2m_app_secret = "s"
        allow_picture_address = "true"

        [[site.custom_data]]
        key = "level"
        label = "Level"
        type = "number"
        editable = true
        """
    )

    sites, problems = read_sites({}, str(sites_file))

    assert problems == ()
    assert sites[0].allow_picture_address
    assert sites[0].custom_data == (CustomKey("level", "Level", "number", editable=True),)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"custom_data": [{"key": "a"}]}, "each custom_data must be a table"),
        ({"custom_data": "a"}, "each custom_data must be a table"),
        ({"custom_data": [{"key": "a", "label": "A", "type": "colour"}]}, "one of the types"),
        ({"custom_data": [{"key": "", "label": "A"}]}, "needs key, label"),
        ({"custom_data": [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}, "names a twice"),
        ({"allow_picture_address": "perhaps"}, "must be true or false"),
    ],
)
def test_wrong_settings_get_a_sentence(wrong: dict[str, Any], words: str) -> None:
    _site, problems = read_site(wrong, "Site 1")

    assert any(words in problem for problem in problems)


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [("de", "39,5", 39.5), ("de", "39.5", 39.5), ("fr", "39,5", 39.5), ("tr", "39,5", 39.5), ("en", "39.5", 39.5)],
)
def test_a_number_is_typed_as_its_language_writes_it(
    ada: Client, logto: Logto, language: str, typed: str, stored: float
) -> None:
    logto.state.person("ada").user["profile"]["locale"] = language
    ada.post("/profile/shoesize/change/", {"shoesize": typed})
    assert custom_data_of(logto)["shoeSize"] == stored
    again = ada.get("/profile/shoesize/change/").content.decode()
    assert f'name="shoesize" value="{"39.5" if language == "en" else "39,5"}"' in again


@pytest.mark.parametrize(("language", "typed"), [("en", "39,5"), ("de", "1.039,5"), ("de", "3,9,5"), ("ar", "39,5")])
def test_a_comma_that_could_be_either_is_refused(ada: Client, logto: Logto, language: str, typed: str) -> None:
    logto.state.person("ada").user["profile"]["locale"] = language
    before = custom_data_of(logto)
    assert "aria-invalid" in ada.post("/profile/shoesize/change/", {"shoesize": typed}).content.decode()
    assert custom_data_of(logto) == before


def test_a_number_that_was_not_touched_is_not_written_again(ada: Client, logto: Logto) -> None:
    logto.state.person("ada").user["profile"]["locale"] = "de"
    custom_data_of(logto)["shoeSize"] = 39.5
    posted = {"shoesize": "39,5", "initial-shoesize": "39,5"}
    assert ada.post("/profile/shoesize/change/", posted)["Location"] == "/profile/"
