"""`/api/docs`: the description as a page, from nothing but this site's own files; in the demo alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from settings_app.api.problems import not_found

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<link rel="stylesheet" href="{style}"></head>
<body><div id="page" class="page"><div class="layout layout--message"><main id="main" class="main">
<div class="heading"><h1>{title}</h1>
<p class="heading__lead">OpenAPI {version}, described in docs/api.md. Every call needs an access token.</p></div>
{parts}</main></div></div></body>
</html>"""
PART = """<section id="{id}"><h2>{summary}</h2><p class="mono">{method} {path}</p>{about}{facts}</section>"""


def page_of(document: dict[str, Any]) -> HttpResponse:
    """Every address with its scope, what it wants and what it gives."""
    # guard: api-docs-in-the-demo-alone
    if not settings.API_DOCS:
        return not_found().response()
    every = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    parts = format_html_join("\n", "{}", ((part_of(document, *one),) for one in every))
    page = format_html(
        PAGE,
        title=document["info"]["title"],
        version=document["openapi"],
        style=static("site.css"),
        parts=parts,
    )
    return HttpResponse(page)


def part_of(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> SafeString:
    headers = [one["$ref"].rpartition("/")[2] for one in operation["parameters"] if "$ref" in one]
    contents: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    body: dict[str, Any] = next((one["schema"] for one in contents.values()), {})
    facts = [("Scope", operation["x-required-scope"]), ("Headers", ", ".join(headers))]
    facts += [("Body", fields_of(document, body))] if body else []
    facts += [("Answers", ", ".join(operation["responses"]))]
    return format_html(
        PART,
        id=operation["operationId"],
        summary=operation["summary"],
        method=method.upper(),
        path=path,
        about=format_html("<p>{}</p>", operation["description"]) if "description" in operation else "",
        facts=format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", facts)),
    )


def fields_of(document: dict[str, Any], schema: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    return ", ".join(document["components"]["schemas"].get(name, schema).get("properties", {}))


def view_of(described: Any) -> Any:
    """The view, for whoever describes the API."""

    def show(_request: HttpRequest) -> HttpResponse:
        return page_of(described())

    return show
