"""Secure my account: what to do about a change that wasn't yours."""
