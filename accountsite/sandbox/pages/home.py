"""The sandbox's front page."""

from __future__ import annotations

from accountsite.sandbox.pages.people import entries
from accountsite.sandbox.pages.render import page
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.web import Answer

routes = Router()


@routes.get("/")
def show(call: Call) -> Answer:
    return page(call, "home.html", people=entries(call.state))
