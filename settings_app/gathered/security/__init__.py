"""The page "Sign-in and security": what one signs in with, the second step, connected and work accounts."""
