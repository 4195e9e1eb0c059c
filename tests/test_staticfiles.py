"""The joined stylesheet and script, what they weigh, and what the templates ask of them."""

from __future__ import annotations

import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # publishes no types
import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django import Settings

from settings_app.shell.staticfiles import PARTS, joined

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(file for file in (ROOT / "templates").rglob("*.html") if file.parent.name != "mail")
LARGEST_STYLESHEET = 10_100  # bytes, compressed
LARGEST_SCRIPT = 4_800


def test_stylesheet_declares_the_order_of_the_layers_first() -> None:
    assert joined("site.css").lstrip().startswith("@layer reset, base, layout, components, utilities;")


def test_no_page_asks_for_one_orientation_of_the_screen() -> None:
    """WCAG 1.3.4."""
    assert "orientation" not in joined("site.css") + joined("site.js").replace("imageOrientation", "")


def test_whoever_wishes_for_less_motion_gets_none() -> None:
    """WCAG 2.3.3. The rule is important in a layer before all others, so none of them outweighs it."""
    (rule,) = re.findall(
        r"@media \(prefers-reduced-motion: reduce\) \{\s*\*, ::before, ::after \{([^}]*)\}", joined("site.css")
    )
    still = {"animation-duration: 0.01ms", "animation-iteration-count: 1", "transition: none", "scroll-behavior: auto"}
    assert {one.strip() for one in rule.split(";")} >= {f"{one} !important" for one in still}
    moved = [line for line in joined("site.js").splitlines() if ".animate(" in line]
    assert [line for line in moved if "prefers-reduced-motion" not in line] == []


def test_every_stylesheet_stands_in_a_layer() -> None:
    loose = [
        file.name for file in (ROOT / "static/css").glob("*.css") if "@layer " not in file.read_text(encoding="utf-8")
    ]
    assert loose == []


def test_joined_files_are_found_without_collecting() -> None:
    found = finders.find("site.css")
    assert isinstance(found, str)
    assert Path(found).read_text(encoding="utf-8") == joined("site.css")


def test_collecting_hashes_and_compresses_the_joined_files_only(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "settings_app.shell.staticfiles.JoinedManifestStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    hashed = {re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", file.name) for file in tmp_path.iterdir() if file.is_file()}
    assert {"site.HASH.css", "site.HASH.css.br", "site.HASH.js", "site.HASH.js.br"} <= hashed
    assert not [file for file in (tmp_path / "css").iterdir() if re.search(r"\.[0-9a-f]{12}\.", file.name)]


def test_stylesheet_and_script_stay_small() -> None:
    assert len(brotli.compress(joined("site.css").encode())) < LARGEST_STYLESHEET
    assert len(brotli.compress(joined("site.js").encode())) < LARGEST_SCRIPT


@pytest.mark.parametrize(("name", "parts"), PARTS.items())
def test_joined_files_hold_all_but_comments_and_empty_lines(name: str, parts: str) -> None:
    served = joined(name)
    for file in ROOT.glob(f"static/{parts}"):
        code = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        lines = [line for line in code.splitlines() if not line.strip().startswith("//")]
        assert "".join("".join(lines).split()) in "".join(served.split())
    assert not [line for line in served.splitlines() if not line or line.startswith((" ", "//", "/*"))]


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")))
    used = {
        name
        for file in TEMPLATES
        for name in re.findall(r'(?:\{% icon |icon=|sign=)"([a-z0-9-]+)"', file.read_text(encoding="utf-8"))
    }
    assert used - sprite == set()


def test_no_template_holds_inline_style_or_script() -> None:
    """But the file that people take away, which has to read well where there is no site, under a policy of its own."""
    inline = re.compile(r"""<style|\sstyle=|\son[a-z]+=["']|<script(?![^>]*\ssrc=)""")
    found = {str(file.relative_to(ROOT)): inline.findall(file.read_text(encoding="utf-8")) for file in TEMPLATES}
    assert {file: texts for file, texts in found.items() if texts} == {"templates/data/file.html": ["<style"]}


def test_scripts_keep_nothing_in_the_browser_and_run_nothing_they_were_given() -> None:
    kept = r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker"
    run = r"\beval\(|new Function|innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|setTimeout\([\"']"
    assert re.findall(f"{kept}|{run}", joined("site.js")) == []
    frame = (ROOT / "templates/base.html").read_text(encoding="utf-8")
    assert '"historyCacheSize":0' in frame
    assert '"allowEval":false' in frame


def test_no_style_knows_left_from_right() -> None:
    """Four sides of which the second is not the fourth stand the wrong way round in Arabic and Persian."""
    sides = re.compile(r"(?:padding|margin|inset): *[^\s;]+ +(?P<right>[^\s;]+) +[^\s;]+ +(?P<left>[^\s;]+) *;")
    found = [
        (file.name, one[0])
        for file in sorted((ROOT / "static/css").glob("*.css"))
        for one in sides.finditer(file.read_text(encoding="utf-8"))
        if one["right"] != one["left"]
    ]
    assert found == []
