"""The settings of a gunicorn that is killed: those of the tests, with the site that a file names."""

import os
import pickle
from pathlib import Path

from tests.settings import *  # noqa: F403

IS_LOCAL = True
SITES = pickle.loads(Path(os.environ["SERVED_SITES"]).read_bytes())  # noqa: S301  # tests/faults/served.py wrote it
ALLOWED_HOSTS = ["localhost"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ["SERVED_MAILS"]
