"""One token, posted to a receiver (RFC 8935), and what its answer means."""

from __future__ import annotations

import json

from settings_app import outside
from settings_app.sites import Site

SECONDS = 5.0
LARGEST_ANSWER_BYTES = 16_384
# What the receiver will not read however often it comes; every other refusal the operators can mend between them.
HOPELESS = ("invalid_request", "")
REFUSED = 400
KNOWN_CODES = {
    "invalid_request",
    "invalid_key",
    "invalid_issuer",
    "invalid_audience",
    "authentication_failed",
    "access_denied",
}


class Undelivered(Exception):  # noqa: N818  # it says what is so
    """The receiver has not taken it. `is_about_this_one`: it may take others all the same."""

    def __init__(self, trouble: str, *, is_about_this_one: bool = False) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.is_about_this_one = is_about_this_one


def push(site: Site, token: str, *, connect: outside.Connect | None = None) -> None:
    """Returns once the receiver has taken the token. Raises Undelivered."""
    headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
    if site.events_authorization:
        headers["Authorization"] = site.events_authorization
    try:
        answer = outside.ask(
            site.events_url,
            method="POST",
            body=token.encode(),
            headers=headers,
            seconds=SECONDS,
            most_bytes=LARGEST_ANSWER_BYTES,
            connect=connect,
        )
    except outside.Unreachable as error:
        raise Undelivered(f"unreachable {error}") from error
    # guard: only-what-was-taken-is-done
    if not 200 <= answer.status < 300:
        raise refusal(answer)


def refusal(answer: outside.Reply) -> Undelivered:
    """A redirect is one too: the token goes where the operator said, and nowhere else."""
    if answer.status != REFUSED:
        return Undelivered(f"status {answer.status}")
    code = code_of(answer.content)
    return Undelivered(f"refused {code}".strip(), is_about_this_one=code in HOPELESS)


def code_of(content: bytes) -> str:
    """The receiver's `err` where it is one of RFC 8935's words; what else it says is not repeated."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    code = told.get("err") if isinstance(told, dict) else None
    return code if isinstance(code, str) and code in KNOWN_CODES else ""
