"""Step-up: confirming who one is before anything sensitive, and ending that early."""

from settings_app.sections.verify.views import confirm, end, send, show

__all__ = ["confirm", "end", "send", "show"]
