"""The WSGI application that a server such as gunicorn runs.

It refuses to start while a setting is missing. One of many sites that is wrong is left out, and the others go on.
"""

from __future__ import annotations

import logging
import os
import sys

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accountsite.settings")

application = get_wsgi_application()

from settings_app.checks import LEFT_OUT  # noqa: E402  # the settings are read by now

log = logging.getLogger(__name__)


def start() -> None:
    """Ends the process when something is wrong that concerns every site, or when none is left."""
    messages = checks.run_checks()
    wrong = [message.msg for message in messages if message.level >= checks.ERROR]
    # guard: no-start-with-problems
    if wrong:
        sys.exit("\n".join(wrong))
    for message in messages:
        if message.id == LEFT_OUT:
            log.error("a site is left out: %s", message.msg)
        else:
            log.warning("%s", message.msg)


start()
