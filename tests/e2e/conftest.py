"""A real browser, the site with the static files that production serves, and the sandbox over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from accountsite.sandbox.oidc.tampering import Tampering
from tests.e2e.place import Place, Servers, browser_path, launch, opened_place, started_servers
from tests.pages import Visit
from tests.rehearsal import journeys
from tests.rehearsal.deployment import Deployment

# Playwright's synchronous interface keeps an event loop running, beside which Django refuses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

# A busy machine is no reason to fail, least of all where a whole deployment runs on it.
PATIENCE_MS = 120_000 if journeys.is_wanted() else 30_000
SECONDS_OF_A_TEST = 10 * PATIENCE_MS / 1000

expect.set_options(timeout=PATIENCE_MS)

IN_ENGLISH = "ui_locales=en"  # the tests read English, also of somebody whose pages are in Arabic

NewPage = Callable[..., Page]
SignIn = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(SECONDS_OF_A_TEST))
            if journeys.is_wanted() and "settings" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.not_rehearsed)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            pytest.skip("no Chromium here: apt install chromium, or .venv/bin/playwright install chromium")
        opened = launch(playwright, path)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def servers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers | Deployment]:
    folder = tmp_path_factory.mktemp("static")
    if journeys.is_wanted():
        with django_db_blocker.unblock(), journeys.started(folder) as deployment:
            yield deployment
        return
    with started_servers(folder) as servers:
        yield servers


@pytest.fixture
def place(transactional_db: None, servers: Servers | Deployment) -> Iterator[Place]:
    """The site and a fresh sandbox."""
    with opened_place(servers) if isinstance(servers, Servers) else journeys.opened(servers) as place:
        yield place


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browsers' consoles called an error. A test that provokes some takes them out; any left fails it."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def new_page(browser: Browser, place: Place, complaints: list[str]) -> Iterator[NewPage]:
    """Opens a browser of its own."""
    contexts: list[BrowserContext] = []

    def opened(*, script: bool = True, phone: bool = False, **more: Any) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]  # a TypedDict of the same keys
            java_script_enabled=script,
            base_url=place.site,
            locale="en-GB",
            reduced_motion="reduce",
            ignore_https_errors=place.site.startswith("https"),
            **more,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        context.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def is_fault(message: ConsoleMessage) -> bool:
    """Answers with an error status are logged by Chromium too; the tests look at those themselves."""
    return message.type == "error" and "Failed to load resource" not in message.text


def signed_in_long_ago(place: Place) -> None:
    """From now on sign-ins come from older sessions at Logto, and confirm nothing."""
    place.logto.state.part(Tampering).claims = {"auth_time": 1}


@pytest.fixture
def sign_in(place: Place) -> SignIn:
    """Clicks through the sign-in as a person of the sandbox, to the page that was asked for."""

    def through(page: Page, handle: str, path: str = "/") -> None:
        signed_in_long_ago(place)
        page.goto(f"{path}?{IN_ENGLISH}" if handle == "rtl" else path)
        page.get_by_role("button", name="Sign in").click()
        person = place.logto.state.person(handle).user
        page.get_by_role("button", name=person["name"] or person["username"]).first.click()
        page.wait_for_url(place.site + "/**")

    return through


@pytest.fixture
def opened_as(place: Place, new_page: NewPage) -> Callable[..., Page]:
    """A browser in which somebody is signed in already, on one of their pages."""

    def opened(handle: str, address: str, *, verified: bool = False, **how: Any) -> Page:
        page = new_page(**how)
        place.show(page, Visit(address, handle, verified=verified, query=f"?{IN_ENGLISH}" if handle == "rtl" else ""))
        page.wait_for_load_state("networkidle")
        return page

    return opened
