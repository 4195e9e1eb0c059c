"""Template tags that write dates, times and names as the person of the request reads them; {% load formats %}."""

from __future__ import annotations

from datetime import date, datetime
from html import escape

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from settings_app import formats, typed
from settings_app.device import name_of_agent
from settings_app.formats import Formats
from settings_app.shell.http import formats_of

register = template.Library()


def of(context: Context) -> Formats:
    """Those of the request, also inside `{% include … only %}`, which keeps the request but not its variables."""
    request = getattr(context, "request", None) or context.get("request")
    return formats_of(request) if request is not None else formats.formats_for()


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, *, in_sentence: bool = False) -> SafeString | str:
    """`2 hours ago`, `Yesterday at 18:04`, `12 November`; the whole date with zone in the title. Nothing for None."""
    return timed(context, value, of(context).moment(value, in_sentence=in_sentence)) if value else ""


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | datetime | None) -> SafeString | str:
    """`12 January 2024`."""
    return timed(context, value, of(context).day(value)) if value else ""


@register.simple_tag(takes_context=True)
def clock(context: Context, value: datetime | None) -> SafeString | str:
    """`18:04`."""
    return timed(context, value, of(context).clock(value)) if value else ""


@register.simple_tag
def minutes_until(value: datetime) -> int:
    """For what lasts only minutes: a time of day says less, and needs a zone."""
    return formats.minutes_until(value)


@register.simple_tag(takes_context=True)
def this_moment(context: Context) -> SafeString | str:
    """Now, to the second and with its zone, for a report to support."""
    now = timezone.now()
    return timed(context, now, of(context).full(now))


@register.simple_tag
def this_year() -> int:
    return timezone.now().year


def timed(context: Context, value: date | datetime, words: str) -> SafeString:
    title = of(context).full(value) if isinstance(value, datetime) else ""
    drawn = f'<time datetime="{value.isoformat()}" title="{escape(title)}">{escape(words)}</time>'
    return mark_safe(drawn)  # noqa: S308  # both texts in it were escaped


@register.simple_tag(takes_context=True)
def number(context: Context, value: float) -> str:
    return of(context).number(value)


@register.simple_tag(takes_context=True)
def country_name(context: Context, stored: str) -> str:
    return of(context).country(stored)


@register.simple_tag(takes_context=True)
def language_name(context: Context, tag: str) -> str:
    return of(context).language(tag)


@register.filter
def phone_number(digits: str) -> str:
    """`+46 70 555 01 42` for `46705550142`."""
    return typed.left_to_right(formats.phone_number(digits)) if digits else ""


@register.filter
def device_name(agent: str) -> str:
    """`Firefox on macOS` for what the browser said of itself."""
    return name_of_agent(agent) if agent else ""
