"""The email a person signs in with: added, changed by a code sent to the new one, removed."""
