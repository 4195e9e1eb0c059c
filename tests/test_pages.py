"""What holds on every page, whole and as the part that htmx asks for; `tests/pages.py` lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, is_valid_path, resolve

from accountsite.sandbox.logto import Logto
from settings_app import urls as site_urls
from tests.markup import Element, Reader
from tests.pages import NO_PAGES, VISITS, Visit

NEED_NO_LABEL = {"hidden", "submit", "button", "reset"}
ASIDE = NEED_NO_LABEL | {"checkbox"}  # what is no field that somebody would begin with
TYPED = {"text", "email", "password", "tel", "url", "search", "number"}
LEAVING = ("https://", "mailto:", "tel:", "otpauth:", "http://localhost:3301/provider/")


def source_of(visit: Visit, logto: Logto, *, htmx: bool) -> str:
    with visit.on_its_site():
        client, path = visit.arrive(logto)
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
    assert [link for link in links if not leads_somewhere(link, page)] == []


def leads_somewhere(link: str, page: Reader) -> bool:
    address = urlsplit(link)
    if link.startswith(LEAVING):
        return True
    if address.path:
        return is_here(address.path)
    return address.fragment in page.ids()


def is_here(path: str) -> bool:
    """A static file that can be found, or an address of the site."""
    if path.startswith("/static/"):
        return finders.find(path.removeprefix("/static/")) is not None
    return bool(is_valid_path(path))


def every_file_the_page_asks_for_exists(page: Reader) -> None:
    files = [one.get("src") for one in page.all("script", "img")] + [one.get("href") for one in page.all("link")]
    assert [one for one in files if one.startswith("/") and not is_here(urlsplit(one).path)] == []
    assert [script.get("src") for script in page.all("script") if not script.get("src").startswith("/static/")] == []


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


@pytest.mark.parametrize(
    ("path", "name"),
    [("/password/change/", "current_password"), ("/phone/change/", "phone"), ("/tokens/add/", "name")],
)
def test_of_several_fields_the_first_to_type_into_has_the_cursor(verified_ada: Client, path: str, name: str) -> None:
    page = Reader(verified_ada.get(path).content.decode())
    assert [element.get("name") for element in page.elements if "autofocus" in element.attributes] == [name]


@pytest.mark.parametrize("path", ["/nowhere/", "/profile"])
def test_an_unknown_address_has_a_page_too(ada: Client, path: str) -> None:
    answer = ada.get(path, follow=True)
    page = Reader(answer.content.decode())
    assert len(page.all("h1")) == 1
