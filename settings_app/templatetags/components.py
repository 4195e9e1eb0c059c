"""What draws components in templates; the smallest are tags, which cost a fraction of a template. Always loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from types import MappingProxyType
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from settings_app import own_words
from settings_app.shell.own_addresses import address_of

register = template.Library()

# In what is drawn once a mark stands for whatever is of one page or person alone: nobody types these.
MARK = re.compile("\ue000(\\w+)\ue000")
NOTHING: Mapping[str, str] = MappingProxyType({})


@register.simple_tag(takes_context=True)
def component(context: Context, name: str, **values: Any) -> SafeString:
    """Draws `templates/components/NAME.html`, which sees only these values, the request, and the token of forms."""
    return partial(context, f"components/{name}.html", **values)


@register.simple_tag(takes_context=True)
def partial(context: Context, name: str, **values: Any) -> SafeString:
    """Draws a template that is part of a page, under its whole name, otherwise like a component."""
    drawn = context.template.engine.get_template(name)  # type: ignore[union-attr]  # this one is being rendered
    inner = Context({"csrf_token": context.get("csrf_token"), **values})  # `context.new` copies, at ten times the cost
    inner.request = getattr(context, "request", None)  # type: ignore[attr-defined]  # as RequestContext has it
    return drawn.render(inner)


@register.simple_tag(takes_context=True)
def fixed(context: Context, name: str, own: Mapping[str, str] = NOTHING, **values: Any) -> SafeString:
    """A component that says the same to everybody with the same values: drawn once for each language.

    Filled in each time: the token of its forms, `here`, the address of the page, and what `own` holds of a person, of
    which the component knows nothing but whether there is any.
    """
    kept = own
    # guard: fixed-components-hold-nothing-of-a-person
    kept = {key: mark(key) if value else "" for key, value in own.items()}
    pieces = _fixed(name, _alike(), tuple(values.items()), tuple(kept.items()))
    if len(pieces) == 1:
        return mark_safe(pieces[0])  # noqa: S308  # a template's output
    # In one go: what a person is called may look like a mark itself.
    filled = [piece if at % 2 == 0 else escape(str(_own(context, own, piece))) for at, piece in enumerate(pieces)]
    return mark_safe("".join(filled))  # noqa: S308  # a template's output, and what was escaped


def _own(context: Context, own: Mapping[str, str], name: str) -> Any:
    if name == "token":
        return context.get("csrf_token") or ""
    return context.request.get_full_path() if name == "here" else own[name]  # type: ignore[attr-defined]  # as RequestContext has it


def _alike() -> tuple[str, ...]:
    """What such a component depends on besides; in a preview every address has another beginning."""
    of = [get_language() or "", get_script_prefix()]
    # guard: fixed-components-by-who-speaks
    of.append(own_words.speaker())
    return tuple(of)


@lru_cache(maxsize=1024)
def _fixed(
    name: str, _of: tuple[str, ...], values: tuple[tuple[str, Any], ...], own: tuple[tuple[str, str], ...]
) -> list[str]:
    """Text and names of marks in turn."""
    given = {"csrf_token": mark("token"), "here": mark("here"), **dict(values), **dict(own)}
    return MARK.split(render_to_string(f"components/{name}.html", given))


def mark(name: str) -> str:
    return f"\ue000{name}\ue000"


@register.simple_tag
def section_head(name: str, title: str | Promise, lead: str | Promise = "", mark: SafeString | str = "") -> SafeString:
    """The heading of a part of a page, which is labelled by `NAME-title`; `mark` is a badge behind it."""
    sentence = format_html('<p class="section__lead">{}</p>\n', lead) if lead else ""
    return format_html(
        '<div class="section__head">\n<div>\n<h2 class="section__title" id="{}-title">{}{}{}</h2>\n{}</div>\n</div>\n',
        name,
        title,
        " " if mark else "",
        mark,
        sentence,
    )


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 0, *, flip: bool = False) -> SafeString:
    """A drawing of the sprite, hidden from screen readers; `flip` mirrors it where one reads from right to left."""
    style = f"icon{f' icon--{size}' if size else ''}{' icon--flip' if flip else ''}"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>\n', style, static("img/icons.svg"), name
    )


@register.simple_tag
def logo(letter: str, picture: str = "") -> SafeString:
    """Stands for an app or an organisation: its picture over its letter, which shows where that can't be loaded."""
    shown = escape(letter)
    mark = f"<span>{shown}</span>" if letter else icon("apps")
    image = f'<img src="{escape(picture)}" alt="" data-letters="{shown}" loading="lazy" decoding="async">'
    drawn = f'<avatar-picture class="logo" aria-hidden="true">{mark}{image if picture else ""}</avatar-picture>\n'
    return mark_safe(drawn)  # noqa: S308  # what is not ours in it was escaped


@register.simple_tag
def badge(text: str | Promise, kind: str = "", sign: str = "") -> SafeString:
    """A word set off from the others; `sign` is the name of an icon before it."""
    style = f"badge badge--{kind}" if kind else "badge"
    drawn = icon(sign, 12) if sign else ""
    return format_html('<span class="{}">{}{}</span>\n', style, drawn, text)


@register.simple_tag
def address(name: str) -> str:
    """As `url`, of a page that has no names in its path: worked out once."""
    return address_of(name)


@register.simple_tag
def crumb(address: str, text: str | Promise, query: str = "", **names: str) -> SafeString:
    """The link back above a heading; `address` is a url name, `names` what stands in its path."""
    return format_html(
        '<a class="crumb" href="{}{}">{}{}</a>',
        reverse(address, kwargs=names) if names else address_of(address),
        query,
        icon("previous", 16, flip=True),
        text,
    )


@register.simple_tag(takes_context=True)
def heading_text(context: Context) -> SafeString:
    """The block `heading` of the page once more, without markup: what the title of the window says by default."""
    heading = context.render_context[BLOCK_CONTEXT_KEY].get_block("heading")
    drawn = heading.render(context) if heading else ""
    return mark_safe(" ".join(strip_tags(drawn).split()))  # noqa: S308  # escaped by the block itself
