"""The consent page: automatic for the tenant's own applications, a question for third-party ones (docs/logto.md 14)."""

from __future__ import annotations

from urllib.parse import parse_qs

from accountsite.sandbox.access_control import is_shut_out
from accountsite.sandbox.oidc.authorize import bare_return
from accountsite.sandbox.oidc.clients import Client
from accountsite.sandbox.oidc.interactions import Interaction, browser_interaction
from accountsite.sandbox.pages.render import page
from accountsite.sandbox.pages.signin import no_interaction
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer

ORGANIZATIONS_SCOPE = "urn:logto:scope:organizations"
SCOPE_WORDS = {
    "profile": "Your name, username, picture and other profile details",
    "email": "Your email address",
    "phone": "Your phone number",
    "address": "Your address",
    "custom_data": "Your custom data",
    "identities": "Your linked social identities",
    "roles": "Your roles",
    ORGANIZATIONS_SCOPE: "The organizations you belong to",
    "urn:logto:scope:organization_roles": "Your roles in organizations",
    "offline_access": "Access while you are away",
}

routes = Router()


@routes.get("/consent")
def show(call: Call) -> Answer:
    interaction = browser_interaction(call.state, call.request)
    session = call.state.sessions.get(interaction.session_uid or "") if interaction else None
    if interaction is None or session is None:
        return no_interaction(call)
    application = call.state.applications[interaction.client_id]
    if is_shut_out(call.state, application, session.account_id):
        return page(call, "access_denied.html", status=400, application=application["name"])
    if not Client(application).is_third_party:
        interaction.consented = True
        return Answer.redirect(f"/oidc/auth/{interaction.uid}")
    return _ask(call, interaction, application, session.account_id)


@routes.post("/consent")
def decide(call: Call) -> Answer:
    form = call.request.form
    interaction = browser_interaction(call.state, call.request)
    session = call.state.sessions.get(interaction.session_uid or "") if interaction else None
    if interaction is None or session is None:
        return no_interaction(call)
    if form.get("decision") != ["allow"]:
        return bare_return(interaction)
    interaction.consented = True
    keep_organizations(call.state, interaction, session.account_id, form.get("organization", []))
    return Answer.redirect(f"/oidc/auth/{interaction.uid}")


def keep_organizations(state: State, interaction: Interaction, user_id: str, chosen: list[str]) -> None:
    """Which of the person's organizations the application may see, where it asked for them."""
    if ORGANIZATIONS_SCOPE in _scopes(interaction):
        members = {each["id"] for each in organizations_of(state, user_id)}
        kept = [each for each in chosen if each in members]
        state.consent_organizations[interaction.client_id, user_id] = kept


def organizations_of(state: State, user_id: str) -> list[Json]:
    return [state.organizations[name] for name, roles in state.memberships.items() if user_id in roles]


def _ask(call: Call, interaction: Interaction, application: Json, user_id: str) -> Answer:
    scopes = _scopes(interaction)
    experience = call.state.application_experiences.get(interaction.client_id, {})
    user = call.state.people[user_id].user
    return page(
        call,
        "consent.html",
        interaction=interaction,
        application=experience.get("displayName") or application["name"],
        person=user["name"] or user["username"] or user["primaryEmail"],
        wishes=[SCOPE_WORDS.get(scope, scope) for scope in scopes if scope != "openid"],
        organizations=organizations_of(call.state, user_id) if ORGANIZATIONS_SCOPE in scopes else [],
    )


def _scopes(interaction: Interaction) -> list[str]:
    return parse_qs(interaction.query).get("scope", [""])[0].split()
