"""Connected apps: what other companies' apps may do with the account, what they see of it, and taking that back."""
