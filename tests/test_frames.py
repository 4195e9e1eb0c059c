"""The site in a frame: looks, who may, signing in there, and the cookie of a frame in a page of another site."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app.models import OneTimeState, Session
from tests.people import client_of

APP = "https://app.example.com"
PAGE = f"{APP}/settings"
IN_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-site", "Referer": f"{APP}/"}
OF_ANOTHER_SITE = IN_FRAME | {"Sec-Fetch-Site": "cross-site"}
COOKIE = django_settings.SESSION_COOKIE_NAME

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _framed(logto: Logto, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], frame_ancestors=(APP,)),)


def opened(client: Client, path: str, headers: dict[str, str]) -> str:
    return client.get(path, headers=headers, follow=True).content.decode()


def target_of(page: str) -> str:
    """Where the landing page goes on to in the top window."""
    assert 'target="_top"' in page
    return unescape(re.findall(r'name="next" value="([^"]*)"', page)[0])


def code_of(answer: Any) -> str:
    """What the app finds behind the # of its address."""
    address = str(answer["Refresh"]).removeprefix("0; url=")
    assert address.startswith(f"{PAGE}#account_frame=")
    return address.partition("account_frame=")[2]


def test_a_framed_page_says_so_and_tells_its_height_to_the_listed_origins(settings: Settings) -> None:
    page = opened(client_of_ada(), "/", IN_FRAME)
    assert '<body class="framed"' in page
    assert f'<frame-height origins="{APP}">' in page
    assert "framed" not in opened(client_of_ada(), "/", {})
    settings.SITES = (replace(settings.SITES[0], frame_ancestors=()),)
    assert "framed" not in opened(client_of_ada(), "/", IN_FRAME)


def client_of_ada() -> Client:
    return client_of(Logto(seed=1), "ada")


def test_who_signs_in_from_a_frame_does_so_in_the_top_window_and_comes_back_to_the_app(logto: Logto) -> None:
    target = target_of(opened(Client(), f"/profile/?return_to={PAGE}", IN_FRAME))
    assert parse_qs(urlsplit(target).query) == {"app": [PAGE]}
    assert client_of(logto, "ada").get(target)["Refresh"] == f"0; url={PAGE}"
    target = target_of(opened(Client(), "/profile/", IN_FRAME))
    assert parse_qs(urlsplit(target).query) == {"app": [f"{APP}/"]}  # as the browser says who frames it


def test_nobody_is_led_to_a_page_that_may_not_frame_the_site(logto: Logto) -> None:
    for app in ("https://evil.example/", f"{APP}.evil.example/", f"{APP}\\@evil.example", "javascript:x", ""):
        assert client_of(logto, "ada").get("/frame/leave/", {"app": app, "frame": "x"})["Location"] == "/"
    assert not OneTimeState.objects.exists()


def test_a_frame_in_a_page_of_another_site_has_a_session_of_its_own(logto: Logto) -> None:
    frame, top = Client(), client_of(logto, "ada")
    target = target_of(opened(frame, f"/profile/?return_to={PAGE}", OF_ANOTHER_SITE))
    cookie = frame.cookies[COOKIE].OutputString()
    assert {"SameSite=None", "Secure", "Partitioned", "HttpOnly"} <= set(cookie.split("; "))
    asked = top.get(target)
    assert "Refresh" not in asked
    assert "Show your account in app.example.com?" in asked.content.decode()
    assert not OneTimeState.objects.filter(kind="frame").exists()  # whoever leads somebody here has no code by that
    code = code_of(top.post(target))
    answer = frame.get("/frame/enter/", {"code": code, "next": "/profile/"}, headers=OF_ANOTHER_SITE)
    assert answer["Location"] == "/profile/"
    assert "Partitioned" in answer.cookies[COOKIE].OutputString()
    page = opened(frame, "/profile/", IN_FRAME | {"Sec-Fetch-Site": "same-origin"})
    assert "Ada" in page
    assert Session.objects.filter(rotated=False).count() == 2
    assert "Partitioned" not in str(top.get("/").cookies)


def test_no_other_cookie_is_for_other_sites(logto: Logto) -> None:
    for headers in (IN_FRAME, {}):
        visitor = Client()
        opened(visitor, "/", headers)
        visitor.post("/sign-in/", {"next": "/"}, headers=headers)
        assert visitor.cookies[COOKIE]["samesite"] == "Lax"
        assert "Partitioned" not in visitor.cookies[COOKIE].OutputString()


def test_a_code_is_good_once_for_a_minute_and_for_its_own_frame_alone(logto: Logto) -> None:
    def begun() -> tuple[Client, str]:
        frame = Client()
        target = target_of(opened(frame, f"/?return_to={PAGE}", OF_ANOTHER_SITE))
        return frame, code_of(client_of(logto, "ada").post(target))

    def is_in(client: Client, code: str) -> bool:
        client.get("/frame/enter/", {"code": code})
        return client.get("/").status_code == 200

    frame, code = begun()
    other, others = begun()
    assert not is_in(other, code)
    assert not is_in(Client(), code)
    assert is_in(frame, code)
    assert is_in(other, others)
    frame.get("/frame/enter/", {"code": code})
    late, code = begun()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert not is_in(late, code)


def test_a_frame_of_another_site_confirms_in_the_top_window(logto: Logto) -> None:
    frame = Client()
    target = target_of(opened(frame, f"/?return_to={PAGE}", OF_ANOTHER_SITE))
    frame.get("/frame/enter/", {"code": code_of(client_of(logto, "amara").post(target))})
    page = opened(frame, "/password/change/", IN_FRAME)
    form = re.findall(r'<form class="stack"[^>]*>', page)[0]
    assert 'method="get"' in form
    assert 'action="/password/change/"' in form
    assert 'target="_top"' in form
