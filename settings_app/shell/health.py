"""Two addresses for whoever watches over the processes; they answer on any host and say nothing of the sites."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from settings_app.safeguards import notices
from settings_app.shell.http import public


@public
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and is migrated and mails leave, else 503.

    Logto being down is no reason to restart a process.
    """
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain")
    if waiting:
        return HttpResponse("migrations\n", status=503, content_type="text/plain")
    # guard: ready-only-while-mails-leave
    if notices.late():
        return HttpResponse("mails\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
