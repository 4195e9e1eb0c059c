"""Step-up: confirming who one is before anything sensitive, and ending that early."""
