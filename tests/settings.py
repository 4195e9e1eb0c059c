"""The tests' own environment, set before the real settings are read."""

import os

from accountsite.sandbox.seed import M2M_APP_ID, M2M_APP_SECRET, SITE_APP_ID, SITE_APP_SECRET

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
    BRAND_NAME="Fernhill",
    SITES_FILE="",
    TRUSTED_PROXIES="0",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
    EMAIL_URL="memorymail://",
)

from accountsite.settings import *  # noqa: F403

DEBUG = False
WHITENOISE_AUTOREFRESH = True  # static files are found where they are; nothing was collected
