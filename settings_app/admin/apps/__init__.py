"""What third-party applications may ask people for, and how they present themselves."""
