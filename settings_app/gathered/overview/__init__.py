"""The overview: who is signed in, what to look after, and one card for each section.

A section joins by one entry in `cards.CARDS`, and by one in `checks.CHECKS` when it can tell how safe the account is.
"""
