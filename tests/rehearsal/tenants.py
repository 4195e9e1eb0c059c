"""The two customers of the rehearsal: each a tenant with its sandbox and post office, and a site in its own looks."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.mail import MailServer
from accountsite.sandbox.seed import HOOK_SIGNING_KEY, M2M_APP_ID, M2M_APP_SECRET, SITE_APP_ID, SITE_APP_SECRET
from accountsite.sandbox.server import SandboxServer

LOOPBACK = "127.0.0.1"

SITE = """[[site]]
base_url = "{base_url}"
endpoint = "{endpoint}"
app_id = "{app_id}"
app_secret = "{app_secret}"
m2m_app_id = "{m2m_app_id}"
m2m_app_secret = "{m2m_app_secret}"
webhook_keys = ["{webhook_key}"]
mail_from = "{name} <account@{label}.example>"
mail_server = "smtp://127.0.0.1:{mail_port}"
languages = {languages}
frame_ancestors = ["https://app.{label}.localhost:9", "https://app.elsewhere.localhost:9"]
access_tokens = true
limits_of_networks = 100
limits_of_all = 100

[site.brand]
name = "{name}"
colour = "{colour}"
"""


@dataclass
class Customer:
    """`label` makes its host, `languages` begin with the one where nothing else is known."""

    name: str
    label: str
    colour: str
    languages: list[str] | None = None
    logto: Logto = field(init=False)
    server: SandboxServer = field(init=False)
    letters: MailServer = field(init=False)
    site: str = field(init=False)

    @property
    def host(self) -> str:
        return f"account.{self.label}.localhost"

    def begin(self, port: int) -> None:
        """Its Logto and its post office listen from now on; `port` is the proxy's."""
        self.site = f"https://{self.host}:{port}"
        self.server = SandboxServer(Logto(), 0)
        self.letters = MailServer(self.server.logto, 0)
        self.logto = self.fresh()
        self.server.start()
        self.letters.start()

    def fresh(self) -> Logto:
        """The tenant as at the start. Its keys stay, for processes have learnt them."""
        logto = Logto(f"http://localhost:{self.server.server_port}", site_url=self.site, seed=1)
        if hasattr(self, "logto"):
            logto.state.signing_keys = self.logto.state.signing_keys
        logto.sends_webhooks = True
        self.logto = self.server.logto = self.letters.logto = logto
        return logto

    def end(self) -> None:
        for server in (self.server, self.letters):
            server.shutdown()
            server.server_close()

    def entry(self) -> str:
        """Its part of the file of sites."""
        return SITE.format(
            base_url=self.site,
            endpoint=self.logto.endpoint,
            app_id=SITE_APP_ID,
            app_secret=SITE_APP_SECRET,
            m2m_app_id=M2M_APP_ID,
            m2m_app_secret=M2M_APP_SECRET,
            webhook_key=HOOK_SIGNING_KEY,
            mail_port=self.letters.server_address[1],
            name=self.name,
            label=self.label,
            colour=self.colour,
            languages=self.languages or [],
        )


def customers() -> tuple[Customer, Customer, Customer]:
    """Two that are there from the start, and one that comes while the others are served."""
    return (
        Customer("Fernhill", "fernhill", "#2f5bd8"),
        Customer("Brückner & Söhne", "brueckner", "#b3261e", ["de", "en", "ar", "ja"]),
        Customer("Third", "third", "#0b7a4b"),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def localhost_names_lead_home() -> None:
    """Names below `localhost` are this machine (RFC 6761), which not every resolver knows."""
    known = socket.getaddrinfo

    def found(host: object, *more: object, **named: object) -> object:
        is_ours = isinstance(host, str) and host.endswith(".localhost")
        return known(LOOPBACK if is_ours else host, *more, **named)  # type: ignore[arg-type]  # handed on as they are

    socket.getaddrinfo = found  # type: ignore[assignment]  # as above
