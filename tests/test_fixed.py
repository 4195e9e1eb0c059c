"""What is drawn once for everybody: it holds nothing of the person for whom it was drawn."""

from __future__ import annotations

from django.template import Context
from django.test import Client, RequestFactory

from settings_app.templatetags import components

NAMES = ("Ada Lovelace", "Grace Hopper")


def header(name: str) -> str:
    context = Context({"csrf_token": "the-token"})
    context.request = RequestFactory().get("/here/?it=is")  # type: ignore[attr-defined]  # as RequestContext has it
    own = dict.fromkeys(("email", "initials", "picture", "back", "back_name"), "") | {"name": name}
    return components.fixed(context, "header", own, person=True)


def test_what_is_kept_knows_nobody() -> None:
    components._fixed.cache_clear()
    drawn = [header(name) for name in NAMES]
    assert [[name in one for name in NAMES] for one in drawn] == [[True, False], [False, True]]
    assert "the-token" in drawn[1]
    kept = components._fixed.cache_info()
    assert (kept.currsize, kept.hits) == (2, 1)  # the header, and the button in it; the second person found the first


def test_a_name_is_no_mark() -> None:
    drawn = header(f"{components.mark('token')}<b>")
    assert f"<bdi>{components.mark('token')}&lt;b&gt;</bdi>" in drawn


def test_the_frame_is_that_of_the_person_who_looks(ada: Client, amara: Client) -> None:
    pages = [browser.get("/security/").content.decode() for browser in (ada, amara)]
    shown = [[name in page for name in ("ada@", "amara@")] for page in pages]
    assert shown == [[True, False], [False, True]]
