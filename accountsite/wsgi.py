"""The WSGI application that a server such as gunicorn runs.

It refuses to start while a setting is missing. At a reload (gunicorn.conf.py says so) people are using it already: a
site that is broken is left out, and the others go on.
"""

from __future__ import annotations

import logging
import os
import sys

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accountsite.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402  # read by now

from settings_app.checks import OF_ONE_SITE  # noqa: E402

log = logging.getLogger(__name__)

RUNS_ALREADY = os.environ.get("ACCOUNTSITE_RUNS_ALREADY") == "true"


def start() -> None:
    """Ends the process when something is wrong that concerns every site, or when none is left."""
    messages = checks.run_checks()
    wrong = [message for message in messages if message.level >= checks.ERROR]
    of_sites = [message for message in wrong if message.id in OF_ONE_SITE]
    broken = {message.obj for message in of_sites}
    sound = tuple(site for site in settings.SITES if site.host not in broken)
    # guard: no-start-with-problems
    if wrong and not (RUNS_ALREADY and sound and len(of_sites) == len(wrong)):
        sys.exit("\n".join(message.msg for message in wrong))
    for message in messages:
        if message in of_sites:
            log.error("a site is left out: %s", message.msg)
        else:
            log.warning("%s", message.msg)
    settings.SITES = sound


start()
