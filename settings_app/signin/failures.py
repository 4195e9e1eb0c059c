"""Why a sign-in did not come to its end, as one exception with a named reason."""

from __future__ import annotations

import enum
import re

PLAIN_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class Reason(enum.Enum):
    """Each has its own page; `words.py` says what stands on it."""

    CANCELLED = "cancelled"
    ACCESS_DENIED = "access_denied"
    INVALID_SCOPE = "invalid_scope"
    LOGIN_REQUIRED = "login_required"
    STATE_EXPIRED = "state_expired"
    STATE_UNKNOWN = "state_unknown"
    WRONG_NONCE = "wrong_nonce"
    WRONG_ISSUER = "wrong_issuer"
    CLOCKS_DIFFER = "clocks_differ"
    TOKEN_REFUSED = "token_refused"  # noqa: S105  # the name of a reason
    NOT_FRESH = "not_fresh"
    ANOTHER_PERSON = "another_person"
    NOT_THIS_ACCOUNT = "not_this_account"
    SESSION_ENDED = "session_ended"
    SIGNED_OUT_HERE_ONLY = "signed_out_here_only"
    LOGTO_DOWN = "logto_down"
    MISCONFIGURED = "misconfigured"
    OTHER = "other"


class SignInFailed(Exception):  # noqa: N818  # reads as what happened, like the exceptions of logto/errors.py
    """A sign-in, step-up or logout token that was not accepted.

    `detail` is one word for the log: the name of a claim or an error code. Whatever is not such a word is left out,
    because answers may quote codes, tokens or a person's address. `target` is where the person wanted to go, and
    `confirming` says that a signed-in person was only confirming who they are.
    """

    def __init__(self, reason: Reason, detail: str = "", *, target: str = "", confirming: bool = False) -> None:
        # guard: failure-detail-is-a-word
        if not PLAIN_WORD.fullmatch(detail):
            detail = ""
        super().__init__(reason.value, detail)
        self.reason = reason
        self.detail = detail
        self.target = target
        self.confirming = confirming

    def __str__(self) -> str:
        return f"{self.reason.value} {self.detail}".strip()
