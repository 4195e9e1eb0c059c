"""The WSGI application that a server such as gunicorn runs. It refuses to start while a setting is missing."""

import os
import sys

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accountsite.settings")

application = get_wsgi_application()

if problems := [message.msg for message in checks.run_checks() if message.level >= checks.ERROR]:
    sys.exit("\n".join(problems))
