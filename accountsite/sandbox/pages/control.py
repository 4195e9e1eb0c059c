"""The control page: break things, change the tenant, act on people. Forms answer with the page, JSON with JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from accountsite.sandbox.api.users import delete_person, end_sessions, show_user
from accountsite.sandbox.faults import FaultKind
from accountsite.sandbox.oidc.elsewhere import sign_in_elsewhere
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.oidc.person import authorize
from accountsite.sandbox.oidc.tampering import Tampering
from accountsite.sandbox.pages.people import by_handle_or_id, entries
from accountsite.sandbox.pages.render import page
from accountsite.sandbox.pages.wishes import done, wish_of
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person
from accountsite.sandbox.web import Answer
from accountsite.sandbox.webhooks import Mode, Webhooks, announce

FIELD_STATES = ("Edit", "ReadOnly", "Off")
MFA_POLICIES = ("UserControlled", "NoPrompt", "Mandatory", "PromptOnlyAtSignIn", "PromptAtSignInAndSignUp")
AREAS = ("sign_in_experience", "account_center", "id_token_config")
SWITCHES = ("social_provider_reachable", "breach_service_reachable", "asset_storage_ready")
EXPIRED_BY_SECONDS = 3600
SHOWN_WEBHOOKS = 20

routes = Router()


@routes.get("/control")
def show(call: Call) -> Answer:
    state = call.state
    return page(
        call,
        "control.html",
        people=entries(state),
        deleted=[person.handle for person in _removed(call)],
        faults=call.logto.faults.active,
        kinds=list(FaultKind),
        fields=state.account_center["fields"].items(),
        account_center_enabled=state.account_center["enabled"],
        field_states=FIELD_STATES,
        mfa_policies=MFA_POLICIES,
        mfa_policy=state.sign_in_experience["mfa"]["policy"],
        switches=[(name, getattr(state, name)) for name in SWITCHES],
        algorithm=Keys(state.signing_keys).algorithm,
        webhook_mode=call.state.part(Webhooks).mode,
        webhook_modes=list(Mode),
        webhooks=list(reversed(call.state.part(Webhooks).deliveries))[:SHOWN_WEBHOOKS],
        done=call.param("done") or "",
    )


@routes.get("/control/people")
def people(call: Call) -> Answer:
    listed = [
        {"handle": person.handle, "id": person.id, "password": person.plain_password, "user": person.user}
        for person in call.state.people.values()
    ]
    return Answer.json(200, listed)


@routes.post("/control/reset")
def reset(call: Call) -> Answer:
    call.logto.reset()
    return done(call, "Everything is as at the start")


@routes.post("/control/faults")
def add_fault(call: Call) -> Answer:
    """`kind`, and as wanted `path` (`*` is anything), `method`, `times`, `seconds`, `after`, `skipped`, `person`."""
    wish = wish_of(call)
    try:
        call.logto.faults.add(
            str(wish.get("kind", "")),
            wish.get("path") or "*",
            method=wish.get("method") or None,
            times=int(wish["times"]) if wish.get("times") else None,
            seconds=float(wish.get("seconds") or 0),
            after=wish.get("after") in (True, "true", "on"),
            skipped=int(wish.get("skipped") or 0),
            person=str(wish.get("person") or ""),
        )
    except ValueError as error:
        return Answer.json(400, {"message": str(error)})
    return done(call, "That goes wrong now")


@routes.post("/control/faults/clear")
def clear_faults(call: Call) -> Answer:
    call.logto.faults.clear()
    return done(call, "Nothing goes wrong any more")


@routes.post("/control/people/{handle}/{action}")
def act_on_person(call: Call) -> Answer:
    """`suspend`, `unsuspend`, `delete`, `sign-in-elsewhere`, `restore` (as at the start)."""
    handle, action = call.names["handle"], call.names["action"]
    if action == "restore":
        found = next((person for person in _removed(call, everybody=True) if person.handle == handle), None)
        if found is not None:
            call.state.people[found.id] = found
    else:
        found = by_handle_or_id(call.state, handle)
        if found is not None and action in ACTIONS:
            ACTIONS[action](call, found)
    if found is None or action not in ACTIONS | {"restore": None}:
        return Answer.json(404, {"message": f"nobody or nothing: {handle} {action}"})
    return done(call, f"{handle}: {action}")


@routes.post("/control/settings")
def change_setting(call: Call) -> Answer:
    """`path` such as `account_center.fields.name` or `sign_in_experience.mfa.policy`, and `value` (JSON or text)."""
    wish = wish_of(call)
    area, *names = str(wish.get("path", "")).split(".")
    value = _as_json(wish.get("value"))
    if area in SWITCHES and not names:
        setattr(call.state, area, bool(value))
    elif area in AREAS and names:
        where: Json = getattr(call.state, area)
        for name in names[:-1]:
            where = where.setdefault(name, {})
        where[names[-1]] = value
    else:
        return Answer.json(400, {"message": f"no such setting: {wish.get('path')}"})
    return done(call, "The tenant is changed")


@routes.post("/control/keys")
def rotate_keys(call: Call) -> Answer:
    """`algorithm` ES384 or RS256; `keep_old` false takes the former keys out of the key set."""
    wish = wish_of(call)
    keep_old = wish.get("keep_old", True) not in (False, "false")
    kid = Keys(call.state.signing_keys).rotate(wish.get("algorithm") or None, keep_old=keep_old)
    return done(call, "New signing key", kid=kid)


@routes.post("/control/codes/expire")
def expire_codes(call: Call) -> Answer:
    """Every code sent so far is too old from now on."""
    for code in call.state.codes.values():
        code.created_at -= EXPIRED_BY_SECONDS
    return done(call, "Codes sent so far have expired")


@routes.post("/control/tokens/revoke")
def revoke_tokens(call: Call) -> Answer:
    call.logto.revoke_tokens()
    return done(call, "Machine tokens handed out so far no longer work")


@routes.post("/control/tampering")
def tamper(call: Call) -> Answer:
    """Fields of `Tampering`; what is left out goes back to its default."""
    tampering = Tampering(**{name: _as_json(value) for name, value in wish_of(call).items() if value != ""})
    vars(call.state.part(Tampering)).update(vars(tampering))
    return done(
        call, "The next sign-ins are tampered with" if tampering != Tampering() else "Sign-ins are honest again"
    )


@routes.post("/control/authorize")
def authorize_as(call: Call) -> Answer:
    """`handle` and `url`: signs that person in without pages and says where the browser goes (tests)."""
    wish = wish_of(call)
    try:
        location = authorize(call.logto, wish["handle"], wish["url"], cancel=bool(wish.get("cancel")))
    except PermissionError as error:
        return Answer.json(403, {"message": str(error)})
    return Answer.json(200, {"location": location})


def _suspend(call: Call, person: Person) -> None:
    person.user["isSuspended"] = True
    end_sessions(call.state, person.id)
    announce(call.logto, "User.SuspensionStatus.Updated", {"data": show_user(person)})


def _unsuspend(call: Call, person: Person) -> None:
    person.user["isSuspended"] = False
    announce(call.logto, "User.SuspensionStatus.Updated", {"data": show_user(person)})


def _delete(call: Call, person: Person) -> None:
    delete_person(call.state, person)
    announce(call.logto, "User.Deleted", {"data": dict(person.user)})


def _sign_in_elsewhere(call: Call, person: Person) -> None:
    """On a device with an address never seen before, unless `ip` and `user_agent` say otherwise."""
    wish = wish_of(call)
    about = {key: str(wish[key]) for key in ("user_agent", "ip", "city", "country") if wish.get(key)}
    sign_in_elsewhere(call.logto, person.handle, **about)


ACTIONS: dict[str, Callable[[Call, Person], None]] = {
    "suspend": _suspend,
    "unsuspend": _unsuspend,
    "delete": _delete,
    "sign-in-elsewhere": _sign_in_elsewhere,
}


def _removed(call: Call, *, everybody: bool = False) -> list[Person]:
    """The invented people as at the start: those gone meanwhile, or all of them."""
    return [
        person for person in call.logto.fresh_state().people.values() if everybody or person.id not in call.state.people
    ]


def _as_json(value: Any) -> Any:
    """Text from a form as the value it means; text that is no JSON is text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
