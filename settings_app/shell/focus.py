"""Where the cursor is when a page opens: in its one field, so that typing can begin at once; else on its heading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput, Input

TYPED = ("text", "email", "password", "tel", "url", "search", "number")


def focused_field(values: Iterable[Any]) -> BoundField | None:
    """The one field among the forms of a page that is typed into. What is wrong has its own focus.

    A box to tick beside it is no second field: whoever opens a page that wants a code has come to type the code.
    """
    forms = {id(value): value for value in values if isinstance(value, BaseForm)}.values()
    if any(form.is_bound and form.errors for form in forms):
        return None
    visible = [field for form in forms for field in form.visible_fields()]
    fields = [field for field in visible if not isinstance(field.field.widget, CheckboxInput)]
    if len(fields) != 1:
        return None
    widget = fields[0].field.widget
    return fields[0] if isinstance(widget, Input) and widget.input_type in TYPED else None
