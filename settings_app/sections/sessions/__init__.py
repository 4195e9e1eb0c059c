"""Devices: where the person is signed in at Logto, and signing out there."""
