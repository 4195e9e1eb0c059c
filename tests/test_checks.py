"""A deployment that is incomplete or unsafe does not start, and says why."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core import checks
from django.test import override_settings
from pytest_django.fixtures import Settings

from settings_app.checks import connections_are_encrypted

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
    "TRUSTED_PROXIES": "1",
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


def told_of(**changed: str) -> str:
    """What the checks say of an environment: the same as a start, without the second that one takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", {**COMPLETE, **changed})
        loaded = runpy.run_path(str(ROOT / "accountsite" / "settings.py"))
    # The database of the tests stays: what is wrong with an address stands in SETTINGS_PROBLEMS.
    found = {name: value for name, value in loaded.items() if name.isupper() and name != "DATABASES"}
    with override_settings(**found):
        return "\n".join(str(one.msg) for one in checks.run_checks() if one.level >= checks.ERROR)


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
        (
            {"DEBUG": "true", "SITE_URL": "http://account.example.com"},
            "DEBUG is on while http://account.example.com is",
        ),
        ({"DEBUG": "true", "SITE_URL": "http://203.0.113.7:8000"}, "DEBUG is on while http://203.0.113.7:8000 is"),
        ({"DEBUG": "ture"}, "DEBUG must be true or false, not ture."),
        ({"EMAIL_URL": ""}, "EMAIL_URL names no mail server"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL names no mail server"),
        ({"EMAIL_URL": "dummymail://"}, "EMAIL_URL names no mail server"),
        ({"EMAIL_URL": "filemail:///tmp/mails"}, "EMAIL_URL names no mail server"),
        ({"EMAIL_URL": "memorymail://"}, "EMAIL_URL names no mail server"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL names no mail server"),
        ({"EMAIL_URL": "smpt://mail.example.com"}, "EMAIL_URL must be an address such as smtp+tls://"),
        ({"DATABASE_URL": "postgress://user:hidden@db/name"}, "DATABASE_URL must be an address such as sqlite:"),
        ({"DATABASE_URL": "mysql://user:hidden@db/name"}, "DATABASE_URL must be an address such as sqlite:"),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES must be a whole number, not one."),
        ({"AUDIT_KEPT_DAYS": "1y"}, "AUDIT_KEPT_DAYS must be a whole number, not 1y."),
        ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS must be 0 or a number of seconds."),
        ({"LOG_LEVEL": "VERBOSE"}, "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not VERBOSE."),
        ({"ENV_FILE": "/nowhere/env"}, "ENV_FILE names /nowhere/env, which does not exist."),
        ({"SECRET_KEY": "file:/nowhere/key"}, "SECRET_KEY points to file:/nowhere/key, where nothing can be read."),
        ({"SECRET_KEY_FALLBACKS": "file:/nowhere/key"}, "SECRET_KEY_FALLBACKS points to file:/nowhere/key"),
        ({"DATABASE_URL": "file:/nowhere/database"}, "DATABASE_URL points to file:/nowhere/database"),
    ],
)
def test_what_is_missing_is_one_sentence(changed: dict[str, str], sentence: str) -> None:
    told = told_of(**changed)
    assert sentence in told
    assert "hidden" not in told


def test_a_start_ends_with_all_the_sentences_and_no_traceback() -> None:
    result = start(SECRET_KEY="", TRUSTED_PROXIES="one", DATABASE_URL="mysql://user:hidden@db/name")
    assert result.returncode == 1
    for sentence in ("SECRET_KEY is not set", "TRUSTED_PROXIES must be a whole", "DATABASE_URL must be an address"):
        assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert "hidden" not in result.stderr


def checked(tmp_path: Path, *lines: str, **environment: str) -> str:
    """What `manage.py check` says of a configuration whose values stand in a file."""
    file = tmp_path / "env"
    complete = [f"{name}={value}" for name, value in COMPLETE.items() if name not in ("ENV_FILE", "PATH")]
    file.write_text("\n".join([*complete, *lines]), encoding="utf-8")
    result = subprocess.run(  # our own command
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env={"PATH": COMPLETE["PATH"], "ENV_FILE": str(file), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout + result.stderr


def test_a_complete_configuration_has_nothing_to_say(tmp_path: Path) -> None:
    assert "no issues" in checked(tmp_path, "# a remark", "", "export WEB_CONCURRENCY=4")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("SECRET_KEYS=x", "ENV_FILE sets SECRET_KEYS, which is not a setting; did you mean SECRET_KEY?"),
        ("LOGTO_APPID=x", "ENV_FILE sets LOGTO_APPID, which is not a setting; did you mean LOGTO_APP_ID?"),
        ("NOBODY_READS_THIS=x", "ENV_FILE sets NOBODY_READS_THIS, which is not a setting."),
        ("TRUSTED_PROXIES=0", "TRUSTED_PROXIES is 0"),
        ("MAIL_FROM=", "has no mail_from"),
        ("SECRET KEY=x", "is not NAME=value."),
        ("BRAND_NAME=a\0b", "holds a null character, which no setting can have."),
    ],
)
def test_what_is_mistyped_in_the_file_is_told(tmp_path: Path, line: str, sentence: str) -> None:
    assert sentence in checked(tmp_path, line)


def test_the_file_may_be_a_pipe() -> None:
    complete = "\n".join(f"{name}={value}" for name, value in COMPLETE.items() if name not in ("ENV_FILE", "PATH"))
    result = subprocess.run(  # our own interpreter on our own module
        [sys.executable, "-c", "import accountsite.wsgi"],
        cwd=ROOT,
        env={"PATH": COMPLETE["PATH"], "ENV_FILE": "/dev/stdin"},
        input=complete,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_what_is_mistyped_in_the_environment_is_told_and_what_is_not_ours_is_not(tmp_path: Path) -> None:
    others = {"MAIL": "/var/mail/root", "HOME": "/root", "LANG": "C.UTF-8", "LANGUAGE": "en_GB:en", "PGPORT": "5433"}
    told = checked(tmp_path, BRAND_COLOR="#123456", **others)
    assert "The environment sets BRAND_COLOR, which is not a setting; did you mean BRAND_COLOUR?" in told
    assert told.count("which is not a setting") == 1


def test_what_the_file_of_sites_refers_to_is_no_mistake(tmp_path: Path) -> None:
    sites = tmp_path / "sites.toml"
    sites.write_text(
        """[[site]]
        base_url = "https://account.example.com"
        endpoint = "https://auth.example.com"
        app_id = "web"
        app_secret = "env:ACME_APP_SECRET"
        m2m_app_id = "machine"
        m2m_app_secret = "invented"
        mail_from = "account@example.com"
        """,
        encoding="utf-8",
    )
    assert "no issues" in checked(tmp_path, "ACME_APP_SECRET=invented", f"SITES_FILE={sites}")


def test_a_wrong_site_is_named_and_the_others_start(tmp_path: Path) -> None:
    site = """[[site]]
        base_url = "https://{}"
        endpoint = "https://auth.example.com"
        app_id = "web"
        app_secret = "invented"
        m2m_app_id = "machine"
        m2m_app_secret = "invented"
        mail_from = "account@example.com"
        """
    sites = tmp_path / "sites.toml"
    text = site.format("one.example") + site.format("two.example").replace("https://two", "http://two")
    sites.write_text(text, encoding="utf-8")
    result = start(SITES_FILE=str(sites))
    assert result.returncode == 0, result.stderr
    assert "a site is left out: http://two.example must begin with https://" in result.stderr
    sites.write_text(text.replace("https://one", "http://one"), encoding="utf-8")
    assert start(SITES_FILE=str(sites)).returncode == 1


def test_secrets_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    secrets = {
        "SECRET_KEY": "of-a-file-and-long-enough-to-pass-the-check-0123456789",
        "SECRET_KEY_FALLBACKS": "a-former-one",
        "DATABASE_URL": "postgres://user:p%40ss@db.example:5433/name?sslmode=require",
        "EMAIL_URL": "smtp+tls://user:hidden@mail.example.com:587",
    }
    for name, value in secrets.items():
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
    code = (
        "from accountsite import settings as s; d = s.DATABASES['default'];"
        "print(s.SECRET_KEY, s.SECRET_KEY_FALLBACKS, d['HOST'], d['PASSWORD'], d['OPTIONS']['sslmode'], s.EMAIL_HOST,"
        "s.SETTINGS_PROBLEMS)"
    )
    result = subprocess.run(  # noqa: S603  # our own interpreter on our own module
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**COMPLETE, **{name: f"file:{tmp_path / name}" for name in secrets}},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split("\n")[0] == (
        f"{secrets['SECRET_KEY']} ['a-former-one'] db.example p@ss require mail.example.com ()"
    )


def test_no_wait_for_the_database_is_without_an_end() -> None:
    code = "from accountsite import settings as s; print(s.DATABASES['default']['OPTIONS'])"
    result = subprocess.run(  # noqa: S603  # our own interpreter on our own module
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**COMPLETE, "DATABASE_URL": "postgres://user@db/name?connect_timeout=9"},
        capture_output=True,
        text=True,
        check=True,
    )
    for limit in ("keepalives", "tcp_user_timeout", "statement_timeout", "lock_timeout"):
        assert limit in result.stdout
    assert "'connect_timeout': 9" in result.stdout


def test_how_long_browsers_insist_on_https_is_a_setting_and_says_nothing_of_other_hosts() -> None:
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    code = f"from accountsite import settings as s; print([getattr(s, name) for name in {names}])"
    for changed, sent in (
        ({"HSTS_SECONDS": "0", "HSTS_PRELOAD": "true"}, "[0, False, False]"),
        ({"HSTS_SECONDS": "86400"}, "[86400, False, False]"),
        ({"HSTS_INCLUDE_SUBDOMAINS": "true", "HSTS_PRELOAD": "true"}, "[31536000, True, True]"),
    ):
        result = subprocess.run(  # noqa: S603  # our own interpreter on our own module
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**COMPLETE, **changed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == sent


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


@pytest.mark.parametrize(
    ("mail", "own", "database", "told"),
    [
        ("smtp://mail.example.com", "", {}, ["EMAIL_URL goes to mail.example.com without TLS"]),
        ("smtp+tls://mail.example.com", "", {}, []),
        ("smtp+ssl://mail.example.com", "", {}, []),
        ("smtp://localhost:25", "", {}, []),
        (
            "smtp://localhost",
            "smtp://one.example.com",
            {},
            ["mail_server of http://testserver goes to one.ex"],
        ),
        ("smtp://localhost", "smtp+tls://one.example.com", {}, []),
        ("smtp://localhost", "", {"HOST": "db.example.com"}, ["DATABASE_URL goes to db.example.com without TLS"]),
        ("smtp://localhost", "", {"HOST": "db.example.com", "OPTIONS": {"sslmode": "verify-full"}}, []),
        ("smtp://localhost", "", {"HOST": "/run/postgresql"}, []),
        ("smtp://localhost", "", {"HOST": "127.0.0.1"}, []),
    ],
)
def test_connections_that_anybody_on_the_way_can_read_are_told(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    mail: str,
    own: str,
    database: dict[str, Any],
    told: list[str],
) -> None:
    for name, value in environ.Env.email_url_config(mail).items():
        setattr(settings, name, value)
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "+tls" in mail, "+ssl" in mail
    settings.SITES = (replace(settings.SITES[0], mail_server=own),)
    for name, value in {"OPTIONS": {}, **database}.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)
    found = [str(warning.msg) for warning in connections_are_encrypted()]
    assert len(found) == len(told)
    assert all(one.startswith(words) for one, words in zip(found, told, strict=True))
