"""Where the cursor is when a page opens: in the field that is to be typed into; without one, on its heading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput, Input

TYPED = ("text", "email", "password", "tel", "url", "search", "number")


def focused_field(values: Iterable[Any]) -> BoundField | None:
    """The first field that is typed into, on a page of one form. What is wrong has its own focus, as a row has.

    Boxes to tick and choices made already stand back: whoever opens a page that wants a code has come to type the
    code. A page of several forms is one of several things to do, and leaves the choice.
    """
    forms = {id(value): value for value in values if isinstance(value, BaseForm)}.values()
    if any(form.is_bound and form.errors for form in forms):
        return None
    visible = [field for form in forms for field in form.visible_fields()]
    if any("autofocus" in field.field.widget.attrs for field in visible):
        return None
    fields = [field for field in visible if not isinstance(field.field.widget, CheckboxInput)]
    if len(forms) > 1 and len(fields) > 1:
        return None
    return next((field for field in fields if is_typed(field)), None)


def is_typed(field: BoundField) -> bool:
    widget = field.field.widget
    return isinstance(widget, Input) and widget.input_type in TYPED
