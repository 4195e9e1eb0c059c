"""People who act, as middleware makes them of a request, without a view."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.session import SessionStore, SignedIn
from settings_app.shell.http import AccountRequest, actor_on

Asking = Callable[..., Actor]

FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def asking(db: None, logto: Logto) -> Asking:
    """Somebody who acts: `asking("ada")`; each `browser` has a session of its own."""

    def make(handle: str, *, browser: str = "first", address: str = "203.0.113.7") -> Actor:
        site = settings.SITES[0]
        request = cast(AccountRequest, RequestFactory().post("/", REMOTE_ADDR=address, headers={"User-Agent": FIREFOX}))
        subject = logto.state.person(handle).id
        request.site = site
        request.session = SessionStore(site=site.host)
        request.session["binding"] = f"{handle} in the {browser} browser"
        request.account = Tenant.of(site).account(subject)
        request.person = request.account.person()
        now = timezone.now()
        request.signed_in = SignedIn(subject=subject, sid="", at=now, ends_at=now)
        return actor_on(request, request.account, request.person)

    return make
