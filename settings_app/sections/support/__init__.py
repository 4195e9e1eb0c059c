"""What the owner of an account says to what support is going to do with it."""
