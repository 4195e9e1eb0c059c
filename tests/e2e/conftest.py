"""A real browser, the site with the static files that production serves, and the sandbox over HTTP."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.server import SandboxServer
from settings_app.logto.together import settle

# Playwright's synchronous interface keeps an event loop running, beside which Django refuses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


def browser_path(playwright: Playwright) -> str | None:
    """An installed Chromium or Chrome, else Playwright's own, else None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    own = Path(playwright.chromium.executable_path)
    return found or next((str(path) for path in (MAC, own) if path.exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            pytest.skip("no Chromium here: apt install chromium, or .venv/bin/playwright install chromium")
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS + (["--no-sandbox"] if root else []))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@dataclass
class Place:
    """Where the site and its Logto are, in this test."""

    site: str
    logto: Logto
    server: SandboxServer

    @property
    def sandbox(self) -> str:
        return self.logto.endpoint


@pytest.fixture
def place(transactional_db: None, settings: Settings, collected: Path) -> Iterator[Place]:
    """The site as gunicorn would serve it, with hashed and compressed files, and the sandbox, each on a free port."""
    sandbox = SandboxServer(Logto(), 0)
    settings.STATIC_ROOT = str(collected)
    settings.WHITENOISE_USE_FINDERS = False
    settings.STORAGES = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "settings_app.shell.staticfiles.JoinedManifestStorage"},
    }
    if not (collected / "staticfiles.json").exists():
        call_command("collectstatic", verbosity=0, interactive=False)
    web = LiveServerThread("localhost", lambda application: application)
    web.daemon = True
    web.start()
    web.is_ready.wait()
    address = f"http://localhost:{web.port}"
    logto = Logto(f"http://localhost:{sandbox.server_port}", site_url=address, seed=1)
    sandbox.logto = logto
    settings.SITES = (replace(settings.SITES[0], base_url=address, endpoint=logto.endpoint),)
    settings.ALLOWED_HOSTS = ["localhost"]
    sandbox.start()
    yield Place(address, logto, sandbox)
    settle()
    web.terminate()
    sandbox.shutdown()
    sandbox.server_close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, place: Place) -> Iterator[NewPage]:
    """Opens a browser of its own, and fails the test for anything its console calls an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(*, script: bool = True, phone: bool = False, dark: bool = False, **more: Any) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]  # a TypedDict of the same keys
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            base_url=place.site,
            locale="en-GB",
            **more,
        )
        # Pictures of the invented people stand on addresses that nobody has.
        context.route(lambda address: "localhost" not in address, lambda route: route.abort())
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def is_fault(message: Any) -> bool:
    """Answers with an error status are logged by Chromium too; the tests look at those themselves."""
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def sign_in(place: Place) -> Callable[[Page, str], None]:
    """Clicks through the sign-in as a person of the sandbox, to the page that was asked for."""

    def through(page: Page, handle: str, path: str = "/") -> None:
        page.goto(path)
        page.get_by_role("button", name="Sign in").click()
        person = place.logto.state.person(handle).user
        page.get_by_role("button", name=person["name"] or person["username"]).first.click()
        page.wait_for_url(place.site + "/**")

    return through
