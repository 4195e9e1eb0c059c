"""Social accounts, connected, replaced and removed here, and work accounts, shown."""

from settings_app.sections.connections.views import callback, came_back, connect, elsewhere, remove, show

__all__ = ["callback", "came_back", "connect", "elsewhere", "remove", "show"]
