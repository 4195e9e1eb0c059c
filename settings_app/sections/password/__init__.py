"""The password: set for the first time, or changed, by the tenant's own policy."""
