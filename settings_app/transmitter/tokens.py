"""A Security Event Token (RFC 8417) in the shape of the Shared Signals Framework 1.0: one event about one person."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwt

from settings_app.event_keys import algorithm_of, name_of, signing_key
from settings_app.models import SecurityEvent
from settings_app.safeguards.changes import Change
from settings_app.safeguards.security_events import OWN, TELLING
from settings_app.sites import Site, origin

TYPE = "secevent+jwt"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"


def token_of(event: SecurityEvent, site: Site) -> str:
    """About a person: by the issuer of their tokens and their id there, and by nothing else (RFC 9493, 3.2.4)."""
    told = TELLING[Change(event.change)]
    said: dict[str, Any] = {
        "event_timestamp": int(event.happened_at.timestamp()),
        "initiating_entity": "admin" if Change(event.change).words.by_admin else "user",
        **told.says,
    }
    if not event.is_certain:
        said["confirmed"] = False
    subject = {"format": "iss_sub", "iss": site.issuer, "sub": event.subject}
    name = site.url(told.event) if told.event.startswith(OWN) else told.event
    return signed(site, event.token_id, subject, {name: said})


def verification_of(site: Site, token_id: str) -> str:
    """Says nothing of anybody: for whoever sets a receiver up (SSF 1.0, 8.1.4)."""
    return signed(site, token_id, {"format": "opaque", "id": site.host}, {VERIFICATION: {"state": token_id}})


def signed(site: Site, token_id: str, subject: dict[str, str], events: dict[str, Any]) -> str:
    """`exp` is left out, and `sub` too: the token must not be taken for one that opens something (RFC 8417, 4)."""
    key = signing_key(site.events_keys[0])
    algorithm = algorithm_of(key)
    claims = {
        "iss": site.base_url,
        "aud": audience_of(site),
        "iat": int(time.time()),
        "jti": token_id,
        "sub_id": subject,
        "events": events,
    }
    return jwt.encode({"alg": algorithm, "typ": TYPE, "kid": name_of(key)}, claims, key, algorithms=[algorithm])


def audience_of(site: Site) -> str:
    return site.events_audience or origin(site.events_url)
