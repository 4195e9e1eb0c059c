"""The username: added, changed, removed."""
