"""What deploy/ promises: pinned, without rights, and naming only what is there. Nothing here builds or starts it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from settings_app.management import commands

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMMANDS = {path.stem for path in Path(commands.__path__[0]).glob("*.py")} | {"check", "collectstatic"}
HARDENED = {
    "CapabilityBoundingSet=",
    "NoNewPrivileges=true",
    "PrivateTmp=true",
    "ProtectSystem=strict",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    "SystemCallFilter=@system-service",
    "UMask=0077",
    "User=accountsite",
}
TEXTS = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]


def test_every_image_is_one_version() -> None:
    text = "".join((DEPLOY / name).read_text(encoding="utf-8") for name in ("Dockerfile", "compose.yaml"))
    images = re.findall(r"^(?:FROM|\s+image:) (\S+)", text, re.MULTILINE)
    assert len(images) == 5
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d+\.\d+[.\d]*(?:-[a-z-]+)?", image)] == []


def test_every_unit_gives_up_what_it_does_not_need() -> None:
    assert {path.stem for path in UNITS} == {"accountsite", "accountsite-mail", "accountsite-migrate"}
    lines = {path.stem: set(path.read_text(encoding="utf-8").splitlines()) for path in UNITS}
    assert {name: HARDENED - said for name, said in lines.items() if HARDENED - said} == {}
    assert "Type=notify" in lines["accountsite"]


def test_every_command_and_setting_that_is_named_exists() -> None:
    named = {name for path in TEXTS for name in re.findall(r"manage\.py,? ([a-z_]+)", path.read_text(encoding="utf-8"))}
    assert {"migrate", "send_notices", "languages"} <= named <= COMMANDS
    settings = (ROOT / ".env.example").read_text(encoding="utf-8")
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    block = compose.split("  environment:\n", 1)[1].split("  secrets:", 1)[0]
    ours = re.findall(r"^ +([A-Z_]+):", block, re.MULTILINE)
    assert "METRICS_BIND" in ours
    assert [name for name in ours if f"#{name}=" not in settings and name != "ENV_FILE"] == []


def test_an_image_holds_what_the_site_needs_and_no_pretend_logto() -> None:
    rules = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    assert "*" in rules
    assert "accountsite/sandbox" in rules
    assert [name for name in taken if not (ROOT / name).exists()] == []
    assert not taken & {".env", ".git", "tests"}


@pytest.mark.timeout(120)
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    """Where systemd is; what it does not know or cannot find, it says."""
    analyze = shutil.which("systemd-analyze")
    copies = []
    for path in UNITS:
        copy = tmp_path / path.name
        copy.write_text(path.read_text(encoding="utf-8").replace("/opt/accountsite", str(ROOT)), encoding="utf-8")
        copies.append(str(copy))
    if analyze:
        found = subprocess.run([analyze, "verify", *copies], capture_output=True, text=True, check=False)  # noqa: S603
        assert [line for line in found.stderr.splitlines() if "accountsite" in line] == []
