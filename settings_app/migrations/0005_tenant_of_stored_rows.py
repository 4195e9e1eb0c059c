"""Rows that are there get the tenant of their site. Those that older processes write meanwhile are found without it."""

from typing import Any

from django.conf import settings
from django.db import migrations

BATCH_ROWS = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    for name in ("Session", "AuditEntry", "Pending", "Undo"):
        model = apps.get_model("settings_app", name)
        for site in settings.SITES:
            empty = model.objects.filter(site=site.host, tenant="").order_by("pk")
            while keys := list(empty.values_list("pk", flat=True)[:BATCH_ROWS]):
                model.objects.filter(pk__in=keys).update(tenant=site.tenant)


class Migration(migrations.Migration):
    atomic = False  # batch by batch: no lock is held for long

    dependencies = [
        ("settings_app", "0004_tenants"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
