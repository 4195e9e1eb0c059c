"""What happens at the tenant between two requests: it is answered as it should be, but everything is different."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from accountsite.sandbox.api.users import delete_person
from accountsite.sandbox.faults import Fault, FaultKind
from accountsite.sandbox.oidc.keys import Keys

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto


def rotate_keys(logto: Logto, fault: Fault) -> None:
    """The old one is gone at once, and with it every token it signed."""
    Keys(logto.state.signing_keys).rotate(keep_old=False)


def refuse_tokens(logto: Logto, fault: Fault) -> None:
    """No token made so far is good any more, and there is no other."""
    logto.revoke_tokens()
    logto.faults.add(FaultKind.SERVER_ERROR, "/oidc/token")


def suspend(logto: Logto, fault: Fault) -> None:
    if fault.person in logto.state.people:
        logto.state.people[fault.person].user["isSuspended"] = True


def delete(logto: Logto, fault: Fault) -> None:
    if fault.person in logto.state.people:
        delete_person(logto.state, logto.state.people[fault.person])


def change_settings(logto: Logto, fault: Fault) -> None:
    """Nothing may be edited by people any more, and a second step is demanded of everybody."""
    center = logto.state.account_center
    center["enabled"] = True
    center["fields"] = dict.fromkeys(center["fields"], "ReadOnly")
    logto.state.sign_in_experience["mfa"]["policy"] = "Mandatory"


MEANWHILE: dict[FaultKind, Callable[[Logto, Fault], None]] = {
    FaultKind.KEYS_ROTATED: rotate_keys,
    FaultKind.TOKEN_DOWN: refuse_tokens,
    FaultKind.SUSPENDED: suspend,
    FaultKind.DELETED: delete,
    FaultKind.SETTING_CHANGED: change_settings,
}
