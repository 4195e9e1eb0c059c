"""The tenant's own account center, its pages for passkeys: add, rename, remove, go back (docs/logto.md 17)."""

from __future__ import annotations

from accountsite.sandbox.oidc.sessions import browser_session
from accountsite.sandbox.pages.render import page, posted
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Person, iso
from accountsite.sandbox.web import Answer

LONGEST_NAME = 64

routes = Router()


@routes.get("/account/passkey/{task}")
def show(call: Call) -> Answer:
    """`task` is `add` or `manage`; the session of this browser decides whose passkeys they are."""
    return _page(call, call.param("redirect") or "")


@routes.post("/account/passkey/{task}")
def decide(call: Call) -> Answer:
    """Does what the pressed button says. `add` then goes to `redirect` and adds nothing to it; the list stays."""
    form, person = posted(call), _person(call)
    if person is None or not _is_open(call):
        return _page(call, form.get("redirect", ""))
    name = form.get("name", "").strip()[:LONGEST_NAME] or "Pretend passkey"
    if form.get("do") == "add":
        moment = iso(call.state.now())
        agent = call.request.headers.get("user-agent", "")
        made = {"id": call.state.new_id(21), "type": "WebAuthn", "createdAt": moment, "name": name, "agent": agent}
        person.factors = [*person.factors, made]
    elif form.get("do") == "remove":
        person.factors = [one for one in person.factors if one["id"] != form.get("id")]
    elif form.get("do") == "rename":
        person.factors = [one | {"name": name} if one["id"] == form.get("id") else one for one in person.factors]
    back = form.get("redirect", "")
    leads_back = call.names["task"] == "add" and back.startswith(("http://", "https://"))
    return Answer.redirect(back) if leads_back else _page(call, back)


def _page(call: Call, back: str) -> Answer:
    person, task = _person(call), call.names["task"]
    known = task in ("add", "manage") and _is_open(call)
    passkeys = [one for one in person.factors if one["type"] == "WebAuthn"] if person else []
    return page(
        call,
        "account_center.html",
        status=200 if known and person else 404,
        known=known,
        person=person,
        task=task,
        passkeys=passkeys,
        back=back,
    )


def _is_open(call: Call) -> bool:
    """Whether the tenant lets people change their passkeys here."""
    center = call.state.account_center
    fields = center["fields"]
    return bool(center["enabled"]) and fields.get("passkey", fields.get("mfa")) == "Edit"


def _person(call: Call) -> Person | None:
    session = browser_session(call.state, call.request)
    return call.state.people.get(session.account_id) if session else None
