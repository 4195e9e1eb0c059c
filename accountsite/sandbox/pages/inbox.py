"""The inbox: every code and mail the sandbox and the site have sent."""

from __future__ import annotations

import json

from accountsite.sandbox.mail import deliver
from accountsite.sandbox.pages.render import NO_STORE, page
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Message, iso
from accountsite.sandbox.web import Answer

NEW_TAB = '<base target="_blank">'

routes = Router()


@routes.get("/inbox")
def show(call: Call) -> Answer:
    numbered = list(enumerate(call.state.inbox))
    return page(call, "inbox.html", messages=[_shown(message) | {"number": at} for at, message in reversed(numbered)])


@routes.get("/inbox/{number}/html")
def formatted(call: Call) -> Answer:
    """The formatted part of a mail, as a mail program shows it: no script, nothing from elsewhere; links open a tab."""
    number = call.names["number"]
    if not number.isdecimal() or int(number) >= len(call.state.inbox) or not call.state.inbox[int(number)].html:
        return Answer.text(404, "Not Found")
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data: {call.logto.site_url}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    headers = (("content-security-policy", policy), ("x-content-type-options", "nosniff"), NO_STORE)
    return Answer.html(200, _opening_tabs(call.state.inbox[int(number)].html), *headers)


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
    code, text, html = sent.get("code", ""), sent.get("text", ""), sent.get("html", "")
    message = Message("email", sent["address"], code, text, call.state.now(), sent.get("subject", ""), html)
    call.state.inbox.append(message)
    return Answer(204)


@routes.post("/inbox/clear")
def clear(call: Call) -> Answer:
    call.state.inbox.clear()
    return Answer.redirect("/inbox")


def _opening_tabs(html: str) -> str:
    head, tag, rest = html.partition("<head>")
    return f"{head}{tag}{NEW_TAB}{rest}" if tag else f"{NEW_TAB}{html}"


def _shown(message: Message) -> Json:
    return {
        "kind": message.kind,
        "address": message.address,
        "code": message.code,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "sent_at": iso(message.sent_at),
    }
