"""What receivers of events read to trust them: the keys, and what this site is as a transmitter (SSF 1.0, 7.1)."""

from __future__ import annotations

from django.http import Http404, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from settings_app import event_keys
from settings_app.shell.http import AccountRequest, public

KEPT_FOR = "public, max-age=300"  # so that a new key is known soon
PUSH = "urn:ietf:rfc:8935"


@public
@require_safe
def transmitter(request: AccountRequest) -> JsonResponse:
    needs_events(request)
    return published(
        {
            "spec_version": "1_0",
            "issuer": request.site.base_url,
            "jwks_uri": request.site.url(reverse("events_keys")),
            "delivery_methods_supported": [PUSH],
            "default_subjects": "ALL",
        }
    )


@public
@require_safe
def keys(request: AccountRequest) -> JsonResponse:
    needs_events(request)
    return published(event_keys.published(request.site.events_keys))


def needs_events(request: AccountRequest) -> None:
    if not request.site.events_url:
        raise Http404


def published(what: dict[str, object]) -> JsonResponse:
    return JsonResponse(what, headers={"Cache-Control": KEPT_FOR})
