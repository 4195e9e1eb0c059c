"""The phone number a person signs in with: added, changed by a code sent to the new one, removed."""

from settings_app.sections.phone.views import cancel, change, confirm, remove, resend

__all__ = ["cancel", "change", "confirm", "remove", "resend"]
