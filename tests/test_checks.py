"""A deployment that is incomplete or unsafe does not start, and says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = {
    "ENV_FILE": os.devnull,
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "invented-for-this-test-and-long-enough-to-pass-the-check-0123456789",
    "SITE_URL": "https://account.example.com",
    "LOGTO_ENDPOINT": "https://auth.example.com",
    "LOGTO_APP_ID": "web",
    "LOGTO_APP_SECRET": "invented",
    "LOGTO_M2M_APP_ID": "machine",
    "LOGTO_M2M_APP_SECRET": "invented",
    "MAIL_FROM": "account@example.com",
    "EMAIL_URL": "smtp://localhost:25",
}


def start(**changed: str) -> subprocess.CompletedProcess[str]:
    """Loads the WSGI application as a web server does."""
    return subprocess.run(  # our own interpreter on our own module
        [sys.executable, "-c", "import accountsite.wsgi"],
        cwd=ROOT,
        env={**COMPLETE, **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_configuration_starts() -> None:
    result = start()
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"LOGTO_APP_ID": ""}, "The environment does not set LOGTO_APP_ID."),
        ({"SITE_URL": "http://account.example.com"}, "must begin with https://"),
        ({"LOGTO_ENDPOINT": "http://auth.example.com"}, "must begin with https://"),
        ({"SESSION_IDLE_SECONDS": "5"}, "SESSION_IDLE_SECONDS must be at least 60"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be 0"),
        ({"DEBUG": "true"}, "DEBUG is on while https://account.example.com is public"),
    ],
)
def test_what_is_missing_is_one_sentence_and_no_traceback(changed: dict[str, str], sentence: str) -> None:
    result = start(**changed)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_production_cookies_are_host_bound_and_secure() -> None:
    code = (
        "from accountsite import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.DEBUG, s.INSTALLED_APPS)"
    )
    result = subprocess.run(  # noqa: S603  # our own interpreter on our own module
        [sys.executable, "-c", code], cwd=ROOT, env=COMPLETE, capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("__Host-accountsite True 31536000 False")
    assert "sandbox" not in result.stdout
