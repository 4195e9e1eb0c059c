"""Two-step verification: authenticator app, backup codes, passkeys, and whether sign-in asks for a second step."""
