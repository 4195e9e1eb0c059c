"""The application and its start-up checks."""

from django.apps import AppConfig


class SettingsAppConfig(AppConfig):
    name = "settings_app"

    def ready(self) -> None:
        from settings_app import checks, own_words  # noqa: F401  # checks register themselves, once the app is loaded

        own_words.begin()
