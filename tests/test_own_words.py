"""Sentences of a site's own: on its pages and in its mails alone, and what is wrong with them is told and left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app import own_words, tracing
from settings_app.checks import words_of_sites_are_sound
from settings_app.following import Following
from settings_app.mails import outbox
from settings_app.sites import CustomKey, DeletionBlocker
from tests.people import client_of

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, settings: Settings) -> Write:
    """Writes a catalogue of the second site, as before a start or a reload."""

    def written(code: str, text: str) -> Path:
        path = tmp_path / "second" / code / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        settings.SITES = (*settings.SITES,)
        return path

    return written


@pytest.fixture
def two_sites(settings: Settings, tmp_path: Path) -> None:
    """On one tenant, in one process; the second one has words of its own."""
    first = settings.SITES[0]
    (tmp_path / "second").mkdir()
    second = replace(
        first,
        base_url="http://second.example",
        words_folder=str(tmp_path / "second"),
        custom_data=(CustomKey("rundbrief", "Round letter", editable=True),),
        deletion_blockers=(DeletionBlocker(text="Cancel your plan first.", custom_data="plan"),),
    )
    settings.SITES = (first, second)
    settings.ALLOWED_HOSTS = ["testserver", "second.example"]
    own_words.begin()


def said(english: str, value: str) -> str:
    return f'msgid "{english}"\nmsgstr "{value}"\n\n'


GERMAN = said("Overview", "Startseite") + said("Round letter", "Rundbrief") + said("Saving…", "Geduld…")


@pytest.fixture
def browsers(two_sites: None, logto: Logto, settings: Settings, db: None) -> tuple[Client, Client]:
    """Ada on each site, in German."""
    first, second = settings.SITES
    here = client_of(logto, "ada", verified=True)
    settings.SITES = (second, first)
    there = client_of(logto, "ada", verified=True)
    settings.SITES = (first, second)
    there.defaults["HTTP_HOST"] = "second.example"
    for browser in (here, there):
        browser.get("/?ui_locales=de")
    return here, there


def test_a_site_says_it_in_its_own_words_and_the_other_one_does_not(
    write: Write, browsers: tuple[Client, Client]
) -> None:
    write("de", GERMAN)
    here, there = browsers
    for _again in range(2):  # what is drawn once for each language is not handed on
        pages = [browser.get("/").content.decode() for browser in (here, there)]
        assert ["Startseite" in page for page in pages] == [False, True]
        assert ["Übersicht" in page for page in pages] == [True, False]
        assert ["Geduld…" in page for page in pages] == [False, True]
    assert "Rundbrief" in there.get("/profile/").content.decode()
    english = there.get("/?ui_locales=en").content.decode()
    assert "Overview" in english
    assert "Startseite" not in english


def test_its_mails_say_it_too(write: Write, browsers: tuple[Client, Client], logto: Logto) -> None:
    title = "Your username was changed"
    write("de", said(title, "Dein Kundenname ist neu"))
    here, there = browsers
    for number, browser in enumerate((here, there)):
        browser.post("/username/change/", {"username": f"countess{number}"})
    outbox.send_due()
    assert ["Kundenname" in f"{sent.subject}{sent.body}" for sent in mail.outbox] == [False, True]


def test_words_of_english_numbers_and_contexts(write: Write, two_sites: None) -> None:
    write("en", said("Overview", "Home"))
    forms = 'msgid "%(count)d day"\nmsgid_plural "%(count)d days"\nmsgstr[0] "ein Tag"\nmsgstr[1] "%(count)d Tage!"\n\n'
    write("de", forms + 'msgctxt "answer"\nmsgid "Yes"\nmsgstr "Jawohl"\n')
    with tracing.of_site("second.example"):
        with translation.override("en"):
            assert gettext("Overview") == "Home"
        with translation.override("de"):
            counted = [ngettext("%(count)d day", "%(count)d days", n) % {"count": n} for n in (1, 2)]
            assert counted == ["ein Tag", "2 Tage!"]
            assert (pgettext("answer", "Yes"), gettext("Overview")) == ("Jawohl", "Übersicht")
    with tracing.of_site("testserver"), translation.override("de"):
        assert ngettext("%(count)d day", "%(count)d days", 2) == "%(count)d Tage"
        assert pgettext("answer", "Yes") == "Ja"


def test_a_compiled_catalogue_does_as_well(two_sites: None, tmp_path: Path) -> None:
    held = Catalog(locale="de")
    held.add("Overview", "Startseite")
    held.add("Yes", "Jawohl", context="answer")
    path = tmp_path / "second" / "de" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, held)
    with tracing.of_site("second.example"), translation.override("de"):
        assert (gettext("Overview"), pgettext("answer", "Yes")) == ("Startseite", "Jawohl")


@pytest.mark.parametrize(
    ("english", "value", "fault"),
    [
        ("Overview", "Übersicht %(name)s", "has %(name)s"),
        ("Too many tries. Try again in %(wait)s.", "Zu oft.", "lacks %(wait)s"),
        ("Too many tries. Try again in %(wait)s.", "In %(wait)s zu 100%", "stands for nothing"),
        ("Cancel your plan first.", "Erst {organisation}", "has {organisation}"),
        ("Overview", "<script>alert(1)</script>", "has markup that the English has not"),
        ("Overview", "Start & <b>mehr", "has markup that the English has not"),
        ("Overview", 'x\\" onclick=\\"y', "has markup that the English has not"),
    ],
)
def test_a_sentence_that_would_break_a_page_is_left_out_and_told(
    write: Write, two_sites: None, english: str, value: str, fault: str
) -> None:
    path = write("de", said(english, value) + said("Profile", "Steckbrief"))
    (warning,) = words_of_sites_are_sound()
    assert str(path) in warning.msg
    assert fault in warning.msg
    with tracing.of_site("second.example"), translation.override("de"):
        assert gettext(english) != value
        assert gettext("Profile") == "Steckbrief"


@pytest.mark.parametrize(
    "text",
    [
        'mgsid "Overview"\nmsgstr "x"\n',
        "<html>",
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n;"\n\n' + said("Overview", "x"),
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n%0;"\n\n' + said("Overview", "x"),
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=nothing"\n\n' + said("Overview", "ü"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_leaves_every_page_standing(
    write: Write, browsers: tuple[Client, Client], text: str
) -> None:
    path = write("de", text)
    write("fr", said("Overview", "Chez vous"))
    here, there = browsers
    with pytest.raises(CommandError) as told:
        call_command("sites", "check")
    assert f"{path} cannot be read" in str(told.value)
    assert [browser.get("/").status_code for browser in (here, there)] == [200, 200]
    assert "Übersicht" in there.get("/").content.decode()
    assert "Chez vous" in there.get("/?ui_locales=fr").content.decode()


def test_what_is_said_nowhere_is_told_when_asked(write: Write, two_sites: None) -> None:
    good = GERMAN + said("Cancel your plan first.", "Erst kündigen.")
    write("de", good + said("Overwiev", "Startseite"))
    with pytest.raises(CommandError, match="has words in de that are said nowhere: Overwiev") as told:
        call_command("sites", "check")
    assert str(told.value).count("\n") == 0


def test_a_folder_that_is_not_there_is_told(two_sites: None, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[1], words_folder="/nowhere/at/all"),)
    (warning,) = words_of_sites_are_sound()
    assert "/nowhere/at/all is no folder" in warning.msg


def test_the_mail_loop_follows_when_a_catalogue_is_written(write: Write, two_sites: None, settings: Settings) -> None:
    write("de", GERMAN)
    following = Following()
    first, second = settings.SITES
    settings.SITES_AGAIN = lambda: ((first, second), ())
    with tracing.of_site("second.example"), translation.override("de"):
        assert gettext("Overview") == "Startseite"
        Path(second.words_folder, "de", "LC_MESSAGES", "django.po").write_text(said("Overview", "Zu Hause"))
        assert gettext("Overview") == "Startseite"
        following.look()
        assert gettext("Overview") == "Zu Hause"
