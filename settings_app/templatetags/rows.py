"""Rows as HTML. A page has twenty or more, which as templates of their own took most of its time. Always loaded."""

from __future__ import annotations

from django import template
from django.template import Context
from django.template.defaultfilters import linebreaksbr
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from settings_app.shell.rows import Badge, Row
from settings_app.templatetags.components import badge, component, icon, partial

register = template.Library()

NOTHING = mark_safe("")
MONO = mark_safe(' class="mono"')
LEFT_TO_RIGHT = mark_safe(' dir="ltr"')


@register.simple_tag(takes_context=True)
def row_just_saved(context: Context) -> str:
    """The row of this page that says "Saved" and takes the focus: the one the newest message is tagged with.

    Empty where no panel has such a row: then the message stands above the page as any other.
    """
    names = {row.name for panel in context.get("panels") or () for row in panel.rows}
    tags = [message.extra_tags for message in context.get("messages") or ()]
    return next((tag for tag in reversed(tags) if tag in names), "")


@register.simple_tag(takes_context=True, name="row")
def draw_row(context: Context, row: Row, saved_row: str = "") -> SafeString:
    """The whole row: open with its form, or closed with its value and what can be done with it."""
    is_saved = row.name == saved_row
    state = " row--open" if row.form else " row--saved" if is_saved else ""
    return format_html(
        '<div class="row{}{}" id="row-{}">\n<dt class="row__label">\n{}<span>{}</span>\n</dt>\n{}</div>\n',
        state,
        " row--stacked" if row.is_stacked else "",
        row.name,
        sign_of(row),
        row.label,
        editor(context, row) if row.form else closed(context, row, is_saved=is_saved),
    )


def sign_of(row: Row) -> SafeString:
    if row.icon:
        return format_html('<span class="row__icon">{}</span>\n', icon(row.icon))
    if row.letter:
        # A picture that cannot be loaded gives way to the letter (static/js/avatar-picture.js, static/css/avatar.css).
        image = '<img src="{}" alt="" data-letters="{}" loading="lazy" decoding="async">'
        picture = format_html(image, row.picture, row.letter) if row.picture else NOTHING
        words = '<avatar-picture class="row__icon row__letter" aria-hidden="true"><span>{}</span>{}</avatar-picture>\n'
        return format_html(words, row.letter, picture)
    return NOTHING


def editor(context: Context, row: Row) -> SafeString:
    form = component(context, "row_form", row=row)
    return format_html('<dd class="row__editor">\n{}{}</dd>\n', hint_of(row), form)


def hint_of(row: Row) -> SafeString:
    return format_html('<p class="hint">{}</p>\n', row.hint) if row.hint else NOTHING


def closed(context: Context, row: Row, *, is_saved: bool) -> SafeString:
    value = partial(context, row.value_template, row=row) if row.value_template else line_of(row) + hint_of(row)
    actions = draw_row_actions(context, row, is_saved=is_saved)
    below = partial(context, row.list_template, row=row) if row.list_template else ""
    return format_html(
        '<dd class="row__value">\n{}</dd>\n{}{}',
        value,
        format_html('<dd class="row__actions">\n{}</dd>\n', actions) if actions else "",
        format_html('<dd class="row__list">\n{}</dd>\n', below) if below else "",
    )


def line_of(row: Row) -> SafeString:
    if row.value:
        look = (MONO if row.mono else NOTHING) + (LEFT_TO_RIGHT if row.ltr else NOTHING)
        value = format_html("<bdi{}>{}</bdi>", look, linebreaksbr(row.value) if "\n" in row.value else row.value)
    else:
        value = format_html('<span class="row__empty">{}</span>', row.empty_text or _("Not set"))
    return format_html('<div class="row__line">\n{}\n{}</div>\n', value, badge_of(row.badge))


def badge_of(one: Badge | None) -> SafeString:
    return badge(one.text, one.kind, one.icon) if one else NOTHING


@register.simple_tag(takes_context=True, name="row_actions")
def draw_row_actions(context: Context, row: Row, *, is_saved: bool = False) -> SafeString:
    """What can be done with the value, or why nothing can; before it, that it was saved. Empty for neither."""
    drawn = saved(row) if is_saved else NOTHING
    if row.readonly:
        return drawn + badge(row.readonly, sign="lock")
    if row.remove_url:
        drawn += link("neutral", row.remove_url, _("Remove"), row.label)
    if row.change_url:
        drawn += link("quiet", row.change_url, row.change_words, row.label, more=swapping(row, is_saved=is_saved))
    if row.copied:
        drawn += component(context, "copy", text=row.value, what=row.label, plain=True)
    return drawn


def saved(row: Row) -> SafeString:
    return format_html(
        '<span class="status status--ok" data-announce="{}">{}{}</span>\n',
        _("%(label)s saved") % {"label": row.label},
        icon("check", 16),
        _("Saved"),
    )


def link(kind: str, url: str, text: str | Promise, what: str | Promise, *, more: SafeString = NOTHING) -> SafeString:
    """`what` is said only to who does not see the row."""
    return format_html(
        '<a class="button button--{}" href="{}"{}>{}<span class="visually-hidden"> {}</span></a>\n',
        kind,
        url,
        more,
        text,
        what,
    )


def swapping(row: Row, *, is_saved: bool) -> SafeString:
    """The attributes by which the open row takes the place of this one, and the row just saved takes the focus."""
    focus = mark_safe(" autofocus") if is_saved else NOTHING
    if not row.swapped:
        return focus
    return format_html(
        ' hx-get="{0}" hx-target="#row-{1}" hx-select="#row-{1}" hx-swap="outerHTML"{2}',
        row.change_url,
        row.name,
        focus,
    )
