"""Every change somebody can make, with what is typed: the list of what faults are tried on."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import PASSWORD
from tests.pages import VISITS, Visit

Values = dict[str, Any]
Finder = Callable[
    [Client, Logto, str], Values
]  # browser, tenant, the page's source: what is posted beside what is typed

PAGES = {visit.id: visit for visit in VISITS}
NEVER_KEPT = {"csrfmiddlewaretoken", "password", "current_password", "new_password", "code", "secret", "token"}
NEW_PASSWORD = "a perfectly new password 4711"
PASSWORDS = {"current_password": PASSWORD, "password": NEW_PASSWORD}
ADDRESS = {"country": "United Kingdom", "street_address": "9 Fault Lane", "locality": "Leeds", "postal_code": "LS1 1AA"}


@dataclass(frozen=True)
class Write:
    """What is posted from a page to its own address, or to `to`; a `leads_back` is opened and not posted."""

    page: Visit
    typed: Values = field(default_factory=dict)
    more: Finder | None = None
    to: str = ""
    state: str = ""
    leads_back: bool = False

    @property
    def id(self) -> str:
        return "-".join(part for part in (self.to or self.page.id, self.state) if part)

    def arrive(self, logto: Logto) -> tuple[Client, str, Values]:
        """A browser, the path that is posted to, and what is posted."""
        client, path = self.page.arrive(logto)
        source = client.get(path).content.decode()
        values = ({} if self.to else self.hidden(source)) | self.typed
        if self.more:
            values |= self.more(client, logto, unescape(source))
        return client, reverse(self.to) if self.to else path.partition("?")[0], values

    @staticmethod
    def hidden(page: Any) -> Values:
        source = page if isinstance(page, str) else page.content.decode()
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', source.partition("<main")[2]))

    def send(self, client: Any, path: str, values: Values) -> Any:
        """`client` is Django's, or a browser that speaks over a socket (served.py)."""
        values = {name: value() if callable(value) else value for name, value in values.items()}
        return client.get(path, values) if self.leads_back else client.post(path, values)


def code_to(address: str) -> Finder:
    return lambda client, logto, source: {"code": logto.state.latest_message(address).code}


def code_in_mail(client: Client, logto: Logto, source: str) -> Values:
    return {"code": re.findall(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)[0]}


def code_of_app(client: Client, logto: Logto, source: str) -> Values:
    return {"code": pyotp.TOTP(re.findall(r'<copy-button text="([A-Z2-7]{32})"', source)[0]).now()}


def shown_codes(client: Client, logto: Logto, source: str) -> Values:
    return {"code": re.findall(r'name="code" value="([^"]+)"', source), "saved": "on"}


def picture(client: Client, logto: Logto, source: str) -> Values:
    stored = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(stored, "PNG")
    upload = lambda: SimpleUploadedFile("me.png", stored.getvalue(), "image/png")  # noqa: E731  # each is read once
    return {"picture": upload, "zoom": "100", "left": "50", "top": "50"}


def picture_elsewhere(client: Client, logto: Logto, source: str) -> Values:
    logto.state.person("amara").user["identities"]["google"]["details"]["avatar"] = "https://pictures.example/a.png"
    return {"identity": "google"}


def name_of_the_club(client: Client, logto: Logto, source: str) -> Values:
    return {"name": logto.state.organizations["rowingclub01"]["name"]}


def back_from_provider(client: Client, logto: Logto, source: str) -> Values:
    page = client.post(reverse("connections_connect", args=["github"]), {"replaces": ""}).content.decode()
    address = unescape(re.findall(rf'href="({re.escape(logto.endpoint)}/provider/[^"]*)"', page)[0])
    account = {"id": "robin-1", "name": "Robin Example", "email": "robin@github.example"}
    back = settings.SITES[0].base_url + reverse("connections_callback")
    code = logto.state.new_social_code("github", back, account)
    return {"state": parse_qs(urlsplit(address).query)["state"][0], "code": code}


def back_from_logto(client: Client, logto: Logto, source: str) -> Values:
    address = client.post(reverse("sign_in"), {"next": "/profile/"})["Location"]
    query = parse_qs(urlsplit(logto.authorize("ada", address)).query)
    return {name: values[0] for name, values in query.items()}


def on(page: str, typed: Values | None = None, /, more: Finder | None = None, **rest: Any) -> Write:
    return Write(PAGES[page], typed or {}, more, **rest)


PROFILE = "profile_change-ada-"
WRITES = (
    on("admin_preview_start-admin", {"why": "Ticket 4711: cannot find her passkeys"}),
    on("admin_apps_edit-admin", {"permission": ["openid", "profile", "email"]}),
    on("admin_apps_look-admin", {"name": "Ledgerly Books", "logo": "", "terms_url": "", "privacy_url": ""}),
    on(PROFILE + "name", {"name": "Ada of the faults"}),
    on(PROFILE + "birthdate", {"birthdate_day": "7", "birthdate_month": "3", "birthdate_year": "1980"}),
    on(PROFILE + "time-zone", {"zoneinfo": "Europe/Paris"}),
    on(PROFILE + "address", ADDRESS),
    on("profile_photo_upload-ada", more=picture),
    on("profile_photo-amara", more=picture_elsewhere, to="profile_photo_choose"),
    on("profile_photo_address-ada", {"avatar": "https://pictures.example/ada.png"}),
    on("profile_photo_remove-ada"),
    on("email_change-ada", {"email": "new@winterbourne.example"}),
    on("email_confirm-ada", more=code_to("new@winterbourne.example")),
    on("email_confirm-ada", to="email_resend"),
    on("email_confirm-ada", to="email_cancel"),
    on("email_remove-ada"),
    on("phone_change-ada", {"phone": "+44 7700 900999"}),
    on("phone_confirm-ada", more=code_to("447700900999")),
    on("phone_remove-ada"),
    on("username_change-ada", {"username": "countess"}),
    on("username_change-ada", {"username": "countess", "sign_out_others": "on"}, state="others out"),
    on("username_remove-ada"),
    on("password_change-ada", PASSWORDS),
    on("password_change-ada", PASSWORDS | {"sign_out_others": "on"}, state="others out"),
    on("password_change-ada", {"password": NEW_PASSWORD}, to="password_check"),
    on("two_step_turn_on-amara"),
    on("two_step_turn_off-amara"),
    on("two_step_authenticator_add-ada", more=code_of_app),
    on("two_step_authenticator_replace-amara", more=code_of_app),
    on("two_step_authenticator_remove-amara"),
    on("two_step_backup_codes_make-amara"),
    on("two_step_backup_codes_remove-amara"),
    on("two_step_passkey_remove-amara"),
    on("connections_connect-ada"),
    on("connections_connect-ada", more=back_from_provider, to="connections_callback", leads_back=True),
    on("connections_remove-amara"),
    on("alerts_address_change-ada", {"address": "ada@second.example"}),
    on("alerts_address_confirm-ada", more=code_in_mail),
    on("alerts_address_remove-ada"),
    on("alerts_new_devices_turn_off-ada"),
    on("alerts_new_devices_turn_on-ada"),
    on("language-ada", {"ui_locales": "de"}),
    on("sessions_end-amara"),
    on("sessions_end-ada-this"),
    on("sessions_end_others-heavy"),
    on("data_download-ada", to="data_download_page", leads_back=True),
    on("data_download-ada", to="data_download_file", leads_back=True),
    on("delete-passkey-waits", to="delete_cancel"),
    on("delete_confirm-ada", {"confirmation": "ada@winterbourne.example"}),
    on("delete_confirm-ada-later", {"confirmation": "ada@winterbourne.example"}),
    on("delete_keep-nobody"),
    on("organizations_email-ada"),
    on("organizations_email_confirm-ada", more=code_to("ada@winterbourne.example")),
    on("organizations_join-ada"),
    on("organizations_decline-ada"),
    on("organizations_leave-ada", more=name_of_the_club),
    on("apps_organizations-amara", {"organization": []}),
    on("apps_remove-amara"),
    on("tokens_add-ada", {"name": "of the faults", "days": "30"}),
    on("tokens_rename-ada", {"name": "renamed in the faults"}),
    on("tokens_remove-ada"),
    on("verify-ada", {"password": PASSWORD}),
    on("verify-ada", to="verify_email"),
    on("verify_confirm-ada", more=code_to("ada@winterbourne.example")),
    on("secure_lock-ada"),
    on("secure_lock-passkey"),
    on("secure_sign_out_others-ada"),
    on("undo-nobody"),
    on("undo-nobody-second step"),
    on("not_me-nobody"),
    on("sign_in-nobody", {"next": "/profile/"}),
    on("sign_in-nobody", more=back_from_logto, to="sign_in_callback", leads_back=True),
    on("sign_out-ada"),
)
