"""What holds on every page, whole and as the part that htmx asks for; `tests/pages.py` lists them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, is_valid_path, resolve

from accountsite.sandbox.logto import Logto
from settings_app import urls as site_urls
from settings_app.languages import NAMES, tag_of
from settings_app.logto.parallel import PAGE_SECONDS
from settings_app.logto.transport import READ_SECONDS, WRITE_SECONDS
from tests.markup import Element, Reader
from tests.pages import NO_PAGES, VISITS, Visit

NEED_NO_LABEL = {"hidden", "submit", "button", "reset"}
ASIDE = NEED_NO_LABEL | {"checkbox"}  # what is no field that somebody would begin with
TYPED = {"text", "email", "password", "tel", "url", "search", "number"}
HELP = "https://fernhill.example/help"
LANGUAGE_OF_NAME = {name: tag_of(code) for code, name in NAMES.items()}
SPACED = re.compile(r"\S{1,20}。(?:</(?:strong|span|a)>)?\s+(?:<a href|<strong|<bdi|<span data|[^\s<–]).{0,20}")
TURNED = re.compile(r"(?<![\u2066\d])\+\d+(?: [\d•]+)+")  # a phone number whose groups stand the other way round
LEAVING = ("https://", "mailto:", "tel:", "otpauth:", "http://localhost:3301/provider/")


def source_of(visit: Visit, logto: Logto, *, htmx: bool, language: str = "") -> str:
    with visit.on_its_site():
        client, path = visit.arrive(logto, language=language)
        answer = visit.ask(client, path, htmx=htmx)
    assert answer.status_code == visit.status, (path, answer.get("Location", ""))
    return answer.content.decode()


def every_tag_is_closed(page: Reader) -> None:
    assert page.unclosed == []


def it_has_one_heading(page: Reader) -> None:
    assert [h1.text.strip() != "" for h1 in page.all("h1")] == [True]


def it_has_one_title_that_ends_with_the_site(page: Reader) -> None:
    titles = [title.text.strip() for title in page.all("title") if not title.within("svg")]
    assert [title.endswith("– Fernhill") for title in titles] == [True], titles


def no_two_elements_share_an_id(page: Reader) -> None:
    assert [name for name, count in Counter(page.ids()).items() if count > 1] == []


def one_element_takes_the_focus(page: Reader) -> None:
    assert len([element for element in page.elements if "autofocus" in element.attributes]) == 1


def the_one_field_has_the_cursor(page: Reader) -> None:
    filled_in = [one for one in page.all("input", "select", "textarea") if one.within("main") and is_filled_in(one)]
    focused = [element for element in page.elements if "autofocus" in element.attributes]
    if len(filled_in) == 1 and filled_in[0].get("type") in TYPED and not focused[0].get("class").startswith("banner"):
        assert focused == filled_in


def is_filled_in(field: Element) -> bool:
    return field.get("type") not in ASIDE and "readonly" not in field.attributes


def the_first_stop_is_the_way_past_the_navigation(page: Reader) -> None:
    assert page.all("a", "button", "input", "select", "textarea", "summary")[0].get("href") == "#main"


def it_holds_what_htmx_swaps(page: Reader) -> None:
    assert page.ids().count("page") == 1
    assert page.all("main")[0].get("id") == "main"


def nothing_is_inline(page: Reader) -> None:
    assert page.all("style") == []
    assert [script for script in page.all("script") if not script.get("src")] == []
    attributes = [(element.name, name) for element in page.elements for name in element.attributes]
    assert [(of, name) for of, name in attributes if name == "style" or name.startswith(("on", "hx-on"))] == []


def every_input_has_a_label(page: Reader) -> None:
    labelled = {label.get("for") for label in page.all("label") if label.text.strip()}
    inputs = [one for one in page.all("input", "select", "textarea") if one.get("type") not in NEED_NO_LABEL]
    assert [one for one in inputs if not one.get("aria-label") and one.get("id") not in labelled] == []


def what_is_named_on_the_page_is_there(page: Reader) -> None:
    naming = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list")
    named = {one for element in page.elements for name in naming for one in element.get(name).split()}
    assert named - set(page.ids()) == set()


def every_form_posts_to_an_address_with_a_token(page: Reader) -> None:
    tokens = [one for one in page.all("input") if one.get("name") == "csrfmiddlewaretoken"]
    for form in page.all("form"):
        if form.get("role") == "search":  # it changes nothing, and its pages have addresses
            assert form.get("method") == "get"
            continue
        if form.get("method") == "get":  # another language of the same page, for who has no session to keep a choice in
            within = [one for one in page.all("input", "button") if one.within("form") is form]
            assert {one.get("name") for one in within} <= {"ui_locales", "next", "reason", "token", "identifier"}
            continue
        assert form.get("method") == "post"
        view = resolve(urlsplit(form.get("action")).path or "/").func
        has_token = [token for token in tokens if token.within("form") is form] != []
        # The form that begins a sign-in is guarded by where it comes from (signin/views.py).
        assert has_token or getattr(view, "csrf_exempt", False), form


def every_link_leads_somewhere(page: Reader) -> None:
    links = [one.get("href") for one in page.all("a", "use")] + [one.get("hx-get") or "#page" for one in page.elements]
    ids = {*page.ids()}
    assert [link for link in links if not leads_somewhere(link, ids)] == []


def leads_somewhere(link: str, ids: set[str]) -> bool:
    address = urlsplit(link)
    if link.startswith(LEAVING):
        return True
    if address.path:
        return is_here(address.path)
    return address.fragment in ids


@cache
def is_here(path: str) -> bool:
    """A static file that can be found, or an address of the site."""
    if path.startswith("/static/"):
        return finders.find(path.removeprefix("/static/")) is not None
    return bool(is_valid_path(path))


def every_file_the_page_asks_for_exists(page: Reader) -> None:
    files = [one.get("src") for one in page.all("script", "img")] + [one.get("href") for one in page.all("link")]
    assert [one for one in files if one.startswith("/") and not is_here(urlsplit(one).path)] == []
    assert [script.get("src") for script in page.all("script") if not script.get("src").startswith("/static/")] == []


def help_stands_first_in_the_footer(page: Reader) -> None:
    """WCAG 3.2.6: in the same place on every page. What is said of accessibility stands behind the tenant's links."""
    links = [one.get("href") for one in page.all("a") if one.within("footer")]
    assert links[:1] == [HELP] or HELP not in links  # while nothing was read of the tenant
    behind = [link for link in links if not link.startswith("https://")]
    assert behind[0].endswith("/accessibility/")


def names_of_languages_are_in_their_language(page: Reader) -> None:
    """WCAG 3.1.2: each is written as it calls itself. A part of a page is in the language that the whole one names."""
    if not page.all("html"):
        return
    above = {id(one.above[-1]) for one in page.elements if one.above}
    names = [one for one in page.elements if id(one) not in above and one.text.strip() in LANGUAGE_OF_NAME]
    assert [one for one in names if language_of(one) != LANGUAGE_OF_NAME[one.text.strip()]] == []


def language_of(element: Element) -> str:
    return next((one.get("lang") for one in (element, *reversed(element.above)) if "lang" in one.attributes), "en")


def what_can_be_pressed_has_a_name(page: Reader) -> None:
    """WCAG 4.1.2."""
    pressed = page.all("a", "button", "summary")
    assert [one for one in pressed if not name_of(one) and not pictured(page, one)] == []


def pictured(page: Reader, element: Element) -> bool:
    return any(image.get("alt") for image in page.all("img") if element in image.above)


def name_of(element: Element) -> str:
    return " ".join((element.get("aria-label") or element.text).split())


def links_of_one_name_lead_to_one_place(page: Reader) -> None:
    """WCAG 2.4.4: a list of links, as a screen reader has it, says which is which."""
    places: dict[str, set[str]] = {}
    for link in page.all("a"):
        places.setdefault(name_of(link), set()).add(link.get("href"))
    assert {name: hrefs for name, hrefs in places.items() if len(hrefs) > 1} == {}


def buttons_of_one_name_do_one_thing(page: Reader) -> None:
    """WCAG 2.4.6: as above. A form is told apart by its address and by what is hidden in it."""
    done: dict[str, set[tuple[str, ...]]] = {}
    for button in page.all("button"):
        form = button.within("form")
        if button.within("main") and form:
            hidden = [
                one.get("value")
                for one in page.all("input")
                if one.within("form") is form and one.get("type") == "hidden"
            ]
            does = (button.get("formaction") or form.get("action"), button.get("value"), *hidden)
            done.setdefault(name_of(button), set()).add(does)
    assert {name: whats for name, whats in done.items() if len(whats) > 1} == {}


RULES: tuple[Callable[[Reader], None], ...] = (
    every_tag_is_closed,
    it_has_one_heading,
    it_has_one_title_that_ends_with_the_site,
    no_two_elements_share_an_id,
    one_element_takes_the_focus,
    the_one_field_has_the_cursor,
    the_first_stop_is_the_way_past_the_navigation,
    it_holds_what_htmx_swaps,
    nothing_is_inline,
    every_input_has_a_label,
    what_is_named_on_the_page_is_there,
    every_form_posts_to_an_address_with_a_token,
    every_link_leads_somewhere,
    every_file_the_page_asks_for_exists,
    help_stands_first_in_the_footer,
    names_of_languages_are_in_their_language,
    what_can_be_pressed_has_a_name,
    links_of_one_name_lead_to_one_place,
    buttons_of_one_name_do_one_thing,
)


def test_every_address_is_visited_or_draws_no_page() -> None:
    named = {visit.address for visit in VISITS}
    assert named & set(NO_PAGES) == set()
    assert named | set(NO_PAGES) == {one.name for one in site_urls.urlpatterns if isinstance(one, URLPattern)}


def test_no_two_visits_share_a_name() -> None:
    assert [name for name, count in Counter(visit.id for visit in VISITS).items() if count > 1] == []


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.id)
@pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])
def test_a_page_is_sound(db: None, logto: Logto, subtests: pytest.Subtests, visit: Visit, htmx: bool) -> None:
    page = Reader(source_of(visit, logto, htmx=htmx))
    for rule in RULES:
        with subtests.test(rule.__name__):
            rule(page)
    with subtests.test("only the whole page has a frame"):
        assert [html.get("lang") for html in page.all("html")] == (
            [] if htmx else ["ar" if visit.person == "rtl" else "en"]
        )
        assert bool(page.all("body")) is not htmx


@pytest.mark.parametrize("visit", {one.address: one for one in VISITS}.values(), ids=lambda visit: visit.id)
def test_sentences_of_japanese_follow_each_other_without_a_space(db: None, logto: Logto, visit: Visit) -> None:
    for person in logto.state.people.values():
        person.user["profile"]["locale"] = "ja"
    page = source_of(visit, logto, htmx=False, language="ja")
    assert 'lang="ja"' in page
    assert SPACED.findall(page) == []


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.id)
def test_phone_numbers_are_not_turned_round_from_right_to_left(db: None, logto: Logto, visit: Visit) -> None:
    for person in logto.state.people.values():
        person.user["profile"]["locale"] = "ar"
    page = Reader(source_of(visit, logto, htmx=False, language="ar"))
    told = [one for one in page.elements if TURNED.search(one.own_text)]
    assert [one.text for one in told if "ltr" not in {each.get("dir") for each in (one, *one.above)}] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("/password/change/", "current_password"), ("/phone/change/", "phone"), ("/tokens/add/", "name")],
)
def test_of_several_fields_the_first_to_type_into_has_the_cursor(verified_ada: Client, path: str, name: str) -> None:
    page = Reader(verified_ada.get(path).content.decode())
    assert [element.get("name") for element in page.elements if "autofocus" in element.attributes] == [name]


def test_a_browser_waits_until_the_site_itself_can_say_what_became_of_a_change(ada: Client) -> None:
    """The person is read, the change is made, and where its answer is late somebody looks what is so."""
    found = re.findall(r'"timeout":(\d+)', ada.get("/session/").content.decode() + ada.get("/").content.decode())
    longest = READ_SECONDS + WRITE_SECONDS + PAGE_SECONDS
    assert found
    assert [int(one) / 1000 > longest for one in found] == [True] * len(found)


@pytest.mark.parametrize("path", ["/nowhere/", "/profile"])
def test_an_unknown_address_has_a_page_too(ada: Client, path: str) -> None:
    answer = ada.get(path, follow=True)
    page = Reader(answer.content.decode())
    assert len(page.all("h1")) == 1
