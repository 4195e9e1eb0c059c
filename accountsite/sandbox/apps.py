"""The sandbox as a Django app: only for its two commands, installed in development alone."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "accountsite.sandbox"
    label = "sandbox"
