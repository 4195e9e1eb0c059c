"""The profile page: the photo, a row for each field of the profile, and facts about the account."""
