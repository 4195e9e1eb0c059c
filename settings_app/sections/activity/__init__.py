"""Activity: what happened to the account, at Logto and here, newest first."""
