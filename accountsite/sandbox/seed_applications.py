"""The applications of the invented tenant, first-party and third-party, ordinary and odd."""

from __future__ import annotations

import base64

from accountsite.sandbox.api.applications import new_application
from accountsite.sandbox.api.consent_scopes import consent_scopes_of
from accountsite.sandbox.making import SITE_APP_ID
from accountsite.sandbox.state import TENANT_ID, Json, State

SITE_APP_SECRET = "fernhill-site-secret-for-the-sandbox"
M2M_APP_ID = "fernhillmachineaccess"
M2M_APP_SECRET = "fernhill-machine-secret-for-the-sandbox"
FIRST_PARTY = (
    ("fernhillbilling000001", "Fernhill Billing", "https://billing.fernhill.example"),
    ("fernhillforum00000001", "Fernhill Forum", "https://forum.fernhill.example"),
)
THIRD_PARTY = (
    ("ledgerly0000000000001", "Ledgerly", "https://ledgerly.example"),
    ("tidepoolnotes00000001", "Tidepool Notes", "https://tidepool.example"),
    ("quorum000000000000001", "Quorum", "https://quorum.example"),
)
PLAIN_APP_ID = "plainplanner000000001"  # never given a look
BARE_APP_ID = "barebones000000000001"  # may ask for nothing
STRANGE_APP_ID = "futureframe0000000001"  # was granted what nobody knows
DELETED_APP_ID = "deletedapp00000000001"  # gone, its traces are not
ADDRESS_APP_ID = "https://deskpilot.example/oauth/client-metadata.json"  # known by an address, after 1.42.0
MANY_APPS = 25


def seed_applications(state: State, site_url: str) -> None:
    add_application(
        state,
        SITE_APP_ID,
        "Fernhill Account",
        redirect_uris=[f"{site_url}/sign-in/callback/", f"{site_url}/verify/callback/"],
        post_logout_redirect_uris=[f"{site_url}/", f"{site_url}/sign-out/", f"{site_url}/sign-out/done/"],
        secret=SITE_APP_SECRET,
        backchannel_logout_uri=f"{site_url}/sign-out/backchannel/",
    )
    add_application(state, M2M_APP_ID, "Fernhill Account (machine)", kind="MachineToMachine", secret=M2M_APP_SECRET)
    for application_id, name, address in FIRST_PARTY:
        add_application(state, application_id, name, redirect_uris=[f"{address}/callback"])
    for application_id, name, address in THIRD_PARTY:
        add_application(state, application_id, name, redirect_uris=[f"{address}/callback"], third_party=True)
        add_look(state, application_id, name, address)
        state.consent_scopes[application_id] = {
            "userScopes": ["profile", "email", "urn:logto:scope:organizations"],
            "resourceScopeIds": ["scopereadinvoices0001", "scopewriteinvoices001"],
            "organizationScopeIds": ["orgscopemembers000001"],
            "organizationResourceScopeIds": ["scopereadusage0000001"],
        }
    _seed_odd_ones(state)
    for number in range(1, MANY_APPS + 1):
        application_id, name = f"manyapps{number:013d}", f"Sample App {number}"
        address = f"https://sample-{number}.example"
        add_application(state, application_id, name, redirect_uris=[f"{address}/callback"], third_party=True)
        if number % 3:
            add_look(state, application_id, name, address)


def _seed_odd_ones(state: State) -> None:
    for application_id, name, kind in (
        (PLAIN_APP_ID, "Plain Planner", "SPA"),
        (BARE_APP_ID, "Bare Bones", "Native"),
        (STRANGE_APP_ID, "Future Frame", "Traditional"),
    ):
        host = name.lower().replace(" ", "-") + ".example"
        add_application(
            state, application_id, name, kind=kind, redirect_uris=[f"https://{host}/callback"], third_party=True
        )
    consent_scopes_of(state, PLAIN_APP_ID)["userScopes"] = ["profile", "phone", "address"]
    add_look(state, STRANGE_APP_ID, None, "https://future-frame.example", logo=False)
    state.address_clients[ADDRESS_APP_ID] = "Desk Pilot"


def add_application(
    state: State,
    application_id: str,
    name: str,
    *,
    kind: str = "Traditional",
    redirect_uris: list[str] | None = None,
    post_logout_redirect_uris: list[str] | None = None,
    secret: str | None = None,
    backchannel_logout_uri: str | None = None,
    third_party: bool = False,
) -> Json:
    """Register an application with one secret; the object is the one the Management API shows."""
    metadata: Json = {"redirectUris": redirect_uris or [], "postLogoutRedirectUris": post_logout_redirect_uris or []}
    if backchannel_logout_uri:
        metadata |= {"backchannelLogoutUri": backchannel_logout_uri, "backchannelLogoutSessionRequired": True}
    return new_application(
        state,
        application_id,
        secret=secret,
        name=name,
        type=kind,
        oidcClientMetadata=metadata,
        isThirdParty=third_party,
    )


def add_look(state: State, application_id: str, name: str | None, address: str, *, logo: bool = True) -> Json:
    """How the application presents itself on the consent screen (docs/logto.md 14.4)."""
    look: Json = {
        "tenantId": TENANT_ID,
        "applicationId": application_id,
        "color": {},
        "branding": {"logoUrl": _logo(name or application_id)} if logo else {},
        "customCss": None,
        "termsOfUseUrl": f"{address}/terms",
        "privacyPolicyUrl": f"{address}/privacy",
        "displayName": name,
    }
    state.application_experiences[application_id] = look
    return look


def _logo(name: str) -> str:
    """Its first letter on a square in a colour of its own, written into the address: nothing has to be fetched."""
    hue = sum(name.encode()) * 37 % 360
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
        f'<rect width="40" height="40" fill="hsl({hue} 45% 24%)"/>'
        '<text x="20" y="26" font-family="sans-serif" font-size="17" font-weight="600" text-anchor="middle" '
        f'fill="hsl({hue} 60% 88%)">{name[0]}</text></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
