"""The application and its start-up checks."""

from django.apps import AppConfig


class SettingsAppConfig(AppConfig):
    name = "settings_app"

    def ready(self) -> None:
        from settings_app import checks  # noqa: F401  # registers them; they need the loaded app
