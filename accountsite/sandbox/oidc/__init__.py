"""The OIDC front of the sandbox: Logto's `/oidc` endpoints, on Authlib's framework-free server classes."""

from accountsite.sandbox.router import Router

routes = Router()
