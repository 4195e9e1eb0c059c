"""`manage.py openapi`: the description of the account settings API, which docs/openapi.json holds."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prints the description of the account settings API (OpenAPI 3.1)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        from settings_app.api.routes import api

        self.stdout.write(json.dumps(api.described(), indent=1, ensure_ascii=False))
