"""What can be made to go wrong."""

from __future__ import annotations

import json

import pytest

from accountsite.sandbox.access_tokens import issue_access_token
from accountsite.sandbox.faults import FaultKind, HangError, NoAnswerError, RefusedError, ResetError
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import M2M_APP_ID
from tests.sandbox.conftest import CallSandbox, Clock

ADA = "/api/users/ada0000000ab"


@pytest.mark.parametrize(
    ("kind", "error"),
    [(FaultKind.REFUSED, RefusedError), (FaultKind.RESET, ResetError), (FaultKind.TIMEOUT, HangError)],
)
def test_no_answer(sandbox: Logto, call: CallSandbox, kind: FaultKind, error: type[NoAnswerError]) -> None:
    sandbox.faults.add(kind)
    with pytest.raises(error):
        call("GET", ADA)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(FaultKind.SERVER_ERROR, 500), (FaultKind.TOO_MANY_REQUESTS, 429), (FaultKind.TOKEN_REVOKED, 401)],
)
def test_wrong_status(sandbox: Logto, call: CallSandbox, kind: FaultKind, status: int) -> None:
    sandbox.faults.add(kind)
    answer = call("GET", ADA)
    assert answer.status == status
    assert "retry-after" not in dict(answer.headers)


def test_only_where_messages_are_sent_there_were_too_many_of_them(sandbox: Logto, call: CallSandbox) -> None:
    sandbox.faults.add(FaultKind.TOO_MANY_REQUESTS)
    sent = call("POST", "/api/verification-codes", {"email": "ada@winterbourne.example"})
    assert (sent.status, json.loads(sent.body)["code"]) == (429, "request.message_rate_limited")
    assert b"rate_limited" not in call("GET", ADA).body


def test_html_instead_of_json(sandbox: Logto, call: CallSandbox) -> None:
    sandbox.faults.add("html")
    answer = call("GET", ADA)
    assert (answer.status, dict(answer.headers)["content-type"]) == (200, "text/html; charset=utf-8")


def test_truncated_body(sandbox: Logto, call: CallSandbox) -> None:
    whole = call("GET", ADA).body
    sandbox.faults.add("truncated")
    assert call("GET", ADA).body == whole[: len(whole) // 2]


def test_latency_comes_on_top(sandbox: Logto, call: CallSandbox, clock: Clock) -> None:
    sandbox.faults.add("latency", seconds=3)
    sandbox.faults.add("500")
    began = clock.now()
    assert call("GET", ADA).status == 500
    assert clock.now() - began == 3


def test_fault_meets_only_what_it_names_and_only_so_often(sandbox: Logto, call: CallSandbox) -> None:
    sandbox.faults.add("500", "/api/users/*/profile", method="PATCH", times=2)
    body = {"profile": {"nickname": "N"}}
    assert call("GET", ADA).status == 200
    assert [call("PATCH", f"{ADA}/profile", body).status for _ in range(3)] == [500, 500, 200]
    assert sandbox.faults.active == []


def test_only_the_answer_is_lost(sandbox: Logto, call: CallSandbox) -> None:
    sandbox.faults.add("timeout", method="PATCH", times=1, after=True)
    with pytest.raises(HangError):
        call("PATCH", ADA, {"name": "Changed"})
    assert json.loads(call("GET", ADA).body)["name"] == "Changed"


def test_revoked_tokens_fail_and_new_ones_work(sandbox: Logto, call: CallSandbox) -> None:
    old = f"Bearer {issue_access_token(sandbox.state, M2M_APP_ID)}"
    assert call("GET", ADA, authorization=old).status == 200
    sandbox.revoke_tokens()
    assert call("GET", ADA, authorization=old).status == 401
    assert call("GET", ADA).status == 200


def test_reset_forgets_faults_and_changes(sandbox: Logto, call: CallSandbox) -> None:
    call("PATCH", ADA, {"name": "Changed"})
    sandbox.faults.add("500")
    sandbox.reset()
    assert json.loads(call("GET", ADA).body)["name"] == "Ada Winterbourne"


def test_a_reset_keeps_the_keys_that_sites_have_learnt() -> None:
    logto = Logto(seed=1)
    keys = logto.state.signing_keys
    logto.reset()
    assert logto.state.signing_keys == keys


def shared(one: object, other: object) -> list[str]:
    """What two sandboxes hold in common that one of them could change."""
    found: list[str] = []
    seen: set[int] = set()
    mutable: dict[int, str] = {}
    for first, waiting in ((True, [("", one)]), (False, [("", other)])):
        seen.clear()
        while waiting:
            name, value = waiting.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, (dict, list, set)):
                if first:
                    mutable[id(value)] = name
                elif id(value) in mutable:
                    found.append(name)
            if isinstance(value, dict):
                waiting += [(f"{name}.{key}", inner) for key, inner in value.items()]
            elif isinstance(value, (list, tuple, set)):
                waiting += [(f"{name}[]", inner) for inner in value]
            elif type(value).__module__.startswith("accountsite."):
                waiting += [(f"{name}.{key}", inner) for key, inner in getattr(value, "__dict__", {}).items()]
    return found


def test_two_sandboxes_share_nothing_that_can_change() -> None:
    assert shared(Logto(seed=1).state, Logto(seed=1).state) == []


def test_a_password_check_can_take_its_time_while_everybody_waits(
    sandbox: Logto, call: CallSandbox, clock: Clock
) -> None:
    sandbox.password_seconds = 0.06
    before, path = clock.moment, f"/api/users/{sandbox.state.person('ada').id}"
    call("POST", f"{path}/password/verify", {"password": "wrong"})
    call("GET", path)
    assert round(clock.moment - before, 3) == 0.06


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        ("502", 502, ("content-type", "text/html; charset=utf-8")),
        ("429_retry_after", 429, ("retry-after", "17")),
        ("malformed", 200, ("content-type", "application/json; charset=utf-8")),
    ],
)
def test_other_wrong_answers(
    sandbox: Logto, call: CallSandbox, kind: str, status: int, header: tuple[str, str]
) -> None:
    sandbox.faults.add(kind)
    answer = call("GET", ADA)
    assert (answer.status, header in answer.headers) == (status, True)


def test_one_value_or_each_is_spoilt(sandbox: Logto, call: CallSandbox) -> None:
    whole = json.loads(call("GET", ADA).body)
    for which in range(200):
        sandbox.faults.add("field_missing", times=1, which=which)
        assert json.loads(call("GET", ADA).body) != whole
    sandbox.faults.add("field_missing", times=1)
    assert json.loads(call("GET", ADA).body) == {}
    sandbox.faults.add("field_other_type", times=1)
    assert json.loads(call("GET", ADA).body)["username"] == {"of": ["another type"]}
    sandbox.faults.add("unknown_value", times=1)
    assert json.loads(call("GET", ADA).body)["username"] == "UnheardOf"
    assert json.loads(call("GET", ADA).body) == whole


def test_only_the_call_that_is_meant_goes_wrong(sandbox: Logto, call: CallSandbox) -> None:
    sandbox.faults.add("500", ADA, skipped=2, times=1)
    assert [call("GET", ADA).status for _ in range(4)] == [200, 200, 500, 200]


def test_meanwhile_somebody_is_suspended_and_deleted_and_the_settings_change(sandbox: Logto, call: CallSandbox) -> None:
    person = sandbox.state.person("ada").id
    sandbox.faults.add("suspended", times=1, person=person)
    assert json.loads(call("GET", ADA).body)["isSuspended"] is True
    sandbox.faults.add("setting_changed", times=1)
    call("GET", ADA)
    assert set(sandbox.state.account_center["fields"].values()) == {"ReadOnly"}
    sandbox.faults.add("deleted", times=1, person=person)
    assert call("GET", ADA).status == 404


def test_meanwhile_tokens_and_keys_are_no_good_any_more(sandbox: Logto, call: CallSandbox) -> None:
    issue_access_token(sandbox.state, M2M_APP_ID)
    sandbox.faults.add("token_down", ADA, times=1)
    call("GET", ADA)
    assert (sandbox.state.access_token_ids, [one.path for one in sandbox.faults.active]) == (set(), ["/oidc/token"])
    sandbox.faults.clear()
    before = [key.kid for key in sandbox.state.signing_keys]
    sandbox.faults.add("keys_rotated", ADA, times=1)
    call("GET", ADA)
    assert set(before).isdisjoint(key.kid for key in sandbox.state.signing_keys)
