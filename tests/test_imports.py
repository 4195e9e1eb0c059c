"""Imports run one way: urls -> sections, admin, signin -> shell, safeguards -> logto -> sites, session, models."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for path in (ROOT / "settings_app").rglob("*.py") if "migrations" not in path.parts)
SANDBOX = sorted((ROOT / "accountsite" / "sandbox").rglob("*.py"))

# What stands lower never imports what stands higher.
HEIGHT = {
    "sites": 0,
    "models": 0,
    "session": 0,
    "logto": 1,
    "shell": 2,
    "safeguards": 2,
    "templatetags": 2,
    "signin": 3,
    "sections": 3,
    "admin": 3,
    "urls": 4,
    "checks": 4,
    "apps": 4,
    "management": 4,
}


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, relative ones resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names |= {stem} | {f"{stem}.{alias.name}" for alias in node.names}
    return names


def room(module: str) -> str:
    return module.split(".")[1] if module.startswith("settings_app.") else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_imports_what_stands_above_it(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    own = HEIGHT[parts[1]] if len(parts) > 1 and parts[1] in HEIGHT else 0
    above = {name for name in imported(path) if HEIGHT.get(room(name), 0) > own}
    assert above == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_imports_the_project_or_its_sandbox(path: Path) -> None:
    assert {name for name in imported(path) if name.split(".")[0] == "accountsite"} == set()


@pytest.mark.parametrize("path", SANDBOX, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_sandbox_knows_nothing_of_the_site(path: Path) -> None:
    assert {name for name in imported(path) if name.split(".")[0] == "settings_app"} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_transport_and_the_oidc_client_speak_http(path: Path) -> None:
    allowed = path.name == "transport.py" or path.parent.name == "signin"
    speaks = {name.split(".")[0] for name in imported(path)} & {"requests", "urllib3", "httpx", "http"}
    assert allowed or not speaks


@pytest.mark.parametrize(
    "path", [path for path in MODULES if "sections" in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_sections_never_import_each_other(path: Path) -> None:
    own = path.relative_to(ROOT / "settings_app" / "sections").parts[0].removesuffix(".py")
    others = {
        name for name in imported(path) if name.startswith("settings_app.sections.") and name.split(".")[2] != own
    }
    assert others == set()


@pytest.mark.parametrize(
    "path", [path for path in MODULES if "logto" in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_api_layer_knows_no_request_form_or_template(path: Path) -> None:
    assert {
        name for name in imported(path) if name.startswith(("django.http", "django.forms", "django.template"))
    } == set()
