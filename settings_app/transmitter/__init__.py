"""Tells other services of changes: Security Event Tokens (RFC 8417), pushed over HTTP (RFC 8935); docs/events.md."""
