"""Imports run one way: ground <- logto <- actor <- safeguards <- shell <- sections, signin <- gathered, admin."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for path in (ROOT / "settings_app").rglob("*.py") if "migrations" not in path.parts)
SECTIONS = ROOT / "settings_app" / "sections"
SANDBOX = sorted((ROOT / "accountsite" / "sandbox").rglob("*.py"))

# What stands lower never imports what stands higher.
HEIGHT = {
    "sites": 0,
    "sites_file": 0,
    "following": 0,
    "lifetimes": 0,
    "tracing": 0,
    "metering": 0,
    "outside": 0,
    "own_words": 0,
    "spans": 0,
    "event_keys": 0,
    "postgresql": 0,
    "models": 0,
    "prepared": 0,
    "session": 0,
    "tenancy": 0,
    "formats": 0,
    "device": 0,
    "typed": 0,
    "languages": 0,
    "colours": 0,
    "logto": 1,
    "actor": 2,
    "safeguards": 3,
    "mails": 4,
    "transmitter": 4,
    "shell": 5,
    "templatetags": 5,
    "signin": 6,
    "webhooks": 6,
    "sections": 6,
    "gathered": 7,
    "admin": 7,
    "api": 7,
    "urls": 8,
    "checks": 8,
    "apps": 8,
    "management": 8,
}


@cache
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


def faults(paths: list[Path], wrong: Callable[[Path], set[str]]) -> dict[str, set[str]]:
    """For each file that breaks the rule, what it imports against it."""
    found = {str(path.relative_to(ROOT)): wrong(path) for path in paths}
    return {path: names for path, names in found.items() if names}


def of_packages(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if name.split(".")[0] in packages}


def test_no_module_imports_what_stands_above_it() -> None:
    def above(path: Path) -> set[str]:
        own = HEIGHT.get(room(".".join(path.relative_to(ROOT).with_suffix("").parts)), 0)
        return {name for name in imported(path) if HEIGHT.get(room(name), 0) > own}

    assert faults(MODULES, above) == {}


def test_every_room_has_a_height() -> None:
    rooms = {path.relative_to(ROOT / "settings_app").parts[0].removesuffix(".py") for path in MODULES}
    assert rooms - {"__init__"} == set(HEIGHT)


def test_no_module_leads_back_to_itself() -> None:
    """Only `logto/account.py` names the type of the tenant that makes it."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES
    }
    leads_to = {name: imported(path) & set(modules) - {name} for name, path in modules.items()}
    leads_to["settings_app.logto.account"] -= {"settings_app.logto.tenant"}
    TopologicalSorter(leads_to).prepare()  # raises CycleError


def test_nothing_imports_the_project_or_its_sandbox() -> None:
    assert faults(MODULES, lambda path: of_packages(imported(path), "accountsite")) == {}


def test_the_sandbox_knows_nothing_of_the_site() -> None:
    assert faults(SANDBOX, lambda path: of_packages(imported(path), "settings_app")) == {}


def test_only_the_transport_the_way_outside_and_the_oidc_client_speak_http() -> None:
    speaking = {"transport.py", "outside.py", "exporter.py"}  # the last one answers, and asks nobody
    others = [path for path in MODULES if path.name not in speaking and path.parent.name != "signin"]
    assert faults(others, lambda path: of_packages(imported(path), "requests", "urllib3", "httpx", "http")) == {}


def test_sections_never_import_each_other() -> None:
    def others(path: Path) -> set[str]:
        own = path.relative_to(SECTIONS).parts[0].removesuffix(".py")
        named = {name for name in imported(path) if name.startswith("settings_app.sections.")}
        return {name for name in named if name.split(".")[2] != own}

    assert faults([path for path in MODULES if SECTIONS in path.parents], others) == {}


def test_the_api_layer_and_the_safeguards_know_no_request_form_or_template() -> None:
    pages = ("django.http", "django.forms", "django.template", "django.shortcuts", "django.contrib.messages")

    def of_pages(path: Path) -> set[str]:
        return {name for name in imported(path) if name.startswith(pages)}

    rooms = {"logto", "safeguards", "actor.py"}
    inside = [path for path in MODULES if rooms & set(path.relative_to(ROOT).parts)]
    assert faults(inside, of_pages) == {}


def test_only_the_gathering_pages_see_the_list_of_sections() -> None:
    below = [path for path in MODULES if ROOT / "settings_app" / "gathered" not in path.parents]
    assert faults(below, lambda path: imported(path) & {"settings_app.sections.SECTIONS"}) == {}


def test_no_class_has_the_name_of_another_one() -> None:
    """Commands are all called Command, as Django wants it."""
    found: dict[str, list[str]] = {}
    for path in MODULES:
        if "commands" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
