"""What the settings read for `make demo` and `make run`; set before Django's settings load."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ

from accountsite.sandbox.seed import HOOK_SIGNING_KEY, M2M_APP_ID, M2M_APP_SECRET, SITE_APP_ID, SITE_APP_SECRET

RUN_DIR = Path(__file__).resolve().parent.parent.parent / ".run"
SITE_PORT = 8000
SANDBOX_PORT = 3301
RUN_DEFAULTS = {"DATABASE_URL": f"sqlite:///{RUN_DIR / 'run.sqlite3'}"}


def prepare(command: str) -> None:
    """Sets this process's environment for the commands `demo`, `sandbox`, `api_client` and `run`."""
    if command != "run":
        os.environ.update(demo_environment(dict(os.environ)))
        return
    # It is reached on this machine; the SITE_URL in .env may be the public one.
    local = f"http://localhost:{port(dict(os.environ), 'PORT', SITE_PORT)}"
    os.environ["SITE_URL"] = os.environ.get("SITE_URL") or local
    environ.Env.read_env(os.environ.get("ENV_FILE", str(RUN_DIR.parent / ".env")))
    RUN_DIR.mkdir(exist_ok=True)
    os.environ["DEBUG"] = "true"
    for name, value in RUN_DEFAULTS.items():
        os.environ[name] = os.environ.get(name) or value
    os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or _kept_secret(RUN_DIR / "secret_key")


def demo_environment(given: dict[str, str]) -> dict[str, str]:
    """The variables of the demo. `DEMO_PORT` and `SANDBOX_PORT` choose the ports; .env is not read."""
    site = f"http://localhost:{port(given, 'DEMO_PORT', SITE_PORT)}"
    sandbox_port = port(given, "SANDBOX_PORT", SANDBOX_PORT)
    RUN_DIR.mkdir(exist_ok=True)
    return {
        "ENV_FILE": os.devnull,
        "DEBUG": "true",
        "SECRET_KEY": _kept_secret(RUN_DIR / "secret_key"),
        "DATABASE_URL": f"sqlite:///{RUN_DIR / 'demo.sqlite3'}",
        "SITES_FILE": "",
        "SITE_URL": site,
        "LOGTO_ENDPOINT": f"http://localhost:{sandbox_port}",
        "LOGTO_APP_ID": SITE_APP_ID,
        "LOGTO_APP_SECRET": SITE_APP_SECRET,
        "LOGTO_M2M_APP_ID": M2M_APP_ID,
        "LOGTO_M2M_APP_SECRET": M2M_APP_SECRET,
        "LOGTO_WEBHOOK_KEY": HOOK_SIGNING_KEY,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port(sandbox_port)}",
        "MAIL_FROM": "Fernhill Account <account@fernhill.example>",
        "BRAND_NAME": "Fernhill",
        "BRAND_LEGAL_NAME": "Fernhill Ltd",
        "BRAND_COLOUR": "#2f5bd8",
        "BRAND_DARK_COLOUR": "#8aa6ff",
        "ACCESS_TOKENS": "true",
        "API_ENABLED": "true",
        "SHOW_ROLES": "true",
        "HOME_URL": "https://fernhill.example",
        "SUPPORT_URL": "https://fernhill.example/help",
        "PRIVACY_URL": "https://fernhill.example/privacy",
        "TERMS_URL": "https://fernhill.example/terms",
        "LOG_LEVEL": "WARNING",
    }


def port(given: dict[str, str], name: str, default: int) -> int:
    """A port number from the environment. SystemExit with one sentence when it is none."""
    value = given.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 2**16:
        raise SystemExit(f"{name} must be a port number between 1 and 65535, not {value!r}.")
    return int(value)


def mail_port(sandbox_port: int) -> int:
    """The post office stands beside the sandbox."""
    return sandbox_port + 1 if sandbox_port < 2**16 - 1 else sandbox_port - 1


def _kept_secret(path: Path) -> str:
    """A secret made once and kept, so that a restart signs nobody out."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
