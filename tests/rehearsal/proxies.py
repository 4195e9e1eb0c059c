"""nginx and Caddy with the files of deploy/, in which hosts, ports and folders alone are others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from shutil import which

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"

MAIN = """{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-main.log;
events {{ worker_connections 512; }}
http {{
{temporary}
include {folder}/site.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def command(name: str) -> str | None:
    return which(name) or next((path for path in (f"/usr/sbin/{name}",) if Path(path).exists()), None)


def nginx(folder: Path, port: int, hosts: Sequence[str], ports: Sequence[int], *, is_root: bool) -> list[str]:
    """What starts it. The certificate is in `folder` already."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    servers = "\n".join(f"    server 127.0.0.1:{one} max_fails=2 fail_timeout=5s;" for one in ports)
    text = replaced(text, r"(?:^ +server [\d.]+:8000 [^\n]*\n)+", servers + "\n")
    text = replaced(text, r"^server \{\n    listen 80;.*?^\}\n", "")
    text = replaced(text, r"listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = replaced(text, r"server_name [^;]+;", f"server_name {' '.join(hosts)};")
    text = replaced(text, r"/etc/ssl/accountsite|/var/log/nginx", str(folder))
    (folder / "site.conf").write_text(text, encoding="utf-8")
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    user = "user root;" if is_root else ""
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(user=user, folder=folder, temporary=temporary), encoding="utf-8")
    return [command("nginx") or "nginx", "-p", str(folder), "-c", str(main)]


def caddy(folder: Path, port: int, ports: Sequence[int], plain_port: int) -> list[str]:
    """What starts it: certificates on demand, but from an authority of its own."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    own = (f"http_port {plain_port}", f"https_port {port}", "skip_install_trust", "admin off")
    own_options = "".join(f"\t{line}\n" for line in (*own, f"storage file_system {folder}/caddy"))
    text = replaced(text, r"^\{\n", "{\n" + own_options)
    text = replaced(text, r"site-1:8000 site-2:8000", " ".join(f"127.0.0.1:{one}" for one in ports))
    text = replaced(text, r"site-1:8000", f"127.0.0.1:{ports[0]}")
    text = replaced(text, r"\ttls \{\n\t\ton_demand", "\ttls internal {\n\t\ton_demand")
    file = folder / "Caddyfile"
    file.write_text(text, encoding="utf-8")
    return [command("caddy") or "caddy", "run", "--config", str(file), "--adapter", "caddyfile"]


def replaced(text: str, pattern: str, by: str) -> str:
    """ValueError when the file of deploy/ has nothing of the kind any more."""
    changed, count = re.subn(pattern, lambda _found: by, text, flags=re.MULTILINE | re.DOTALL)
    if not count:
        raise ValueError(f"nothing in deploy/ fits {pattern}")
    return changed
