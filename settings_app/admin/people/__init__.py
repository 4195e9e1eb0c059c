"""Finding a person, and looking at the site as they see it."""
