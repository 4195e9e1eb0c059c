"""The area of the people who run the tenant: looking at the site as somebody sees it, and what apps may ask for."""
