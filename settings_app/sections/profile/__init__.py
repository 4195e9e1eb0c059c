"""The profile: every field of Logto's user data, each in a row of its own."""

from settings_app.sections.profile import photos
from settings_app.sections.profile.views import change, show

__all__ = ["change", "photos", "show"]
