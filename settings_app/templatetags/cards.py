"""The cards and the lines of the check-up on the overview, as HTML for the reason that items are. Always loaded."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from settings_app.shell.section import Finding, Summary, Tile
from settings_app.templatetags.components import icon

register = template.Library()

SIGNS = {"attention": "warning", "done": "done"}


@register.simple_tag(name="tile")
def draw_tile(tile: Tile) -> SafeString:
    """A card; where its summary could not be read it says so."""
    name = escape(tile.name)
    link = escape(tile.summary.link if tile.summary else _("Try again"))
    return mark_safe(  # noqa: S308  # every text in it was escaped
        f'<section class="tile" id="{name}" aria-labelledby="{name}-title">\n<div class="tile__body">\n'
        f'<h2 class="tile__title" id="{name}-title">{icon(tile.card.icon)}{escape(str(tile.card.title))}</h2>\n'
        f"{summed_up(tile.summary, tile.facts) if tile.summary else unread(tile.reference)}</div>\n"
        f'<a class="tile__link" href="{escape(tile.url)}">\n<span>{link}</span>\n{icon("next", 16, flip=True)}</a>\n'
        "</section>\n"
    )


def summed_up(summary: Summary, facts: list[tuple[str, str]]) -> str:
    alone = "" if facts else " tile__summary--alone"
    line = f'<p class="tile__summary{alone}">{escape(str(summary.line))}</p>\n'
    if not facts:
        return line
    listed = "".join(f"<div><dt>{escape(str(name))}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts)
    return f'{line}<dl class="tile__facts">{listed}</dl>\n'


def unread(reference: str) -> str:
    words = escape(_("We couldn’t load this part. The rest of this page is up to date."))
    found_by = f'{escape(_("Reference"))} <bdi class="mono" dir="ltr">{escape(reference)}</bdi>'
    return f'<p class="small muted">{words}</p>\n<p class="hint">{found_by}</p>\n'


@register.simple_tag(name="finding")
def draw_finding(finding: Finding) -> SafeString:
    """A line of the check-up: what was found, and the way to where it is put right."""
    return mark_safe(  # noqa: S308  # every text in it was escaped
        f'<li class="checkup__item checkup__item--{finding.state}">\n{icon(SIGNS.get(finding.state, "todo"))}<div>\n'
        f'<h3 class="checkup__title">{escape(str(finding.title))}</h3>\n'
        f'<p class="checkup__text">{escape(str(finding.text))}</p>\n</div>\n{way_to(finding)}</li>\n'
    )


def way_to(finding: Finding) -> str:
    if finding.state == "done":
        return f'<span class="status status--ok">{escape(_("Done"))}</span>\n'
    if not finding.address:
        return ""
    return f'<a class="button button--quiet" href="{escape(finding.url)}">{escape(str(finding.link))}</a>\n'
