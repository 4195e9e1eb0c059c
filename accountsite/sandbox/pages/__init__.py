"""The sandbox's own pages: signing in, consent, the pretend provider, the inbox, the control page."""

from accountsite.sandbox.pages import (
    account_center,
    account_center_social,
    consent,
    control,
    control_webhooks,
    home,
    inbox,
    provider,
    reset,
    signin,
)
from accountsite.sandbox.pages.render import stylesheet
from accountsite.sandbox.router import Router

routes: Router = Router().include(
    [
        home.routes,
        signin.routes,
        consent.routes,
        reset.routes,
        provider.routes,
        inbox.routes,
        control.routes,
        control_webhooks.routes,
        account_center.routes,
        account_center_social.routes,
    ]
)
routes.get("/sandbox.css")(stylesheet)
