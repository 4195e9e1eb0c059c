"""The profile: every field of Logto's user data, each in a row of its own."""
