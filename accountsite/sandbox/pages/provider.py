"""The pretend social provider, and signing in through it or through a company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from accountsite.sandbox.oidc.interactions import browser_interaction, find_interaction
from accountsite.sandbox.pages.people import entries
from accountsite.sandbox.pages.render import page, posted
from accountsite.sandbox.pages.signin import identified, no_interaction, sign_in_page
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer

SLOW_SECONDS = 6

routes = Router()


@dataclass(frozen=True)
class Account:
    """A pretend account at the provider; `owner` is the person it is linked to already."""

    id: str
    name: str
    email: str
    owner: str = ""


@routes.get("/provider/{target}")
@routes.get("/provider/{target}/authorize")
def show(call: Call) -> Answer:
    """Stands where a real provider's authorize endpoint would."""
    target = call.names["target"]
    return page(
        call,
        "provider.html",
        target=target,
        provider=_provider_name(call.state, target),
        redirect_uri=call.param("redirect_uri") or "",
        state=call.param("state") or "",
        scope=call.param("scope") or "",
        accounts=_accounts(call.state, target),
    )


@routes.post("/provider/{target}")
def decide(call: Call) -> Answer:
    """Back to where the request came from, with whatever was chosen. GET parameters never decide."""
    form = posted(call)
    decide_as = DECISIONS.get(form.get("decision", ""), _approve)
    back = decide_as(call, form)
    redirect_uri = form.get("redirect_uri", "")
    if not redirect_uri.startswith(("http://", "https://")):
        return page(call, "no_interaction.html", status=400)
    return Answer.redirect(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(back)}")


@routes.get("/direct/social/{target}")
def direct_social(call: Call) -> Answer:
    """`direct_sign_in=social:<target>`, and the provider buttons of the sign-in page."""
    interaction = browser_interaction(call.state, call.request)
    if interaction is None:
        return no_interaction(call)
    target = call.names["target"]
    back = f"{call.logto.endpoint}/callback/{target}"
    query = urlencode({"redirect_uri": back, "state": interaction.uid, "response_type": "code"})
    return Answer.redirect(f"/provider/{target}?{query}")


@routes.get("/direct/sso/{connector_id}")
def direct_sso(call: Call) -> Answer:
    """`direct_sign_in=sso:<connector id>`: the pretend company asks who it is."""
    interaction = browser_interaction(call.state, call.request)
    connector = call.state.sso_connectors.get(call.names["connector_id"])
    if interaction is None or connector is None:
        return no_interaction(call)
    managed = {
        person.handle
        for person in call.state.people.values()
        if any(each["ssoConnectorId"] == connector["id"] for each in person.sso_identities)
    }
    people = [entry for entry in entries(call.state) if entry.handle in managed]
    return page(call, "company.html", interaction=interaction, people=people, company=connector["connectorName"])


@routes.get("/callback/{target}")
def callback(call: Call) -> Answer:
    """Where the provider returns to when somebody signs in with it."""
    interaction = find_interaction(call.state, call.param("state"))
    if interaction is None:
        return no_interaction(call)
    code = call.state.social_codes.pop(call.param("code") or "", None)
    if code is None:
        return sign_in_page(call, interaction, error="The provider did not let you in.", status=400)
    for person in call.state.people.values():
        identity = person.user["identities"].get(call.names["target"])
        if identity and identity["userId"] == code.details["id"]:
            return identified(call, interaction, person, "social")
    return sign_in_page(call, interaction, error="No account is linked to this provider account.", status=422)


def _approve(call: Call, form: dict[str, str]) -> dict[str, str]:
    details = {key: form[key] for key in ("id", "name", "email") if form.get(key)} or {"id": call.state.new_id()}
    code = call.state.new_social_code(call.names["target"], form.get("redirect_uri", ""), details)
    return _with_state(form, code=code)


def _refuse(_: Call, form: dict[str, str]) -> dict[str, str]:
    return _with_state(form, error="access_denied", error_description="The user refused")


def _broken(_: Call, form: dict[str, str]) -> dict[str, str]:
    return _with_state(form)


def _stale(_: Call, form: dict[str, str]) -> dict[str, str]:
    return _with_state(form, code="this-code-is-used-up")


def _foreign_state(call: Call, form: dict[str, str]) -> dict[str, str]:
    return _approve(call, form) | {"state": "somebody-elses-state"}


def _down(call: Call, form: dict[str, str]) -> dict[str, str]:
    """The provider lets the browser go, but does not answer Logto; "up again" is on the control page."""
    call.state.social_provider_reachable = False
    return _approve(call, form)


def _slow(call: Call, form: dict[str, str]) -> dict[str, str]:
    call.logto.faults.add("latency", "/api/users/*/identities", method="POST", times=1, seconds=SLOW_SECONDS)
    return _approve(call, form)


DECISIONS: dict[str, Callable[[Call, dict[str, str]], dict[str, str]]] = {
    "refuse": _refuse,
    "broken": _broken,
    "stale": _stale,
    "foreign_state": _foreign_state,
    "down": _down,
    "slow": _slow,
}


def _with_state(form: dict[str, str], **parameters: str) -> dict[str, str]:
    return parameters | ({"state": form["state"]} if form.get("state") else {})


def _provider_name(state: State, target: str) -> str:
    names: list[Json] = [item["name"] for item in state.connectors.values() if item["target"] == target]
    return str(names[0].get("en", target)) if names else target


def _accounts(state: State, target: str) -> list[Account]:
    """A fresh account nobody has yet, then those already linked to somebody."""
    fresh = Account(f"{target}-{state.new_id(8)}", "Robin Example", f"robin@{target}.example")
    linked = []
    for person in state.people.values():
        identity = person.user["identities"].get(target)
        if identity:
            details = identity.get("details") or {}
            owner = person.user["name"] or person.id
            linked.append(Account(identity["userId"], details.get("name", ""), details.get("email", ""), owner))
    return [fresh, *linked]
