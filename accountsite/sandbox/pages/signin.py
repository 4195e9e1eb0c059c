"""The hosted sign-in: who are you, and the second step."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from accountsite.sandbox.oidc.credentials import BLOCKED, WRONG, check_password, identifier_of
from accountsite.sandbox.oidc.interactions import Interaction, browser_interaction, finish
from accountsite.sandbox.oidc.sentinel import lockout_minutes
from accountsite.sandbox.oidc.traces import note_factor, note_identified, note_password, note_second_step_wanted
from accountsite.sandbox.pages.factors import (
    CODE_FACTORS,
    current_totp,
    factor_is_right,
    factors_to_ask,
    unused_backup_codes,
)
from accountsite.sandbox.pages.people import WAY_RECORDS, by_handle_or_id, entries, way_in
from accountsite.sandbox.pages.render import page, posted
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Message, Person, iso
from accountsite.sandbox.web import Answer

WRONG_PASSWORD = "Incorrect account or password. Please check your input."
SUSPENDED = "This account is suspended."
WRONG_CODES = {
    "Totp": "Invalid TOTP code.",
    "BackupCode": "Invalid backup code.",
    "EmailVerificationCode": "Invalid verification code.",
    "PhoneVerificationCode": "Invalid verification code.",
}
SCREENS = ("/sign-in", "/register", "/identifier-sign-in", "/identifier-register", "/single-sign-on")

routes = Router()


def show(call: Call) -> Answer:
    """GET the sign-in page, under whichever of Logto's names."""
    interaction = browser_interaction(call.state, call.request)
    return no_interaction(call) if interaction is None else sign_in_page(call, interaction)


for _screen in SCREENS:
    routes.get(_screen)(show)


@routes.post("/sign-in")
def sign_in(call: Call) -> Answer:
    """A person picked from the list, or identifier and password."""
    form = posted(call)
    interaction = browser_interaction(call.state, call.request)
    if interaction is None:
        return no_interaction(call)
    if "person" in form:
        person = by_handle_or_id(call.state, form["person"])
        if person is None:
            return sign_in_page(call, interaction, error="This person is no longer there.", status=422)
        return identified(call, interaction, person, way_in(person))
    return _with_password(call, interaction, form.get("identifier", "").strip(), form.get("password", ""))


@routes.get("/mfa-verification")
def second_step(call: Call) -> Answer:
    interaction = browser_interaction(call.state, call.request)
    if interaction is None or interaction.user_id not in call.state.people:
        return no_interaction(call)
    return _second_step_page(call, interaction)


@routes.post("/mfa-verification")
def verify_second_step(call: Call) -> Answer:
    form = posted(call)
    interaction = browser_interaction(call.state, call.request)
    if interaction is None or interaction.user_id not in call.state.people:
        return no_interaction(call)
    person, kind, now = call.state.people[interaction.user_id], form.get("kind", ""), call.state.now()
    if form.get("send"):
        _send_code(call, interaction, person, kind)
        return _second_step_page(call, interaction)
    if kind in CODE_FACTORS:
        is_right = bool(interaction.mailed_code) and form.get("code", "").strip() == interaction.mailed_code
    else:
        code, now_iso = form.get("code", "").replace(" ", ""), iso(now)
        is_right = kind in factors_to_ask(call.state, person) and factor_is_right(
            person, kind, code, now=now, now_iso=now_iso
        )
    wrong = WRONG_CODES.get(kind, "Not recognised.")
    note_factor(call, interaction, kind, is_right=is_right, message=wrong)
    if not is_right:
        return _second_step_page(call, interaction, error=wrong, status=400)
    return Answer.redirect(finish(interaction, person.id, record(call, kind)))


def identified(
    call: Call, interaction: Interaction, person: Person, way: str, identifier: Json | None = None
) -> Answer:
    """The first step is done: on to the second one when this person has one, else back to the application."""
    if person.user["isSuspended"]:
        return sign_in_page(call, interaction, error=SUSPENDED, status=401)
    interaction.user_id = person.id
    interaction.records = [record(call, WAY_RECORDS[way], identifier)]
    note_identified(call, interaction)
    # Signing in with a passkey is two factors already.
    if way != "passkey" and factors_to_ask(call.state, person):
        note_second_step_wanted(call, interaction)
        return Answer.redirect("/mfa-verification?" + urlencode({"app_id": interaction.client_id}))
    return Answer.redirect(finish(interaction, person.id))


def sign_in_page(
    call: Call, interaction: Interaction, *, error: str = "", notice: str = "", status: int = 200, identifier: str = ""
) -> Answer:
    application = call.state.applications.get(interaction.client_id, {})
    targets = call.state.sign_in_experience["socialSignInConnectorTargets"]
    return page(
        call,
        "sign_in.html",
        status=status,
        interaction=interaction,
        application=application.get("name", interaction.client_id),
        people=entries(call.state),
        error=error,
        notice=notice,
        identifier=identifier or interaction.extra.get("login_hint", ""),
        languages=" ".join(parse_qs(interaction.query).get("ui_locales", [])),
        providers=[item for item in call.state.connectors.values() if item["target"] in targets],
    )


def no_interaction(call: Call) -> Answer:
    """What the back button meets after a finished sign-in (docs/logto.md 23)."""
    elsewhere = call.state.sign_in_experience["unknownSessionRedirectUrl"]
    return Answer.redirect(elsewhere) if elsewhere else page(call, "no_interaction.html", status=404)


def record(call: Call, kind: str, identifier: Json | None = None) -> Json:
    """One verification record, as the session remembers it (docs/logto.md 8.1)."""
    found: Json = {"id": call.state.new_id(21), "type": kind, "verified": True}
    return found | ({"identifier": identifier} if identifier else {})


def _with_password(call: Call, interaction: Interaction, identifier: str, password: str) -> Answer:
    named = identifier_of(call.state, identifier)

    def refuse(code: str, error: str, status: int) -> Answer:
        note_password(call, interaction, named, {"code": code, "message": error})
        return sign_in_page(call, interaction, error=error, status=status, identifier=identifier)

    person, problem = check_password(call, identifier, password)
    if problem == BLOCKED:
        too_many = f"Too many attempts in a short time. Please try again in {lockout_minutes(call.state)} minutes."
        return refuse(problem, too_many, 400)
    if person is None:
        return refuse(WRONG, WRONG_PASSWORD, 422)
    note_password(call, interaction, named)
    return identified(call, interaction, person, "password", named)


def _send_code(call: Call, interaction: Interaction, person: Person, kind: str) -> None:
    address = person.user.get(CODE_FACTORS.get(kind, "")) or ""
    interaction.mailed_code = call.state.new_code()
    text = f"Your code is {interaction.mailed_code}."
    sent = Message("email" if "@" in address else "sms", address, interaction.mailed_code, text, call.state.now())
    call.state.inbox.append(sent)


def _second_step_page(call: Call, interaction: Interaction, *, error: str = "", status: int = 200) -> Answer:
    person = call.state.people[interaction.user_id or ""]
    kinds = factors_to_ask(call.state, person)
    return page(
        call,
        "second_step.html",
        status=status,
        interaction=interaction,
        kinds=kinds,
        mailed=[kind for kind in kinds if kind in CODE_FACTORS],
        totp=current_totp(person, call.state.now()) if "Totp" in kinds else "",
        backup_codes=unused_backup_codes(person)[:2] if "BackupCode" in kinds else [],
        name=person.user["name"] or person.user["username"],
        error=error,
    )
