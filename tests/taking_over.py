"""Taking an account over and getting it back, as tests do it: through pages, mails and the sandbox's own records."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox

HOUR = timedelta(hours=1)


def change_email(client: Client, logto: Logto, email: str) -> None:
    """On the pages: asks for a code, reads it at the new address, enters it."""
    _change(client, logto, "email", email, {"email": email})


def change_phone(client: Client, logto: Logto, phone: str) -> None:
    """A British number, as digits with its country's code."""
    _change(client, logto, "phone", phone, {"country": "GB", "phone": f"+{phone}"})


def _change(client: Client, logto: Logto, kind: str, value: str, posted: dict[str, str]) -> None:
    client.post(f"/{kind}/change/", posted)
    message = logto.state.latest_message(value)
    assert message is not None
    client.post(f"/{kind}/confirm/", {"code": message.code})
    client.get("/security/")


def mails() -> dict[str, list[str]]:
    """What everybody was sent since this was last asked, by address."""
    outbox.send_due()
    found: dict[str, list[str]] = {}
    for one in mail.outbox:
        found.setdefault(one.to[0], []).append(str(one.body))
    mail.outbox.clear()
    return found


def links(to: str, sent: dict[str, list[str]] | None = None) -> list[str]:
    """The undo links in the mails to this address."""
    bodies = (mails() if sent is None else sent).get(to, [])
    return [link for body in bodies for link in re.findall(r"http://testserver(/undo/\S+)", body)]


def press(client: Client, link: str) -> HttpResponse:
    token = parse_qs(urlsplit(link).query)["token"][0]
    answer: HttpResponse = client.post("/undo/", {"token": token})  # type: ignore[assignment]  # the test client's own kind
    return answer


def held(logto: Logto, handle: str, column: str) -> Any:
    return logto.state.person(handle).user[column]


def days_ago(days: float) -> str:
    """As Logto writes when a second factor was added."""
    return (timezone.now() - timedelta(days=days)).isoformat().replace("+00:00", "Z")


def opens(password: str, handle: str, logto: Logto) -> bool:
    """Whether this is the person's password at Logto."""
    account = Tenant.of(settings.SITES[0]).account(logto.state.person(handle).id)
    return account.verify_password(password)
