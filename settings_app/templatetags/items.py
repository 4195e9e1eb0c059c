"""Items as HTML: a list has forty of them, which as templates took most of the time of its page. Always loaded.

Written with `escape` of the standard library, for the same reason: Django's takes four times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from settings_app.formats import Formats
from settings_app.shell.items import Fact, Item
from settings_app.templatetags.components import icon, logo
from settings_app.templatetags.formats import of
from settings_app.templatetags.rows import badge_of

register = template.Library()


@register.simple_tag(takes_context=True, name="items")
def draw_items(
    context: Context, items: Iterable[Item], below: SafeString | str = "", after: SafeString | str = ""
) -> SafeString:
    """All of a list. `below` is what the open one shows of itself, `after` stands at the end."""
    formats, shown, last = of(context), conditional_escape(below), conditional_escape(after)
    drawn_items = "".join(of_item(formats, item, shown if item.is_open else "") for item in items)
    return mark_safe(f'<ul class="list">\n{drawn_items}{last}</ul>\n')  # noqa: S308  # every text in it was escaped


def of_item(formats: Formats, item: Item, below: str = "") -> str:
    title = escape(str(item.title))
    hints = "".join(f'<p class="hint">{escape(str(hint))}</p>\n' for hint in item.hints)
    action = action_of(item, title)
    end = f'<p class="item__end">{drawn(formats, item.end)}</p>\n' if item.end else ""
    tag = "h3" if item.opens else "p"
    heading = f'<{tag} class="item__title"><bdi>{title}</bdi>{badge_of(item.badge)}</{tag}>\n'
    body = f"{heading}{facts_of(formats, item)}{hints}"
    if item.is_flagged:
        body, action = f'{body}<div class="actions">{action}</div>\n', ""
    look = f"item{' item--timed' if item.end else ''}{' item--flagged' if item.is_flagged else ''}"
    place = f' id="{escape(item.name)}"' if item.name else ""
    mark = logo(item.letter, item.logo) if item.letter else icon(item.icon)
    return f'<li class="{look}"{place}>\n{mark}<div class="item__body">\n{body}</div>\n{action}{end}{below}</li>\n'


@register.simple_tag(takes_context=True, name="item_facts")
def draw_facts(context: Context, item: Item) -> SafeString:
    """The facts alone, for a page about this one thing."""
    return mark_safe(facts_of(of(context), item))  # noqa: S308  # every text in it was escaped


def facts_of(formats: Formats, item: Item) -> str:
    facts = "\n".join(f"<span>{drawn(formats, fact)}</span>" for fact in item.facts)
    return f'<p class="joined muted small">\n{facts}\n</p>\n' if facts else ""


def drawn(formats: Formats, fact: Fact) -> str:
    text = escape(str(fact.text))
    if fact.at is not None:
        return f'<time datetime="{fact.at.isoformat()}" title="{escape(formats.full(fact.at))}">{text}</time>'
    if fact.ltr:
        return f'<bdi dir="ltr">{text}</bdi>'
    return f"<bdi>{text}</bdi>" if fact.is_own else text


def action_of(item: Item, title: str) -> str:
    if not item.url:
        return ""
    what = escape(str(item.told_apart)) or title
    words = f'{escape(str(item.action))}<span class="visually-hidden"> {what}</span>'
    address, focus = escape(item.url), " autofocus" if item.is_focused else ""
    if item.opens:
        state = f'aria-expanded="{str(item.is_open).lower()}"{focus}'
        return f'<a class="button button--neutral" href="{address}" {state}>{words}{icon("down", 16)}</a>\n'
    kind = "danger-outline" if item.is_flagged else "quiet"
    return f'<a class="button button--{kind}" href="{address}"{focus}>{words}</a>\n'
