"""A secret that stands in a file is found, whatever issued it; what only looks random is not."""

from __future__ import annotations

import pytest

from tests.secrets_in_tree import SHAPES, found_in

# Put together here, so that none stands in this file.
PLANTED = {
    "a private key": "-----BEGIN " + "EC PRIVATE KEY-----\n" + "MHcCAQEEIA" * 12,
    "a key of AWS": "key = AKIA" + "IOSFODNN7EXAMPLE",
    "a token of GitHub": "ghp_" + "a1B2" * 9,
    "a token of GitLab": "glpat-" + "a1B2c3" * 4,
    "a token of Slack": "xoxb-" + "1234567890-" * 3,
    "a key of Stripe": "sk_live_" + "a1B2" * 6,
    "a key of Google": "AIza" + "a1B2c" * 7,
    "a token of npm": "npm_" + "a1B2" * 9,
    "a token of PyPI": "pypi-AgE" + "a1B2c" * 12,
    "a key of SendGrid": "SG." + "a1B2" * 5 + "." + "a1B2" * 8,
    "a signed token": "eyJ" + "hbGci" * 6 + ".eyJ" + "zdWIi" * 6 + "." + "a1B2" * 12,
    "an access token of Logto": "pat_" + "a1B2" * 8,
    "a password in an address": "postgres://site:" + "Xk29-fje8@db.example.com/site",
    "a secret that is set": "LOGTO_APP_SECRET=" + "a1B2c3d4" * 3,
}


@pytest.mark.parametrize("what", sorted({what for what, _pieces, _shape in SHAPES}))
def test_a_planted_secret_is_found_with_its_line(what: str) -> None:
    assert list(found_in(f"first line\n{PLANTED[what]}\nlast line")) == [(2, what)]


@pytest.mark.parametrize(
    "line",
    [
        "django==5.2 --hash=sha256:" + "0123456789abcdef" * 4,
        "SECRET_KEY=invented-for-tests-and-long-enough-to-pass-the-check",
        "DATABASE_URL=postgres://user:password@host:5432/name",
        "LOGTO_APP_SECRET=file:/etc/accountsite/secrets/web",
        "https://account.example.com/undo/?token=abc",
    ],
)
def test_what_is_none_is_left_alone(line: str) -> None:
    assert list(found_in(line)) == []
