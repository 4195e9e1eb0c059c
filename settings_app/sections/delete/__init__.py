"""Deleting the account: at once, or on a later day until which it can be kept."""
