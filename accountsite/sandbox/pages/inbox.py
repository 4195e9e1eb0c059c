"""The inbox: every code and mail the sandbox and the site have sent."""

from __future__ import annotations

import json

from accountsite.sandbox.mail import deliver
from accountsite.sandbox.pages.render import page
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Message, iso
from accountsite.sandbox.web import Answer

routes = Router()


@routes.get("/inbox")
def show(call: Call) -> Answer:
    return page(call, "inbox.html", messages=[_shown(message) for message in reversed(call.state.inbox)])


@routes.get("/inbox.json")
def listed(call: Call) -> Answer:
    """Newest first; `?address=` keeps only one recipient's."""
    address = call.param("address")
    messages = [message for message in reversed(call.state.inbox) if address in (None, message.address)]
    return Answer.json(200, [_shown(message) for message in messages])


@routes.post("/inbox/mail")
def take(call: Call) -> Answer:
    """A mail from outside: a raw message, or JSON with `address`, `text` and perhaps `code`."""
    if not call.request.headers.get("content-type", "").startswith("application/json"):
        deliver(call.logto, call.request.body)
        return Answer(204)
    sent: Json = json.loads(call.request.body)
    message = Message("email", sent["address"], sent.get("code", ""), sent.get("text", ""), call.state.now())
    call.state.inbox.append(message)
    return Answer(204)


@routes.post("/inbox/clear")
def clear(call: Call) -> Answer:
    call.state.inbox.clear()
    return Answer.redirect("/inbox")


def _shown(message: Message) -> Json:
    return {
        "kind": message.kind,
        "address": message.address,
        "code": message.code,
        "text": message.text,
        "sent_at": iso(message.sent_at),
    }
