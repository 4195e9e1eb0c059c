"""The audit log: what Logto writes down of sign-ins and tokens, and nothing of the Management API (docs/logto.md 9)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from accountsite.sandbox.state import CALLER, TENANT_ID, Json, State
from accountsite.sandbox.web import Request

BROWSERS = (
    (r"Edg/([\d.]+)", "Edge", "Blink"),
    (r"Firefox/([\d.]+)", "Firefox", "Gecko"),
    (r"Chrome/([\d.]+)", "Chrome", "Blink"),
    (r"Version/([\d.]+) Mobile/\S+ Safari", "Mobile Safari", "WebKit"),
    (r"Version/([\d.]+) Safari", "Safari", "WebKit"),
)
SYSTEMS = (
    (r"Windows NT ([\d.]+)", "Windows"),
    (r"(?:iPhone|CPU) OS ([\d_]+)", "iOS"),
    (r"Android ([\d.]+)", "Android"),
    (r"Mac OS X ([\d._]+)", "macOS"),
    (r"Linux()", "Linux"),
)
MASKED = "******"


def write_log(
    state: State,
    key: str,
    *,
    ip: str | None = CALLER,
    user_agent: str | None = None,
    user_id: str | None = None,
    application_id: str | None = None,
    error: Json | None = None,
    created_at: int | None = None,
    **more: Any,
) -> Json:
    """One row. `more` depends on the key; what is None is left out, as the server does."""
    payload: Json = {"key": key, "result": "Error" if error else "Success"}
    payload |= {
        "error": error,
        "ip": ip,
        "userAgent": user_agent,
        "userAgentParsed": parsed_user_agent(user_agent) if user_agent else None,
        "userId": user_id,
        "applicationId": application_id,
        **more,
    }
    row = {
        "tenantId": TENANT_ID,
        "id": state.new_id(21),
        "key": key,
        "payload": {name: value for name, value in payload.items() if value is not None},
        "createdAt": state.now_ms if created_at is None else created_at,
    }
    state.logs.append(row)
    return row


def write_request(state: State, key: str, request: Request, **more: Any) -> Json:
    """A row about a request that is under way."""
    return write_log(state, key, user_agent=request.headers.get("user-agent"), **more)


def interaction_of(context: Json, records: list[Json], *, user_id: str | None = None, event: str = "SignIn") -> Json:
    """How far a sign-in has come, as the rows of `Interaction` keys tell it."""
    told: Json = {"mfa": {}, "captcha": {"skipped": False, "verified": False}, "profile": {}}
    return (
        told
        | ({"userId": user_id} if user_id else {})
        | {
            "signInContext": context,
            "interactionEvent": event,
            "verificationRecords": records,
        }
    )


def parsed_user_agent(user_agent: str) -> Json:
    """The shape of the parser that Logto uses; what is not recognised stays empty."""
    browser, engine, system, device = _parts(user_agent)
    return {
        "ua": user_agent,
        "browser": dict(browser),
        "device": dict(device),
        "engine": dict(engine),
        "os": dict(system),
        "cpu": {},
    }


@lru_cache(maxsize=256)
def _parts(user_agent: str) -> tuple[Json, Json, Json, Json]:
    browser, engine, system, device = {}, {}, {}, {}
    for pattern, name, engine_name in BROWSERS:
        found = re.search(pattern, user_agent)
        if found:
            browser = {"name": name, "version": found[1], "major": found[1].partition(".")[0]}
            engine = {"name": engine_name}
            break
    for pattern, name in SYSTEMS:
        found = re.search(pattern, user_agent)
        if found:
            system = {"name": name} | ({"version": found[1].replace("_", ".")} if found[1] else {})
            break
    if "iPhone" in user_agent:
        device = {"model": "iPhone", "vendor": "Apple", "type": "mobile"}
    return browser, engine, system, device
