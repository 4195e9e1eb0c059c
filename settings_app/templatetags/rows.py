"""Rows as HTML. A page has twenty or more, which as templates of their own took most of its time. Always loaded.

Written with `escape` of the standard library, as items are: `format_html` takes three times as long.
"""

from __future__ import annotations

from html import escape

from django import template
from django.template import Context
from django.template.defaultfilters import linebreaksbr
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from settings_app.shell.rows import Alert, Badge, Panel, Row
from settings_app.templatetags.components import badge, component, icon, partial, section_head

register = template.Library()


def escaped(text: str | Promise) -> str:
    """What is markup already stays as it is."""
    said = str(text)
    return said if isinstance(said, SafeString) else escape(said)


@register.simple_tag(takes_context=True)
def row_just_saved(context: Context) -> str:
    """The row of this page that says "Saved" and takes the focus: the one the newest message is tagged with.

    Empty where no panel has such a row: then the message stands above the page as any other.
    """
    names = {row.name for panel in context.get("panels") or () for row in panel.rows}
    tags = [message.extra_tags for message in context.get("messages") or ()]
    return next((tag for tag in reversed(tags) if tag in names), "")


@register.simple_tag(takes_context=True, name="panel")
def draw_panel(context: Context, panel: Panel, *, url: str, saved_row: str = "") -> SafeString:
    """Rows under a heading, or that they could not be read; `url` is the page, to be asked again."""
    head = section_head(panel.id, panel.title, lead=panel.lead, mark=mark_safe(badge_of(panel.badge)))  # noqa: S308  # escaped by `badge`
    if panel.failure:
        body = f'<div class="panel">{component(context, "section_failed", panel=panel, url=url)}</div>\n'
    else:
        rows = "".join(draw_row(context, row, saved_row) + under(context, row) for row in panel.rows)
        body = f'{alerted(context, panel.alert)}<dl class="panel rows">\n{rows}</dl>\n'
    place = escape(panel.id)
    section = f'<section class="section" id="{place}" aria-labelledby="{place}-title">\n{head}{body}</section>\n'
    return mark_safe(section)  # noqa: S308  # every text in it was escaped


def alerted(context: Context, alert: Alert | None) -> str:
    if alert is None:
        return ""
    return component(context, "banner", kind="warn", title=alert.title, text=alert.text, url=alert.url, link=alert.link)


def under(context: Context, row: Row) -> str:
    return partial(context, row.below_template, row=row) if row.below_template else ""


@register.simple_tag(takes_context=True, name="row")
def draw_row(context: Context, row: Row, saved_row: str = "") -> SafeString:
    """The whole row: open with its form, or closed with its value and what can be done with it."""
    is_saved = row.name == saved_row
    state = " row--open" if row.form else " row--saved" if is_saved else ""
    look = f"row{state}{' row--stacked' if row.is_stacked else ''}"
    label = f'<dt class="row__label">\n{sign_of(row)}<span>{escaped(row.label)}</span>\n</dt>\n'
    value = editor(context, row) if row.form else closed(context, row, is_saved=is_saved)
    return mark_safe(f'<div class="{look}" id="row-{escape(row.name)}">\n{label}{value}</div>\n')  # noqa: S308  # every text in it was escaped


def sign_of(row: Row) -> str:
    if row.icon:
        return f'<span class="row__icon">{icon(row.icon)}</span>\n'
    if not row.letter:
        return ""
    picture = f'<img src="{escape(row.picture)}" alt="" loading="lazy" decoding="async">' if row.picture else ""
    # A picture that cannot be loaded gives way to the letter under it (static/js/avatar-picture.js).
    under = f"<span>{escape(row.letter)}</span>{picture}"
    return f'<avatar-picture class="row__icon row__letter" aria-hidden="true">{under}</avatar-picture>\n'


def editor(context: Context, row: Row) -> str:
    return f'<dd class="row__editor">\n{hint_of(row)}{component(context, "row_form", row=row)}</dd>\n'


def hint_of(row: Row) -> str:
    return f'<p class="hint">{escaped(row.hint)}</p>\n' if row.hint else ""


def closed(context: Context, row: Row, *, is_saved: bool) -> str:
    value = partial(context, row.value_template, row=row) if row.value_template else line_of(row) + hint_of(row)
    actions = actions_of(context, row, is_saved=is_saved)
    below = partial(context, row.list_template, row=row) if row.list_template else ""
    drawn = f'<dd class="row__value">\n{value}</dd>\n'
    drawn += f'<dd class="row__actions">\n{actions}</dd>\n' if actions else ""
    return drawn + (f'<dd class="row__list">\n{below}</dd>\n' if below else "")


def line_of(row: Row) -> str:
    if row.value:
        look = (' class="mono"' if row.mono else "") + (' dir="ltr"' if row.ltr else "")
        text = linebreaksbr(row.value) if "\n" in row.value else escaped(row.value)
        value = f"<bdi{look}>{text}</bdi>"
    else:
        value = f'<span class="row__empty">{escaped(row.empty_text or _("Not set"))}</span>'
    return f'<div class="row__line">\n{value}\n{badge_of(row.badge)}</div>\n'


def badge_of(one: Badge | None) -> str:
    return badge(one.text, one.kind, one.icon) if one else ""


@register.simple_tag(takes_context=True, name="row_actions")
def draw_row_actions(context: Context, row: Row) -> SafeString:
    """What can be done with the value, or why nothing can. Empty for neither."""
    return mark_safe(actions_of(context, row, is_saved=False))  # noqa: S308  # every text in it was escaped


def actions_of(context: Context, row: Row, *, is_saved: bool) -> str:
    """Before them, that it was saved."""
    drawn = saved(row) if is_saved else ""
    if row.readonly:
        return drawn + badge(row.readonly, sign="lock")
    if row.remove_url:
        drawn += link("neutral", row.remove_url, _("Remove"), row.label)
    if row.change_url:
        drawn += link("quiet", row.change_url, row.change_words, row.label, more=swapping(row, is_saved=is_saved))
    if row.copied:
        drawn += component(context, "copy", text=row.value, what=row.label, plain=True)
    return drawn


def saved(row: Row) -> str:
    told = escape(_("%(label)s saved") % {"label": row.label})
    return f'<span class="status status--ok" data-announce="{told}">{icon("check", 16)}{escape(_("Saved"))}</span>\n'


def link(kind: str, url: str, text: str | Promise, what: str | Promise, *, more: str = "") -> str:
    """`what` is said only to who does not see the row."""
    words = f'{escaped(text)}<span class="visually-hidden"> {escaped(what)}</span>'
    return f'<a class="button button--{kind}" href="{escape(url)}"{more}>{words}</a>\n'


def swapping(row: Row, *, is_saved: bool) -> str:
    """The attributes by which the open row takes the place of this one, and the row just saved takes the focus."""
    focus = " autofocus" if is_saved else ""
    if not row.swapped:
        return focus
    place = f"#row-{escape(row.name)}"
    return f' hx-get="{escape(row.change_url)}" hx-target="{place}" hx-select="{place}" hx-swap="outerHTML"{focus}'
