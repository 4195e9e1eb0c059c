"""The mails about changes: how one is worded, and how those that are due are sent."""
