"""A page of somebody's account for whoever may only look at it: what can be done there is shown, and does nothing.

Made of the finished page, so that a section need not know of previews: links that lead to no open page become text,
forms and their parts cannot be used.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

OWN = "data-own"  # an element whose contents are the preview's own, and stay as they are
CONTROLS = ("input", "select", "textarea", "fieldset")
ASKS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
WHOLE_PAGE = ("html", "body")

Attributes = list[tuple[str, str | None]]


def made_inert(page: str, is_open: Callable[[str], bool]) -> str:
    """`is_open` says whether an address of this page may be gone to."""
    reader = Inert(is_open)
    reader.feed(page)
    reader.close()
    return "".join(reader.made)


class Inert(HTMLParser):
    def __init__(self, is_open: Callable[[str], bool]) -> None:
        super().__init__(convert_charrefs=False)
        self.is_open = is_open
        self.made: list[str] = []
        self.own: list[str] = []  # the tags open within an element of the preview's own
        self.instead: list[tuple[str, str]] = []  # tags that were replaced, and by which

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        written = self.get_starttag_text() or ""
        names = dict(attrs)
        if self.own or OWN in names:
            self.own.append(tag)
            self.made.append(written)
        elif (tag == "a" and not self.is_open(names.get("href") or "")) or tag == "button":
            self.replace(tag, "span", names.get("class") or "")
        elif tag == "form":
            self.replace(tag, "div", names.get("class") or "")
        elif tag == "input" and names.get("type") == "hidden":
            return
        elif tag in CONTROLS:
            kept = [(name, value) for name, value in attrs if name not in (*ASKS, "autofocus")]
            self.made.append(start(tag, [*kept, ("disabled", None)]))
        elif tag != "a" and tag not in WHOLE_PAGE and any(name in names for name in ASKS):
            self.made.append(start(tag, [(name, value) for name, value in attrs if name not in ASKS]))
        else:
            self.made.append(written)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.made.append(self.get_starttag_text() or "")

    def replace(self, tag: str, by: str, style: str) -> None:
        self.instead.append((tag, by))
        self.made.append(start(by, [("class", f"{style} inert".strip())]))

    def handle_endtag(self, tag: str) -> None:
        if self.own:
            while self.own and self.own.pop() != tag:
                pass  # elements without an end of their own
        elif self.instead and self.instead[-1][0] == tag:
            tag = self.instead.pop()[1]
        self.made.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.made.append(data)

    def handle_entityref(self, name: str) -> None:
        self.made.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.made.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.made.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.made.append(f"<!{decl}>")


def start(tag: str, attributes: Attributes) -> str:
    parts = [name if value is None else f'{name}="{escape(value)}"' for name, value in attributes]
    return f"<{' '.join([tag, *parts])}>"
