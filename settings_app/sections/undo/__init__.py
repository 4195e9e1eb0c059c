"""Undoing a change of email or phone, from the mail about it; and “This wasn’t me”."""
