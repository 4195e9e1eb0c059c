"""The address that Logto calls."""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from settings_app.shell.http import AccountRequest, client_address, public
from settings_app.webhooks import events, message
from settings_app.webhooks.message import MOST_BYTES, NotTaken

SIGNATURE = "logto-signature-sha-256"

log = logging.getLogger(__name__)


@csrf_exempt  # another server posts here; the signature says who
@public
@require_POST
def logto(request: AccountRequest) -> HttpResponse:
    """A webhook that was obeyed before gets the same answer, and nothing is done again."""
    try:
        body = body_of(request)
        told = message.read(request.site, body, request.headers.get(SIGNATURE, ""))
    except NotTaken as refused:
        address = client_address(request) or "-"
        log.warning("webhook on %s from %s refused: %s", request.site.host, address, refused)
        return HttpResponse(status=refused.status, headers={"Cache-Control": "no-store"})
    obeyed = HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    # Both or neither: one that fails half-way, or whose process is killed, was not obeyed.
    with transaction.atomic():
        is_first = message.is_first(request.site, body)
        # guard: webhook-obeyed-once
        if not is_first:
            return obeyed
        events.obey(request.site, told)
    events.follow_up(request.site, told)
    log.info("webhook %s on %s", told.event, request.site.host)
    return obeyed


def body_of(request: AccountRequest) -> bytes:
    """Raises NotTaken before much of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    # guard: webhook-size
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise NotTaken("too long", 413)
    try:
        return bytes(request.body)
    except RequestDataTooBig as error:
        raise NotTaken("too long", 413) from error
