"""Mails as they leave."""

from __future__ import annotations

from html.parser import HTMLParser

from django.core import mail


class Sent:
    """One mail, in its two forms."""

    def __init__(self, number: int = -1) -> None:
        message = mail.outbox[number]
        assert isinstance(message, mail.EmailMultiAlternatives)
        self.message = message
        self.text = str(message.body)
        self.html = str(message.alternatives[0][0])
        self.shown = Shown(self.html)


class Shown(HTMLParser):
    """What a mail program shows of HTML: its texts, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.elements: list[str] = []
        self._in_head = False
        self.feed(html)

    @property
    def pages(self) -> list[str]:
        """Where its links lead, without the tokens they carry."""
        return [link.partition("?")[0] for link in self.links]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self._in_head = self._in_head or tag == "head"
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._in_head = self._in_head and tag != "head"

    def handle_data(self, data: str) -> None:
        if not self._in_head and data.strip():
            self.texts.append(" ".join(data.split()))
