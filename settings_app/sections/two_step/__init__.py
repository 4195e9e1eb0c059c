"""Two-step verification: authenticator app, backup codes, passkeys, and whether sign-in asks for a second step."""

from settings_app.sections.two_step.views import show, turn_off, turn_on

__all__ = ["show", "turn_off", "turn_on"]
