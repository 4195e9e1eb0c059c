"""What somebody tries who means harm and knows the web; docs/abuse.md has the table, with what was tried by hand."""

from __future__ import annotations

from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from accountsite.sandbox.logto import Logto
from settings_app.shell.middleware import session_id_in
from tests.people import client_of

# Spaces to Python and a part of the name to browsers: U+2000, U+0085 and others, as bytes of the header.
SPACES = ("\xe2\x80\x80", "\xc2\x85", "\xc2\xa0", "\x85", "\xa0", "\x0b", "\x1f")


def test_no_sibling_host_can_put_a_session_under_anybody(ada: Client, logto: Logto) -> None:
    """By a cookie for the whole domain, whose name looks like ours to who takes too much off it."""
    name = settings.SESSION_COOKIE_NAME
    strangers = client_of(logto, "rtl").cookies[name].value
    names = [like for space in SPACES for like in (space + name, name + space)]
    tossed = [RequestFactory().get("/", headers={"Cookie": f"{name}=own; {like}={strangers}"}) for like in names]
    assert {session_id_in(request) for request in tossed} == {"own"}
    answer = Client().get(reverse("session"), headers={"Cookie": f"{names[0]}={strangers}"})
    assert (answer.status_code, "/sign-in/" in answer["Location"]) == (302, True)


def test_a_cookie_among_others_is_found(db: None) -> None:
    name = settings.SESSION_COOKIE_NAME
    requests = [
        RequestFactory().get("/", headers={"Cookie": one}) for one in (f"a=b; {name}=x", f"{name}=x;a", "a=b", "")
    ]
    assert [session_id_in(request) for request in requests] == ["x", "x", None, None]
