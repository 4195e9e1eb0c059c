"""The password: set for the first time, or changed, by the tenant's own policy."""

from settings_app.sections.password.views import change, check, well_known

__all__ = ["change", "check", "well_known"]
