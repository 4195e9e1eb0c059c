"""The OIDC front of the sandbox: Logto's `/oidc` endpoints, on Authlib's framework-free server classes."""

from __future__ import annotations

from accountsite.sandbox.oidc import authorize, endpoints, logout
from accountsite.sandbox.router import Router

routes = Router()
routes.get("/oidc/.well-known/openid-configuration")(endpoints.discovery)
routes.get("/oidc/jwks")(endpoints.jwks)
routes.get("/oidc/auth")(authorize.start)
routes.post("/oidc/auth")(authorize.start)
routes.get("/oidc/auth/{uid}")(authorize.resume)
routes.post("/oidc/token")(endpoints.token)
routes.post("/oidc/token/introspection")(endpoints.introspect)
routes.post("/oidc/token/revocation")(endpoints.revoke)
routes.get("/oidc/me")(endpoints.userinfo)
routes.post("/oidc/me")(endpoints.userinfo)
routes.get("/oidc/session/end")(logout.end)
routes.post("/oidc/session/end")(logout.end)
routes.post("/oidc/session/end/confirm")(logout.confirm)
routes.get("/oidc/session/end/success")(logout.success)
