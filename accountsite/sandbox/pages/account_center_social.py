"""The pages of the tenant's own account center for social accounts: connect, change or remove one, lead back."""

from __future__ import annotations

from accountsite.sandbox.oidc.sessions import browser_session
from accountsite.sandbox.pages.render import page, posted
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person
from accountsite.sandbox.web import Answer

routes = Router()


@routes.get("/account/social/{connector_id}")
@routes.get("/account/social/{connector_id}/{task}")
def show(call: Call) -> Answer:
    """The session of this browser decides whose account it is (docs/logto.md 17)."""
    return _page(call, call.param("redirect") or "")


@routes.post("/account/social/{connector_id}")
@routes.post("/account/social/{connector_id}/{task}")
def decide(call: Call) -> Answer:
    """Does what the pressed button says. What was changed has a page of its own, whose button goes to `redirect`."""
    form, person, connector = posted(call), _person(call), _connector(call)
    if person is None or connector is None:
        return _page(call, form.get("redirect", ""))
    identities, target = person.user["identities"], connector["target"]
    if form.get("do") == "connect":
        account = {
            "id": f"{target}-{call.state.new_id(8)}",
            "name": "Robin Example",
            "email": f"robin@{target}.example",
        }
        person.user["identities"] = identities | {target: {"userId": account["id"], "details": account}}
    elif form.get("do") == "remove":
        person.user["identities"] = {name: one for name, one in identities.items() if name != target}
    back = form.get("redirect", "")
    back = back if back.startswith(("http://", "https://")) else ""
    if form.get("do") in ("connect", "remove"):
        return _page(call, back, is_done=True)
    return Answer.redirect(back) if back else _page(call, "")


def _page(call: Call, back: str, *, is_done: bool = False) -> Answer:
    person, connector = _person(call), _connector(call)
    return page(
        call,
        "account_center_social.html",
        status=200 if connector and person else 404,
        known=connector is not None,
        person=person,
        provider=connector["name"]["en"] if connector else "",
        back=back,
        is_done=is_done,
    )


def _connector(call: Call) -> Json | None:
    """The connector, when the tenant lets people connect social accounts here."""
    center = call.state.account_center
    found: Json | None = call.state.connectors.get(call.names["connector_id"])
    is_open = center["enabled"] and center["fields"].get("social") == "Edit"
    return found if is_open and found and found["type"] == "Social" else None


def _person(call: Call) -> Person | None:
    session = browser_session(call.state, call.request)
    return call.state.people.get(session.account_id) if session else None
