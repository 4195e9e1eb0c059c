"""The site as gunicorn would serve it, and its Logto, each on a free port: for the browser tests and the pictures."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, Playwright

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.server import SandboxServer
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.signin.provider import provider_of
from settings_app.templatetags import components
from tests.pages import Visit

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCRIPTS = re.compile(r"\.js(\?|$)")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # an app of a test, which nobody serves, frames the site
    # Pictures of the invented people stand on addresses that nobody has.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost",
]


@dataclass
class Place:
    """Where the site and its Logto are."""

    site: str
    logto: Logto
    server: SandboxServer
    brand: str

    @property
    def sandbox(self) -> str:
        return self.logto.endpoint

    @property
    def beside(self) -> str:
        """An app on the same site, as browsers see it; nobody listens there."""
        return "http://localhost:9"

    @property
    def elsewhere(self) -> str:
        """An app on another site."""
        return "http://127.0.0.1:9"

    def letter(self, address: str) -> str:
        """The first mail to this address; what is due leaves now."""
        outbox.send_due()
        return next(str(one.body) for one in mail.outbox if one.to == [address])

    def show(self, page: Page, visit: Visit, *, language: str = "") -> None:
        """Gives the browser the session that the visit needs, and loads the page. Needs `visit.on_its_site`."""
        client, path = visit.arrive(self.logto, language=language)
        cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
        page.context.clear_cookies()
        if cookie is not None and cookie.value:
            given = {"name": cookie.key, "value": cookie.value, "url": self.site}
            given["secure"] = self.site.startswith("https")
            page.context.add_cookies([given])  # type: ignore[list-item]  # a TypedDict of the same keys
        if not visit.scripted:
            page.route(SCRIPTS, lambda route: route.fulfill(content_type="text/javascript", body=""))
        page.goto(self.site + path)
        if visit.pressed:
            for name, value in visit.typed.items():
                field = page.locator(f"main [name={name}]")
                field.select_option(value) if field.evaluate("one => one.matches('select')") else field.fill(value)
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.locator("main form button[type=submit]").first.click()
            page.wait_for_load_state("networkidle")
        page.unroute(SCRIPTS)


def plainly(application: WSGIHandler) -> WSGIHandler:
    """Static files are left to the site's own middleware, as in production."""
    return application


@dataclass(frozen=True)
class Servers:
    """The web server of the site and that of the sandbox. They outlive a test; what they hold does not."""

    web: LiveServerThread
    sandbox: SandboxServer
    collected: Path

    @property
    def address(self) -> str:
        return f"http://localhost:{self.web.port}"


def as_served(collected: Path) -> override_settings:
    """Static files as production serves them: collected once, hashed, compressed."""
    return override_settings(
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "settings_app.shell.staticfiles.JoinedManifestStorage"},
        },
        STATIC_ROOT=str(collected),
        WHITENOISE_USE_FINDERS=False,
        WHITENOISE_AUTOREFRESH=False,
    )


@contextlib.contextmanager
def started_servers(collected: Path) -> Iterator[Servers]:
    """Both servers, each on a free port. Needs a database that other threads see."""
    with as_served(collected):
        call_command("collectstatic", verbosity=0, interactive=False)
        web = LiveServerThread("localhost", plainly)  # type: ignore[arg-type]  # called like the class it expects
        web.daemon = True
        web.start()
        web.is_ready.wait()
    if web.error:
        raise web.error
    sandbox = SandboxServer(Logto(), 0)
    sandbox.start()
    yield Servers(web, sandbox, collected)
    web.terminate()
    sandbox.shutdown()
    sandbox.server_close()


@contextlib.contextmanager
def opened_place(servers: Servers) -> Iterator[Place]:
    """The site with a fresh Logto, of which this process knows nothing yet."""
    forget_what_was_drawn()
    Tenant.forget_all()
    provider_of.cache_clear()
    endpoint = f"http://localhost:{servers.sandbox.server_port}"
    logto = servers.sandbox.logto = Logto(endpoint, site_url=servers.address, seed=1)
    site = replace(settings.SITES[0], base_url=servers.address, endpoint=logto.endpoint)
    with as_served(servers.collected), override_settings(SITES=(site,), ALLOWED_HOSTS=["localhost"]):
        yield Place(servers.address, logto, servers.sandbox, site.brand.name)
        Tenant.forget_all()
    forget_what_was_drawn()


def forget_what_was_drawn() -> None:
    """Parts that are drawn once name files as they were served then."""
    for drawn in (components._fixed, components.icon):
        drawn.cache_clear()


def browser_path(playwright: Playwright) -> str | None:
    """An installed Chromium or Chrome, else Playwright's own, else None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    own = Path(playwright.chromium.executable_path)
    return found or next((str(path) for path in (MAC, own) if path.exists()), None)


def launch(playwright: Playwright, path: str, **more: str) -> Browser:
    """Chromium at `path`; `more` are variables of its environment."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = FLAGS + (["--no-sandbox"] if root else [])
    return playwright.chromium.launch(executable_path=path, args=flags, env={**os.environ, **more})
