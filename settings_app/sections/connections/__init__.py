"""Social accounts, connected, replaced and removed here, and work accounts, shown."""
