"""A session of Logto's that was ended there, by its API or its account center, sends no word of it (docs/logto.md 23).

So the list of the person's sessions is read beside the person, once a minute for each session here that knows its own.
"""

from __future__ import annotations

from django.utils import timezone

from settings_app.logto.parallel import Part
from settings_app.logto.types import LogtoSession
from settings_app.shell.http import AccountRequest

LOOK_EVERY_SECONDS = 60
LOOKED_AT = "looked_at"

Looking = Part[tuple[LogtoSession, ...]]


def look(request: AccountRequest) -> Looking | None:
    """Begins to read the list when it is time; None when it is not, or ID tokens name no session (8.1)."""
    who = request.signed_in
    if not who.sid:
        return None
    looked_at = float(request.session.get(LOOKED_AT, who.at.timestamp()))
    if 0 <= timezone.now().timestamp() - looked_at < LOOK_EVERY_SECONDS:
        return None
    return request.account.tenant.start(request.account.sessions)


def is_over(request: AccountRequest, looking: Looking | None) -> bool:
    """Whether Logto's session is gone; ends this one with it. A list that cannot be read ends nothing."""
    # guard: unreadable-list-ends-nothing
    if looking is None or looking.error is not None:
        return False
    sid, application_id = request.signed_in.sid, request.site.app_id
    # guard: ended-at-logto-ended-here
    if not any(one.is_of(application_id, sid) for one in looking.value or ()):
        request.session.end()
        return True
    request.session[LOOKED_AT] = timezone.now().timestamp()
    return False


def listed(request: AccountRequest) -> Looking:
    """The person's sessions for a page that shows them: as they are being read anyway, else from now on."""
    return request.looking or request.account.tenant.start(request.account.sessions)
