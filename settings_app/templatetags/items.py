"""Items as HTML: a list has forty of them, which as templates took most of the time of its page. Always loaded.

Written with `escape` of the standard library, for the same reason: Django's takes four times as long.
"""

from __future__ import annotations

from html import escape

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from settings_app.shell.items import Fact, Item
from settings_app.templatetags.components import icon
from settings_app.templatetags.formats import of
from settings_app.templatetags.rows import badge_of

register = template.Library()


@register.simple_tag(takes_context=True, name="item")
def draw_item(context: Context, item: Item) -> SafeString:
    title = escape(str(item.title))
    hints = "".join(f'<p class="hint">{escape(str(hint))}</p>\n' for hint in item.hints)
    action = action_of(item, title)
    end = f'<p class="item__end">{drawn(context, item.end)}</p>\n' if item.end else ""
    body = f'<p class="item__title"><bdi>{title}</bdi>{badge_of(item.badge)}</p>\n{facts_of(context, item)}{hints}'
    if item.is_flagged:
        body, action = f'{body}<div class="actions">{action}</div>\n', ""
    look = f"item{' item--timed' if item.end else ''}{' item--flagged' if item.is_flagged else ''}"
    return mark_safe(  # noqa: S308  # every text in it was escaped
        f'<li class="{look}">\n{icon(item.icon)}<div class="item__body">\n{body}</div>\n{action}{end}</li>\n'
    )


@register.simple_tag(takes_context=True, name="item_facts")
def draw_facts(context: Context, item: Item) -> SafeString:
    """The facts alone, for a page about this one thing."""
    return mark_safe(facts_of(context, item))  # noqa: S308  # every text in it was escaped


def facts_of(context: Context, item: Item) -> str:
    facts = "\n".join(f"<span>{drawn(context, fact)}</span>" for fact in item.facts)
    return f'<p class="joined muted small">\n{facts}\n</p>\n' if facts else ""


def drawn(context: Context, fact: Fact) -> str:
    text = escape(str(fact.text))
    if fact.at is not None:
        return f'<time datetime="{fact.at.isoformat()}" title="{escape(of(context).full(fact.at))}">{text}</time>'
    if fact.ltr:
        return f'<bdi dir="ltr">{text}</bdi>'
    return f"<bdi>{text}</bdi>" if fact.is_own else text


def action_of(item: Item, title: str) -> str:
    if not item.url:
        return ""
    kind = "danger-outline" if item.is_flagged else "quiet"
    words = f'{escape(str(item.action))}<span class="visually-hidden"> {title}</span>'
    return f'<a class="button button--{kind}" href="{escape(item.url)}">{words}</a>\n'
