"""The pages that gather from several sections: the overview, the profile, and "Sign-in and security"."""
