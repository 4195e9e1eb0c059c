"""What a page is made of: its elements in their order, read as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    above: list[Element] = field(default_factory=list, repr=False)
    text: str = ""
    own_text: str = ""  # what stands in no element within

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
        if self.open:
            self.open[-1].own_text += data

    def all(self, *names: str) -> list[Element]:
        return [element for element in self.elements if element.name in names]

    def ids(self) -> list[str]:
        return [element.get("id") for element in self.elements if "id" in element.attributes]


def kinds_of_banners(source: str, words: str) -> list[str]:
    """`["bad"]` where one banner says these words, and tells of an error."""
    banners = [one for one in Reader(source).all("div") if one.get("class").startswith("banner banner--")]
    return [one.get("class").removeprefix("banner banner--") for one in banners if words in one.text]
