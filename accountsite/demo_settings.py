"""What `make demo` serves the site with: pages, error pages and compressed files are those of production."""

from accountsite.sandbox.environment import RUN_DIR
from accountsite.settings import *  # noqa: F403  # all of them but these
from accountsite.settings import STORAGES

DEBUG = False
STATIC_ROOT = RUN_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = False
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "settings_app.shell.staticfiles.JoinedManifestStorage"}}
