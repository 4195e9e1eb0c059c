"""Pages from templates: Django's engine on the sandbox's own folder, with none of the site's settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from accountsite.sandbox.router import Call
from accountsite.sandbox.web import Answer

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "sandbox"
NO_STORE = ("cache-control", "no-store")


def page(call: Call, template: str, *, status: int = 200, **values: Any) -> Answer:
    """A page of the sandbox. `values` are what its template shows."""
    common = {"site_url": call.logto.site_url, "endpoint": call.logto.endpoint, "path": call.request.path}
    html = _engine().get_template(template).render(Context(common | values, use_l10n=False, use_tz=False))
    return Answer.html(status, html, NO_STORE)


def stylesheet(call: Call) -> Answer:
    """GET `/sandbox.css`."""
    headers = (("content-type", "text/css; charset=utf-8"), NO_STORE)
    return Answer(200, headers, (FOLDER / "sandbox.css").read_bytes())


def posted(call: Call) -> dict[str, str]:
    """The fields of a submitted form, one value each."""
    return {name: values[0] for name, values in call.request.form.items()}


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(FOLDER)], debug=False)
