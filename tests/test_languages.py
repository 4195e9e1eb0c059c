"""Which language a page is in: by the address, the person's choice, the account, the browser, the tenant."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, trans_real

from accountsite.sandbox.logto import Logto
from settings_app.formats import in_a_row
from settings_app.languages import NAMES, catalogue, fitting, tag_of
from settings_app.logto.tenant import Tenant
from settings_app.management.commands.languages import compile_all, faults_of, sentences
from settings_app.models import AuditEntry
from settings_app.sections.activity.file import heads
from tests.people import client_of
from tests.signin.ways import begin, query_of, sign_in, site

GERMAN = {"Sign in": "Anmelden", "Overview": "Übersicht", "Profile": "Profil"}


@pytest.fixture
def german(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A site in English and German, of which three words are known here."""
    path = catalogue(tmp_path, "de", "po")
    path.parent.mkdir(parents=True)
    lines = (f'msgid "{english}"\nmsgstr "{german}"\n' for english, german in GERMAN.items())
    path.write_text("\n".join(lines), encoding="utf-8")
    compile_all(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    vars(trans_real)["_translations"].clear()  # what was read of other folders
    yield
    vars(trans_real)["_translations"].clear()  # what was read of other folders


def language_of(answer: Any) -> str:
    return str(answer["Content-Language"])


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("de-AT", "de"), ("pt-BR", "pt-br"), ("pt-PT", "pt"), ("pt", "pt"), ("zh", "zh-hans"), ("zh-CN", "zh-hans"),
        ("zh-Hant-HK", "zh-hk"), ("zh-MO", "zh-hk"), ("zh-TW", "zh-hant"), ("zh-Hans-SG", "zh-hans"), ("fa-IR", "fa"),
        ("fr_CA", "fr"), ("EN-gb", "en"), ("xx", ""), ("", ""), ("-", ""), ("*", ""), ("../../etc", ""), ("de\x00", ""),
    ],
)  # fmt: skip
def test_a_tag_is_met_by_the_nearest_language(wish: str, code: str) -> None:
    assert fitting([wish]) == code


def test_a_tag_of_a_megabyte_costs_nothing() -> None:
    """Each of its parts would make another tag, nearly as long: whoever posts one would use up all memory."""
    tracemalloc.start()
    found = fitting(["de" + "-x" * 5000])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, most < 1_000_000) == ("de", True)


def test_every_language_meets_the_tag_that_others_know_it_by() -> None:
    assert [fitting([tag_of(code)]) for code in NAMES] == list(NAMES)
    assert fitting(["pt-BR"], ("en", "pt")) == "pt"


@pytest.mark.usefixtures("german")
def test_before_signing_in_the_address_then_the_browser_then_the_tenant_decide(client: Client, logto: Logto) -> None:
    asked = "/sign-in/?ui_locales=xx+de-AT"
    assert language_of(client.get(asked, headers={"Accept-Language": "en"})) == "de"
    assert language_of(client.get("/sign-in/", headers={"Accept-Language": "fr;q=0.9, de;q=0.8, en;q=0.1"})) == "de"
    assert language_of(client.get("/sign-in/")) == "en"
    logto.state.sign_in_experience["languageInfo"]["fallbackLanguage"] = "de"
    Tenant.forget_all()
    client.get("/sign-in/")
    assert language_of(client.get("/sign-in/", headers={"Accept-Language": "fr"})) == "de"
    assert language_of(client.get("/sign-in/", headers={"Accept-Language": "en"})) == "en"
    assert client.cookies == {}


@pytest.mark.usefixtures("german")
def test_what_the_address_asked_for_goes_along_to_logto_and_stays(client: Client, logto: Logto, db: None) -> None:
    first = client.get("/profile/?ui_locales=de")
    assert first["Location"].startswith("/sign-in/?next=%2Fprofile%2F%3Fui_locales%3Dde&ui_locales=de")
    landing = client.get(first["Location"]).content.decode()
    assert 'action="/sign-in/?ui_locales=de"' in landing
    assert ">Anmelden<" in landing
    address = client.post("/sign-in/?ui_locales=de", {"next": "/profile/"})["Location"]
    assert query_of(address)["ui_locales"] == "de"
    client.get(logto.authorize("ada", address))
    assert language_of(client.get("/profile/")) == "de"


@pytest.mark.usefixtures("german")
def test_who_signs_in_gets_the_language_of_the_account(client: Client, logto: Logto, db: None) -> None:
    logto.state.person("ada").user["profile"]["locale"] = "de-CH"
    assert query_of(begin(client))["ui_locales"] == "en"
    sign_in(client, logto)
    assert language_of(client.get("/")) == "de"


@pytest.mark.usefixtures("german")
def test_a_language_chosen_in_the_footer_is_kept_on_the_account(ada: Client, logto: Logto) -> None:
    assert 'href="/language/?next=%2Fprofile%2F%3Fa%3D1"' in ada.get("/profile/?a=1").content.decode()
    page = ada.get("/language/?next=/profile/?a=1").content.decode()
    assert 'value="de"' in page
    assert 'name="next" value="/profile/?a=1"' in page
    answer = ada.post("/language/", {"ui_locales": "de", "next": "/profile/?a=1&ui_locales=en"})
    assert answer["Location"] == "/profile/?a=1"
    assert language_of(ada.get("/profile/")) == "de"
    assert logto.state.person("ada").user["profile"]["locale"] == "de"
    assert AuditEntry.objects.get().outcome == "done"
    ada.post("/language/", {"ui_locales": "de"})
    assert AuditEntry.objects.count() == 1
    assert language_of(client_of(logto, "ada").get("/")) == "de"


@pytest.mark.usefixtures("german")
def test_where_the_tenant_keeps_profiles_to_itself_the_choice_is_this_sessions(ada: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["profile"] = "ReadOnly"
    before = dict(logto.state.person("ada").user["profile"])
    ada.post("/language/", {"ui_locales": "de"})
    assert logto.state.person("ada").user["profile"] == before
    assert language_of(ada.get("/")) == "de"


@pytest.mark.usefixtures("german")
def test_a_language_that_the_site_has_not_is_not_taken(ada: Client, logto: Logto, settings: Any) -> None:
    assert ada.post("/language/", {"ui_locales": "xx"}).status_code == 400
    settings.SITES = (replace(site(), languages=("en",)),)
    assert ada.post("/language/", {"ui_locales": "de"}).status_code == 400
    assert "/language/" not in ada.get("/").content.decode()


@pytest.mark.usefixtures("german")
def test_with_logto_down_the_choice_holds_for_this_session(ada: Client, logto: Logto) -> None:
    ada.get("/")
    logto.state.account_center["fields"]["profile"] = "Edit"
    Tenant.of(site()).account_center.forget()
    logto.faults.add("500", path="/api/account-center")
    assert ada.post("/language/", {"ui_locales": "de", "next": "/profile/"})["Location"] == "/profile/"
    assert language_of(ada.get("/profile/")) == "de"


@pytest.mark.usefixtures("german")
def test_the_language_of_the_profile_page_is_spoken_at_once(ada: Client, logto: Logto) -> None:
    ada.get("/")
    ada.post("/profile/language/change/", {"locale": "de", "initial-locale": "en-GB"})
    assert logto.state.person("ada").user["profile"]["locale"] == "de"
    assert language_of(ada.get("/profile/")) == "de"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "Stockholm, Sweden"),
        ("de", "Stockholm, Sweden"),
        ("ja", "Stockholm、Sweden"),
        ("zh-hans", "Stockholm、Sweden"),
        ("ar", "\N{RIGHT-TO-LEFT MARK}Stockholm، \N{RIGHT-TO-LEFT MARK}Sweden"),
    ],
)
def test_a_list_without_and_has_the_comma_and_the_direction_of_the_language(code: str, said: str) -> None:
    with translation.override(code):
        assert (in_a_row(["Stockholm", "", "Sweden"]), in_a_row(["Stockholm"]), in_a_row([])) == (said, "Stockholm", "")


def test_a_phone_number_in_a_sentence_keeps_its_order_where_the_page_runs_from_right_to_left() -> None:
    said = Template("{% load formats %}{{ digits|phone_number }}")
    for code, shown in (("de", "+46 70 555 01 42"), ("ar", "\u2066+46 70 555 01 42\u2069")):
        with translation.override(code):
            assert said.render(Context({"digits": "46705550142"})) == shown


def test_what_stands_in_a_list_before_a_choice_is_not_cut_off_on_a_phone() -> None:
    """As many letters as fit beside the arrow on 390 pixels; those of East Asia are twice as wide."""
    fits = 30
    for code in NAMES:
        with translation.override(code):
            shown = gettext("Or begin the number with +")
        assert sum(2 if east_asian_width(letter) in "WF" else 1 for letter in shown) <= fits, code


def test_an_address_where_somebody_lives_is_not_that_of_a_network() -> None:
    """Two words in Japanese and in Taiwan, so no table may take the one for the other."""
    for code in NAMES:
        with translation.override(code):
            assert gettext("Address") not in heads(), code
    for code, said in (("ja", "住所"), ("zh-hant", "地址")):
        with translation.override(code):
            assert (gettext("Address"), said in gettext("See your address")) == (said, True)


def test_every_language_has_every_sentence_with_its_placeholders() -> None:
    """What is missing is named by `manage.py languages check` too."""
    told = list(faults_of(settings.LOCALE_PATHS[0], sentences(settings.BASE_DIR)))
    assert told[:20] == []


def test_every_language_says_how_it_translates_the_words_of_the_site() -> None:
    folders = {code: catalogue(settings.LOCALE_PATHS[0], code, "po").parents[1] for code in NAMES if code != "en"}
    assert [code for code, folder in folders.items() if not (folder / "terms.md").exists()] == []


def test_a_fault_of_a_catalogue_is_told(tmp_path: Path) -> None:
    template = sentences(settings.BASE_DIR)
    path = catalogue(tmp_path, "de", "po")
    path.parent.mkdir(parents=True)
    path.write_text('msgid "%(label)s saved"\nmsgstr "Gespeichert"\n', encoding="utf-8")
    told = [line for line in faults_of(tmp_path, template) if line.startswith("de: ") and "missing" not in line]
    assert len(told) == 1
    assert told[0].startswith("de: lacks %(label)s: ")
