"""The profile page: a row for each field of the profile, the photo and what one signs in with."""
