"""Signs people in on a site that is measured, by its own session store: `python bench/sessions.py ID ...` beside it.

Prints the cookie of each. It uses what every commit since the first has, so that an older one can be measured too.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import django


def main(subjects: list[str]) -> None:
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from settings_app.session import SessionStore

    now, cookies = timezone.now(), []
    for subject in subjects:
        session = SessionStore(site=settings.SITES[0].host)
        session["subject"], session["sid"] = subject, ""
        session["signed_in_at"] = now.isoformat()
        session["ends_at"] = (now + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)).isoformat()
        session["binding"] = f"binding-of-{subject}"
        session["verified"] = {"at": now.timestamp(), "how": "password"}
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    print(json.dumps(cookies))


if __name__ == "__main__":
    main(sys.argv[1:])
