"""The tests' own environment, set before the real settings are read."""

import os
import tempfile
from pathlib import Path

from accountsite.sandbox.seed import HOOK_SIGNING_KEY, M2M_APP_ID, M2M_APP_SECRET, SITE_APP_ID, SITE_APP_SECRET

os.environ.update(
    ENV_FILE=os.devnull,
    DEBUG="true",
    SECRET_KEY="invented-for-tests-and-long-enough-to-pass-the-check-0123456789",
    SITE_URL="http://testserver",
    LOGTO_ENDPOINT="http://localhost:3301",
    LOGTO_APP_ID=SITE_APP_ID,
    LOGTO_APP_SECRET=SITE_APP_SECRET,
    LOGTO_M2M_APP_ID=M2M_APP_ID,
    LOGTO_M2M_APP_SECRET=M2M_APP_SECRET,
    LOGTO_WEBHOOK_KEY=HOOK_SIGNING_KEY,
    BRAND_NAME="Fernhill",
    ACCESS_TOKENS="true",
    API_ENABLED="true",
    API_ORIGINS="https://app.fernhill.example",
    SITES_FILE="",
    TRUSTED_PROXIES="0",
    # A file, as shipped: threads of the live server each open their own connection. The name keeps parallel runs apart.
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", "sqlite:///unused.sqlite3"),
    EMAIL_URL="memorymail://",
)

from accountsite.settings import *  # noqa: F403

DEBUG = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    name = f"accountsite-tests-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir(), name))}  # noqa: F405
WHITENOISE_AUTOREFRESH = True  # static files are found where they are; nothing was collected
CODE_SECONDS = 0  # as long as it takes, but where a test is about that
IS_LOCAL = False  # what is wrong in production is told
