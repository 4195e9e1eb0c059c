"""What is attached to the invented people: sessions, applications, invitations, tokens."""

from __future__ import annotations

from accountsite.sandbox.api.invitations import add_invitation
from accountsite.sandbox.api.personal_access_tokens import add_token
from accountsite.sandbox.making import CHROME, DAY_MS, FIREFOX, SAFARI, SITE_APP_ID, add_grant, add_session
from accountsite.sandbox.seed_applications import (
    ADDRESS_APP_ID,
    BARE_APP_ID,
    DELETED_APP_ID,
    MANY_APPS,
    PLAIN_APP_ID,
    STRANGE_APP_ID,
)
from accountsite.sandbox.seed_logs import log_sign_in, seed_logs
from accountsite.sandbox.state import ORGANIZATION_RESOURCE, State

BILLING_RESOURCE = "https://billing.fernhill.example"
MANY_SESSIONS = 40
AGENTS = (FIREFOX, SAFARI, CHROME)
CITIES = (("Lisbon", "Portugal"), ("Porto", "Portugal"), ("Madrid", "Spain"))


def seed_attached(state: State) -> None:
    _seed_amara(state)
    _seed_curious(state)
    _seed_heavy(state)
    _seed_invitations(state)
    _seed_tokens(state)
    seed_logs(state)


def _seed_amara(state: State) -> None:
    """Second factors, a few devices, the applications of an ordinary person."""
    amara = state.person("amara")
    phone = add_session(
        state, amara, user_agent=SAFARI, city="Stockholm", country="Sweden", ip="203.0.113.24", hours_ago=2
    )
    add_session(state, amara, user_agent=CHROME, city="Gothenburg", country="Sweden", ip="198.51.100.7", hours_ago=15)
    add_session(state, amara, user_agent=None, hours_ago=9 * 24)
    add_grant(
        state,
        amara,
        "ledgerly0000000000001",
        "openid profile email offline_access urn:logto:scope:organizations",
        days_ago=3,
        resources={BILLING_RESOURCE: "read:invoices write:invoices read:usage", ORGANIZATION_RESOURCE: "read:members"},
    )
    state.consent_organizations["ledgerly0000000000001", amara.id] = ["okaforstudio", "harbourenrgy"]
    add_grant(state, amara, "tidepoolnotes00000001", "openid profile", days_ago=120)
    add_grant(state, amara, "quorum000000000000001", "openid profile", days_ago=150)
    add_grant(state, amara, "fernhillbilling000001", "openid profile", days_ago=1, session=phone)


def _seed_curious(state: State) -> None:
    """Applications and sessions of every odd kind."""
    wren = state.person("curious")
    state.memberships["okaforstudio"][wren.id] = ["orgrolemember00000001"]
    state.memberships["rowingclub01"][wren.id] = []
    session = add_session(state, wren, user_agent=FIREFOX, ip="192.0.2.9", hours_ago=5)
    add_grant(state, wren, SITE_APP_ID, "openid profile email", days_ago=0.2, session=session)
    add_session(state, wren, user_agent=CHROME, ip="192.0.2.10", hours_ago=50, dead=True)
    add_session(state, wren, user_agent=None, hours_ago=70, finished=False, client_id="account-center")
    add_session(state, wren, user_agent=SAFARI, hours_ago=90, client_id=DELETED_APP_ID)
    add_grant(state, wren, PLAIN_APP_ID, "openid profile phone address", days_ago=2, session=session)
    add_grant(state, wren, PLAIN_APP_ID, "openid profile offline_access", days_ago=40)
    add_grant(state, wren, BARE_APP_ID, "openid", days_ago=8)
    strange = {"https://api.unknown.example": "beam:up", BILLING_RESOURCE: "read:invoices fold:paper"}
    add_grant(state, wren, STRANGE_APP_ID, "openid profile custom_data teleport", days_ago=12, resources=strange)
    add_grant(state, wren, DELETED_APP_ID, "openid profile email offline_access", days_ago=90)
    add_grant(state, wren, ADDRESS_APP_ID, "openid profile email", days_ago=1)
    add_grant(state, wren, "quorum000000000000001", "openid urn:logto:scope:organizations roles", days_ago=170)
    state.consent_organizations["quorum000000000000001", wren.id] = ["okaforstudio"]
    add_grant(state, wren, "fernhillforum00000001", "openid profile", days_ago=20)


def _seed_heavy(state: State) -> None:
    """Forty sessions and twenty-five applications, some of them signed in to in the same session."""
    heavy = state.person("heavy")
    for number in range(MANY_SESSIONS):
        city, country = CITIES[number % len(CITIES)]
        session = add_session(
            state,
            heavy,
            user_agent=AGENTS[number % len(AGENTS)],
            city=city if number % 7 else None,
            country=country if number % 7 else None,
            ip=f"203.0.113.{number + 1}",
            hours_ago=number * 7 + 1,
            dead=number in (11, 23),
        )
        if 1 <= number <= MANY_APPS:
            offline = " offline_access" if number % 4 == 0 else ""
            scope = f"openid profile email{offline}"
            kept = session if session.payload["authorizations"] else None
            add_grant(state, heavy, f"manyapps{number:013d}", scope, days_ago=number, session=kept)
        log_sign_in(state, session)


def _seed_invitations(state: State) -> None:
    ada, amara, now = state.person("ada"), state.person("amara"), state.now_ms
    member = ["orgrolemember00000001"]
    for email in (str(ada.user["primaryEmail"]), str(state.person("curious").user["primaryEmail"])):
        studio = "okaforstudio" if email == ada.user["primaryEmail"] else "harbourenrgy"
        add_invitation(state, email, studio, role_ids=member, inviter_id=amara.id, expires_at=now + 6 * DAY_MS)
    old = add_invitation(state, str(ada.user["primaryEmail"]), "harbourenrgy", expires_at=now - 2 * DAY_MS)
    old |= {"createdAt": now - 9 * DAY_MS, "updatedAt": now - 9 * DAY_MS}
    withdrawn = add_invitation(
        state, str(ada.user["primaryEmail"]), "harbourenrgy", expires_at=now + 3 * DAY_MS, status="Revoked"
    )
    withdrawn |= {"createdAt": now - 4 * DAY_MS, "updatedAt": now - 3 * DAY_MS}
    answered = add_invitation(
        state, str(amara.user["primaryEmail"]), "harbourenrgy", expires_at=now - 80 * DAY_MS, status="Accepted"
    )
    answered |= {"acceptedUserId": amara.id, "createdAt": now - 90 * DAY_MS, "updatedAt": now - 89 * DAY_MS}


def _seed_tokens(state: State) -> None:
    for handle in ("ada", "amara", "curious"):
        person, now = state.person(handle), state.now_ms
        add_token(state, person, "notebook")
        add_token(state, person, "nightly backup", expires_at=now + 20 * DAY_MS)["createdAt"] = now - 70 * DAY_MS
        add_token(state, person, "old laptop", expires_at=now - 5 * DAY_MS)["createdAt"] = now - 95 * DAY_MS
