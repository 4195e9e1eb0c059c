"""Alerts: what the person is emailed about, and where else that goes."""
