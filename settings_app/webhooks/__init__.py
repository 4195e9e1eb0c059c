"""What Logto tells of by itself: sign-ins, and people who were changed, suspended or deleted there."""
