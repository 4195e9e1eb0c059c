#!/usr/bin/env python
"""Django's command line for this site."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    if sys.argv[1:2] in (["demo"], ["run"], ["sandbox"], ["api_client"]):
        # Their settings must stand before Django reads them.
        from accountsite.sandbox.environment import prepare

        prepare(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accountsite.settings")
    execute_from_command_line(sys.argv)
