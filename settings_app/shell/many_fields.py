"""Forms of the admin area that hold more fields than any other: one for each permission of a tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from settings_app.shell.http import AccountRequest

MOST_FIELDS = 2000
FORM = "application/x-www-form-urlencoded"

View = TypeVar("View", bound=Callable[..., HttpResponse])


def takes_many_fields(view: View) -> View:
    """For a view that takes up to MOST_FIELDS; every other one keeps to Django's limit in settings.py."""
    view.takes_many_fields = True  # type: ignore[attr-defined]
    return view


def read_form(request: AccountRequest, view: Callable[..., object]) -> None:
    """Reads what was posted, before anybody else does: Django knows one limit for all views.

    Raises TooManyFieldsSent.
    """
    if getattr(view, "takes_many_fields", False) and request.method == "POST" and request.content_type == FORM:
        request._post = posted(request.body)  # type: ignore[attr-defined]  # as Django keeps it, which its stubs do not say
        request._files = MultiValueDict()  # type: ignore[attr-defined]  # as above
    bool(request.POST)


def posted(body: bytes) -> QueryDict:
    fields = QueryDict(mutable=True, encoding="utf-8")
    try:
        # guard: many-fields-are-not-any-number
        if body.count(b"&") >= MOST_FIELDS:
            raise ValueError("too many fields")  # noqa: TRY301  # as the line below does
        for name, value in parse_qsl(body.decode(), keep_blank_values=True):
            fields.appendlist(name, value)
    except ValueError as error:
        raise TooManyFieldsSent("too many fields, or none that can be read") from error
    fields._mutable = False
    return fields
