"""Organisations: those the person belongs to, what they may do there, and invitations to others."""
