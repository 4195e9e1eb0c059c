"""First screen `reset_password`: a mailed code, then a new password."""

from __future__ import annotations

from accountsite.sandbox.api.password_policy import find_issues, is_breached
from accountsite.sandbox.oidc import forgotten
from accountsite.sandbox.oidc.credentials import by_identifier
from accountsite.sandbox.oidc.interactions import Interaction, browser_interaction
from accountsite.sandbox.pages.render import page, posted
from accountsite.sandbox.pages.signin import no_interaction, sign_in_page
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.web import Answer

routes = Router()


@routes.get("/reset-password")
def show(call: Call) -> Answer:
    interaction = browser_interaction(call.state, call.request)
    return no_interaction(call) if interaction is None else _page(call, interaction)


@routes.post("/reset-password")
def send_code(call: Call) -> Answer:
    """Sends a code to whoever this is. Unknown addresses get the same page, as in Logto."""
    form = posted(call)
    interaction = browser_interaction(call.state, call.request)
    if interaction is None:
        return no_interaction(call)
    identifier = form.get("identifier", "").strip()
    forgotten.send_code(call, interaction, identifier)
    return _page(call, interaction)


@routes.post("/reset-password/continue")
def set_password(call: Call) -> Answer:
    form = posted(call)
    interaction = browser_interaction(call.state, call.request)
    if interaction is None or not interaction.mailed_code:
        return no_interaction(call)
    person = by_identifier(call.state, interaction.reset_identifier)
    if person is None or form.get("code", "").strip() != interaction.mailed_code:
        return _page(call, interaction, error="Invalid verification code.")
    password = form.get("password", "")
    policy = call.state.sign_in_experience["passwordPolicy"]
    issues = find_issues(password, policy, person.user, breached=is_breached(password))
    if issues:
        names = ", ".join(issue["code"].removeprefix("password_rejected.") for issue in issues)
        return _page(call, interaction, error=f"Password rejected: {names}.")
    forgotten.set_password(call, interaction, person, password)
    return sign_in_page(call, interaction, notice="Your password has been changed. Sign in with it.")


def _page(call: Call, interaction: Interaction, error: str = "") -> Answer:
    return page(
        call,
        "reset_password.html",
        status=422 if error else 200,
        interaction=interaction,
        identifier=interaction.reset_identifier or interaction.extra.get("login_hint", ""),
        sent=bool(interaction.mailed_code),
        error=error,
    )
