"""The smallest components, which pages draw by the dozen: as tags they cost a fraction of an include. Always loaded."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 0, *, flip: bool = False) -> SafeString:
    """A drawing of the sprite, hidden from screen readers; `flip` mirrors it where one reads from right to left."""
    style = f"icon{f' icon--{size}' if size else ''}{' icon--flip' if flip else ''}"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>\n', style, static("img/icons.svg"), name
    )


@register.simple_tag
def badge(text: str | Promise, kind: str = "", sign: str = "") -> SafeString:
    """A word set off from the others; `sign` is the name of an icon before it."""
    style = f"badge badge--{kind}" if kind else "badge"
    drawn = icon(sign, 12) if sign else ""
    return format_html('<span class="{}">{}{}</span>\n', style, drawn, text)


@register.simple_tag(takes_context=True)
def heading_text(context: Context) -> SafeString:
    """The block `heading` of the page once more, without markup: what the title of the window says by default."""
    heading = context.render_context[BLOCK_CONTEXT_KEY].get_block("heading")
    drawn = heading.render(context) if heading else ""
    return mark_safe(strip_tags(drawn))  # noqa: S308  # escaped by the block itself
