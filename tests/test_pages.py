"""What holds on every page, whole and as the part that htmx asks for; `tests/pages.py` lists them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve

from accountsite.sandbox.logto import Logto
from settings_app import urls as site_urls
from tests.pages import NO_PAGES, VISITS, Visit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NEED_NO_LABEL = {"hidden", "submit", "button", "reset"}
LEAVING = ("https://", "mailto:", "tel:", "otpauth:", "http://localhost:3301/provider/")


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    above: list[Element] = field(default_factory=list, repr=False)
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def within(self, name: str) -> Element | None:
        return next((one for one in reversed(self.above) if one.name == name), None)


class Reader(HTMLParser):
    """The elements of a page in their order, and each tag that was not closed where it should have been."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.unclosed: list[str] = []
        self.feed(source)
        self.close()
        self.unclosed += [element.name for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, list(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, list(self.open)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and (closed := self.open.pop()).name != tag:
            self.unclosed.append(closed.name)

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, *names: str) -> list[Element]:
        return [element for element in self.elements if element.name in names]

    def ids(self) -> list[str]:
        return [element.get("id") for element in self.elements if "id" in element.attributes]


every_page = pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.id)
whole_and_part = pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])


def source_of(visit: Visit, logto: Logto, *, htmx: bool = False) -> str:
    with visit.on_its_site():
        client, path = visit.arrive(logto)
        answer = visit.ask(client, path, htmx=htmx)
    assert answer.status_code == visit.status, (path, answer.get("Location", ""))
    return answer.content.decode()


def test_every_address_is_visited_or_draws_no_page() -> None:
    named = {visit.address for visit in VISITS}
    assert named & set(NO_PAGES) == set()
    assert named | set(NO_PAGES) == {pattern.name for pattern in site_urls.urlpatterns}


def test_no_two_visits_share_a_name() -> None:
    assert [name for name, count in Counter(visit.id for visit in VISITS).items() if count > 1] == []


@every_page
@whole_and_part
def test_a_page_is_sound(db: None, logto: Logto, visit: Visit, htmx: bool) -> None:
    page = Reader(source_of(visit, logto, htmx=htmx))
    assert page.unclosed == []
    assert [h1.text.strip() != "" for h1 in page.all("h1")] == [True]
    assert [title.text.strip().endswith("– Fernhill") for title in page.all("title") if not title.within("svg")] == [
        True
    ]
    assert [name for name, count in Counter(page.ids()).items() if count > 1] == []
    assert [element.get("class") for element in page.elements if "autofocus" in element.attributes][1:] == []
    assert any("autofocus" in element.attributes for element in page.elements)
    assert page.ids().count("page") == 1
    assert page.all("main")[0].get("id") == "main"


@every_page
@whole_and_part
def test_only_the_whole_page_has_a_frame(db: None, logto: Logto, visit: Visit, htmx: bool) -> None:
    page = Reader(source_of(visit, logto, htmx=htmx))
    assert [html.get("lang") for html in page.all("html")] == ([] if htmx else ["en"])
    assert bool(page.all("body")) is not htmx


@every_page
def test_nothing_is_inline(db: None, logto: Logto, visit: Visit) -> None:
    page = Reader(source_of(visit, logto))
    assert page.all("style") == []
    assert [script for script in page.all("script") if not script.get("src")] == []
    assert [
        (element.name, name)
        for element in page.elements
        for name in element.attributes
        if name == "style" or name.startswith(("on", "hx-on"))
    ] == []


@every_page
def test_every_input_has_a_label(db: None, logto: Logto, visit: Visit) -> None:
    page = Reader(source_of(visit, logto))
    labelled = {label.get("for") for label in page.all("label") if label.text.strip()}
    inputs = [one for one in page.all("input", "select", "textarea") if one.get("type") not in NEED_NO_LABEL]
    assert [one for one in inputs if not one.get("aria-label") and one.get("id") not in labelled] == []


@every_page
def test_what_is_named_on_the_page_is_there(db: None, logto: Logto, visit: Visit) -> None:
    page = Reader(source_of(visit, logto))
    naming = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list")
    named = {one for element in page.elements for name in naming for one in element.get(name).split()}
    assert named - set(page.ids()) == set()


@every_page
def test_every_form_posts_to_an_address_with_a_token(db: None, logto: Logto, visit: Visit) -> None:
    page = Reader(source_of(visit, logto))
    for form in page.all("form"):
        assert form.get("method") == "post"
        assert resolve(urlsplit(form.get("action")).path or "/")
        assert [
            one for one in page.all("input") if one.within("form") is form and one.get("name") == "csrfmiddlewaretoken"
        ] != []


@every_page
def test_every_link_leads_somewhere(db: None, logto: Logto, visit: Visit) -> None:
    page = Reader(source_of(visit, logto))
    links = [one.get("href") for one in page.all("a", "use")] + [one.get("hx-get") or "#page" for one in page.elements]
    for link in links:
        address = urlsplit(link)
        if link.startswith(LEAVING):
            continue
        if address.path.startswith("/static/"):
            assert finders.find(address.path.removeprefix("/static/")), link
        elif address.path:
            assert resolve(address.path)
        else:
            assert address.fragment in page.ids(), link


@every_page
def test_every_file_the_page_asks_for_exists(db: None, logto: Logto, visit: Visit) -> None:
    page = Reader(source_of(visit, logto))
    files = [one.get("src") for one in page.all("script", "img")] + [one.get("href") for one in page.all("link")]
    local = [urlsplit(one).path for one in files if one.startswith("/")]
    assert [one for one in local if one.startswith("/static/") and not finders.find(one.removeprefix("/static/"))] == []
    assert [one for one in local if not one.startswith("/static/") and not resolve(one)] == []
    assert [script.get("src") for script in page.all("script") if not script.get("src").startswith("/static/")] == []


@pytest.mark.parametrize("path", ["/nowhere/", "/profile"])
def test_an_unknown_address_has_a_page_too(ada: Client, path: str) -> None:
    answer = ada.get(path, follow=True)
    page = Reader(answer.content.decode())
    assert len(page.all("h1")) == 1
