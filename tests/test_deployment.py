"""The site as it is deployed: production settings, read as production reads them, behind a proxy that ends TLS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_checks import COMPLETE, ROOT

ASKED = {
    "landing": {"path": "/sign-in/"},
    "begun": {"path": "/sign-in/", "method": "POST"},
    "lost": {"path": "/nowhere/"},
    "signed-out": {"path": "/profile/"},
    "forwarded": {"path": "/profile/", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"},
    "elsewhere": {"path": "/sign-in/", "host": "evil.example"},
    "style": {"path": "static:site.css"},
    "source": {"path": "/static/../accountsite/settings.py"},
    "alive": {"path": "/healthz", "host": "10.0.0.7:8000"},
}
PAGES = ("landing", "lost")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    database = tmp_path_factory.mktemp("deployed") / "site.sqlite3"
    result = subprocess.run(  # our own interpreter on our own module
        [sys.executable, "-m", "tests.deployed"],
        cwd=ROOT,
        env={**COMPLETE, "DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "accountsite.settings"},
        input=json.dumps(list(ASKED.values())),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return dict(zip(ASKED, json.loads(result.stdout), strict=True))


def test_the_session_cookie_is_for_this_host_alone_over_tls_and_not_for_scripts(answers: dict[str, Any]) -> None:
    cookie, *attributes = answers["begun"]["headers"]["set-cookie"].strip().split("; ")
    assert cookie.startswith("__Host-accountsite=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("strict-transport-security", "max-age=31536000"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ],
)
def test_every_page_carries_its_policies(answers: dict[str, Any], page: str, name: str, value: str) -> None:
    assert answers[page]["headers"][name] == value


@pytest.mark.parametrize("page", PAGES)
def test_the_content_security_policy_is_closed(answers: dict[str, Any], page: str) -> None:
    parts = dict(part.split(" ", 1) for part in answers[page]["headers"]["content-security-policy"].split("; "))
    assert parts == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' https: data:",
        "form-action": "'self' https://auth.example.com",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }


@pytest.mark.parametrize("request_", ["signed-out", "forwarded"])
def test_no_header_decides_where_one_is_sent(answers: dict[str, Any], request_: str) -> None:
    assert answers[request_]["status"] == 302
    assert answers[request_]["headers"]["location"] == "/sign-in/?next=%2Fprofile%2F"


def test_an_unknown_host_gets_nothing(answers: dict[str, Any]) -> None:
    assert (answers["elsewhere"]["status"], answers["elsewhere"]["body"]) == (404, "")
    assert "set-cookie" not in answers["elsewhere"]["headers"]


def test_stylesheets_come_hashed_and_to_this_site_only(answers: dict[str, Any]) -> None:
    assert answers["style"]["status"] == 200
    assert "immutable" in answers["style"]["headers"]["cache-control"]
    assert "access-control-allow-origin" not in answers["style"]["headers"]


def test_nothing_but_the_collected_files_is_served(answers: dict[str, Any]) -> None:
    assert answers["source"]["status"] == 404
    assert "SECRET_KEY" not in answers["source"]["body"]


def test_the_process_can_be_watched_by_its_own_address(answers: dict[str, Any]) -> None:
    assert (answers["alive"]["status"], answers["alive"]["body"]) == (200, "ok\n")


def test_the_stand_in_for_logto_is_not_there() -> None:
    imports = "import accountsite.wsgi, sys; print([name for name in sys.modules if 'sandbox' in name])"
    result = subprocess.run(  # noqa: S603  # our own interpreter on our own module
        [sys.executable, "-c", imports], cwd=ROOT, env=COMPLETE, capture_output=True, text=True, check=False
    )
    assert result.stdout.strip() == "[]", result.stderr


def test_the_examples_of_the_operators_guide_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sites file shown in docs/operating.md has no mistake in it."""
    from settings_app.sites_file import read_sites

    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n", 1)[1].split("```", 1)[0]
    secrets = tmp_path / "secret"
    secrets.write_text("invented\n", encoding="utf-8")
    monkeypatch.setenv("ACME_APP_SECRET", "invented")
    lines = [
        f'{line.split(" = ")[0]} = "file:{secrets}"' if '"file:' in line else line for line in example.splitlines()
    ]
    path = tmp_path / "sites.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    sites, problems = read_sites({}, str(path))
    assert problems == ()
    assert [site.host for site in sites] == ["account.example.com", "account.acme.example"]
