"""What deploy/ promises: pinned, without rights, and naming only what is there. Nothing here builds or starts it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve

from settings_app.management import commands
from tests.rehearsal import proxies

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
ASKED_BY_MACHINES = ("/healthz", "/readyz", "/statusz")
GRACEFUL_SECONDS = 30  # gunicorn.conf.py
MANIFESTS = DEPLOY / "kubernetes"
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


def manifests() -> list[dict[str, Any]]:
    """Every object that the list of kustomize names."""
    gathered = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text(encoding="utf-8"))
    assert sorted(gathered["resources"]) == sorted(
        path.name for path in MANIFESTS.glob("*.yaml") if path.name != "kustomization.yaml"
    )
    texts = [(MANIFESTS / name).read_text(encoding="utf-8") for name in gathered["resources"]]
    return [found for text in texts for found in yaml.safe_load_all(text)]


def pods() -> dict[str, dict[str, Any]]:
    return {
        found["metadata"]["name"]: found["spec"]["template"]["spec"]
        for found in manifests()
        if "template" in found["spec"]
    }


def test_every_pod_is_without_rights() -> None:
    assert pods().keys() == {"accountsite", "accountsite-notices", "accountsite-migrate"}
    for pod in pods().values():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_every_pod_runs_the_one_image_whose_version_kustomize_names() -> None:
    gathered = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text(encoding="utf-8"))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert gathered["images"] == [{"name": "accountsite", "newTag": version}]
    assert {pod["containers"][0]["image"] for pod in pods().values()} == {"accountsite"}


def test_pods_have_the_settings_folders_and_addresses_that_the_site_knows() -> None:
    settings = (ROOT / ".env.example").read_text(encoding="utf-8")
    for pod in pods().values():
        (container,) = pod["containers"]
        given = {one["name"]: one["value"] for one in container["env"]}
        assert [name for name in given if f"#{name}=" not in settings and name != "ENV_FILE"] == []
        folders = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert {str(Path(given["ENV_FILE"]).parent), given.get("METRICS_FOLDER", "/tmp"), "/tmp"} == folders  # noqa: S108
        assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    (site,) = pods()["accountsite"]["containers"]
    for probe, address in (("readinessProbe", "/readyz"), ("livenessProbe", "/healthz"), ("startupProbe", "/healthz")):
        assert site[probe]["httpGet"]["path"] == address
        assert resolve(address)


def test_an_ending_server_is_given_the_time_it_takes() -> None:
    """Seconds for which it is passed over, and those that gunicorn gives requests under way."""
    site = pods()["accountsite"]
    drain = next(int(one["value"]) for one in site["containers"][0]["env"] if one["name"] == "DRAIN_SECONDS")
    assert drain + GRACEFUL_SECONDS < site["terminationGracePeriodSeconds"]
    probe = site["containers"][0]["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] < drain
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["site-1"]
    drain = int(compose["environment"]["DRAIN_SECONDS"])
    assert drain + GRACEFUL_SECONDS < int(compose["stop_grace_period"].rstrip("s"))


def test_what_machines_ask_is_nobodys_outside() -> None:
    (ingress,) = (found for found in manifests() if found["kind"] == "Ingress")
    for rule in ingress["spec"]["rules"]:
        led = {one["path"]: one["backend"]["service"]["name"] for one in rule["http"]["paths"]}
        assert led.pop("/") == "accountsite"
        assert led == dict.fromkeys(ASKED_BY_MACHINES, "accountsite-nowhere")
    for name in ("nginx.conf", "Caddyfile"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        assert [address for address in ASKED_BY_MACHINES if f"{address} " not in text] == []


def test_no_proxy_keeps_connections_that_an_ending_process_closes() -> None:
    assert "keepalive off" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    lines = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(r"\s*(keepalive|proxy_set_header Connection)\b", line)] == []


def test_the_rehearsal_runs_the_proxies_with_these_files(tmp_path: Path) -> None:
    proxies.nginx(tmp_path, 8443, ["one.localhost"], [8001, 8002], is_root=False)
    text = (tmp_path / "site.conf").read_text(encoding="utf-8")
    assert "server 127.0.0.1:8002 max_fails" in text
    assert not re.search(r"/etc/ssl|/var/log|10\.0\.0|example", text.partition("\n")[2])
    proxies.caddy(tmp_path, 8443, [8001, 8002], 8080)
    assert "reverse_proxy 127.0.0.1:8001 127.0.0.1:8002 {" in (tmp_path / "Caddyfile").read_text(encoding="utf-8")


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
