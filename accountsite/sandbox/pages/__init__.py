"""The sandbox's own pages: signing in, consent, the pretend provider, the inbox, the control page."""

from accountsite.sandbox.router import Router

routes = Router()
