"""What is taken from discovery, how long it is kept, and that no two sites share it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accountsite.sandbox import faults
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.web import Answer, Request
from settings_app.logto.breaker import FAILURES_IN_A_ROW
from settings_app.logto.tenant import Tenant
from settings_app.signin import provider as module
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.signin.provider import Provider, provider_of
from tests.signin.ways import site, watch

DISCOVERY = "/oidc/.well-known/openid-configuration"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def discovery_says(logto: Logto, changed: dict[str, Any]) -> None:
    answer: Callable[[Request], Answer] = logto.answer

    def changed_answer(request: Request) -> Answer:
        said = answer(request)
        if request.path != DISCOVERY:
            return said
        return Answer.json(200, json.loads(said.body) | changed)

    logto.answer = changed_answer  # type: ignore[method-assign]


def failure_of(read: Callable[[], object]) -> SignInFailed:
    with pytest.raises(SignInFailed) as caught:
        read()
    return caught.value


@pytest.mark.parametrize("issuer", [None, "https://other.example/oidc", "http://localhost:3301/oidc/"])
def test_metadata_of_another_issuer_is_refused(logto: Logto, issuer: str | None) -> None:
    discovery_says(logto, {"issuer": issuer})
    assert failure_of(lambda: Provider(site()).metadata).reason is Reason.MISCONFIGURED


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"])
@pytest.mark.parametrize("address", [None, "https://other.example/oidc/x", "http://localhost:3301.evil.example/x"])
def test_endpoints_elsewhere_are_refused(logto: Logto, name: str, address: str | None) -> None:
    discovery_says(logto, {name: address})
    assert failure_of(lambda: Provider(site()).metadata).reason is Reason.MISCONFIGURED


def test_of_the_algorithms_offered_only_public_key_ones_are_kept(logto: Logto) -> None:
    discovery_says(logto, {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES384"]})
    assert set(Provider(site()).metadata.algorithms) == {"RS256", "ES384"}


@pytest.mark.parametrize("offered", [None, [], ["none"], ["HS256", "HS512"], "RS256"])
def test_no_usable_algorithm_is_the_end(logto: Logto, offered: object) -> None:
    discovery_says(logto, {"id_token_signing_alg_values_supported": offered})
    assert failure_of(lambda: Provider(site()).metadata).detail == "metadata.algorithms"


def test_metadata_and_keys_are_read_again_every_hour(logto: Logto) -> None:
    clock, seen = Clock(), watch(logto)
    provider = Provider(site(), clock=clock)
    assert provider.metadata
    assert provider.keys
    clock.now += 1800
    assert provider.metadata
    assert provider.keys
    assert [request.path for request in seen] == [DISCOVERY, "/oidc/jwks"]
    clock.now += 1801
    assert provider.metadata
    assert provider.keys
    assert [request.path for request in seen] == [DISCOVERY, "/oidc/jwks"] * 2


def test_when_logto_is_down_they_serve_for_a_day_more_and_not_longer(logto: Logto) -> None:
    clock = Clock()
    provider = Provider(site(), clock=clock)
    assert provider.metadata
    assert provider.keys
    logto.faults.add("refused")
    clock.now += 24 * 3600
    assert provider.metadata
    assert provider.keys
    clock.now += 2 * 3600
    assert failure_of(lambda: provider.metadata).reason is Reason.LOGTO_DOWN


def address_of(provider: Provider) -> str:
    return provider.authorization_address(
        redirect_uri="https://a.example/", state="s", nonce="n", code_verifier="v" * 43
    )


@pytest.mark.parametrize("kind", ["refused", "reset", "html"])
def test_nobody_is_sent_to_a_logto_that_does_not_answer(logto: Logto, kind: str) -> None:
    """Its addresses are known for an hour; the browser would end on a page of its own."""
    clock = Clock()
    provider = Provider(site(), clock=clock)
    assert address_of(provider)
    clock.now += 60
    logto.faults.add(kind)
    assert failure_of(lambda: address_of(provider)).reason is Reason.LOGTO_DOWN
    logto.faults.clear()
    assert address_of(provider)


@pytest.mark.parametrize("kind", ["timeout", "500", "429"])
def test_one_that_is_slow_or_has_a_fault_may_be_there_for_the_person(logto: Logto, kind: str) -> None:
    clock = Clock()
    provider = Provider(site(), clock=clock)
    assert address_of(provider)
    clock.now += 60
    logto.faults.add(kind)
    assert address_of(provider)


def test_it_is_asked_again_a_few_seconds_after_it_answered(logto: Logto) -> None:
    clock, seen = Clock(), watch(logto)
    provider = Provider(site(), clock=clock)
    for seconds in (0, 1, 1, module.ANSWERED_SECONDS, 1):
        clock.now += seconds
        assert address_of(provider)
    assert [request.path for request in seen] == [DISCOVERY] * 2


def test_keys_are_read_anew_for_an_unknown_one_but_not_more_than_once_a_minute(logto: Logto) -> None:
    clock, seen = Clock(), watch(logto)
    provider = Provider(site(), clock=clock)
    provider.keys_without(provider.keys)
    Keys(logto.state.signing_keys).rotate()
    assert len(provider.keys_without(provider.keys).keys) == 1
    clock.now += module.KEYS_ANEW_SECONDS + 1
    assert len(provider.keys_without(provider.keys).keys) == 2
    assert [request.path for request in seen].count("/oidc/jwks") == 3


@pytest.mark.parametrize("body", [{}, {"keys": []}, {"keys": [{"kty": "EC"}]}, {"keys": 5}, []])
def test_an_unreadable_key_set_is_no_key_set(logto: Logto, body: object) -> None:
    answer: Callable[[Request], Answer] = logto.answer
    logto.answer = lambda request: Answer.json(200, body) if request.path == "/oidc/jwks" else answer(request)  # type: ignore[method-assign]
    assert failure_of(lambda: Provider(site()).keys).reason is Reason.LOGTO_DOWN


def test_sites_that_differ_in_anything_share_nothing(logto: Logto) -> None:
    other = replace(site(), app_secret="another-secret")
    assert provider_of(site()) is provider_of(replace(site()))
    assert provider_of(site()) is not provider_of(other)


def test_a_redirect_of_discovery_is_not_followed(logto: Logto) -> None:
    answer: Callable[[Request], Answer] = logto.answer

    def moved(request: Request) -> Answer:
        elsewhere = (("Location", f"{logto.endpoint}/oidc/jwks"),)
        return replace(answer(request), status=302, headers=elsewhere) if request.path == DISCOVERY else answer(request)

    seen = watch(logto)
    logto.answer = moved  # type: ignore[method-assign]
    assert failure_of(lambda: Provider(site()).metadata).reason is Reason.LOGTO_DOWN
    assert "/oidc/jwks" not in [request.path for request in seen]


def exchange(provider: Provider) -> SignInFailed:
    return failure_of(lambda: provider.exchange(code="c", redirect_uri="https://x.example/", code_verifier="v" * 43))


def test_a_token_endpoint_that_never_answers_is_left_alone_though_the_rest_answers(logto: Logto) -> None:
    provider, tenant, asked = Provider(site()), Tenant.of(site()), 0
    answer: Callable[[Request], Answer] = logto.answer

    def silent(request: Request) -> Answer:
        nonlocal asked
        if request.path == "/oidc/token" and b"authorization_code" in request.body:
            asked += 1
            raise faults.NoAnswerError
        return answer(request)

    logto.answer = silent  # type: ignore[method-assign]
    for _ in range(FAILURES_IN_A_ROW + 5):
        assert exchange(provider).reason is Reason.LOGTO_DOWN
        assert tenant.transport.call("GET", "/api/account-center")
    assert asked == FAILURES_IN_A_ROW
    assert exchange(provider).detail == "breaker.open"


def test_a_failure_carries_words_and_no_secrets() -> None:
    failure = SignInFailed(Reason.TOKEN_REFUSED, "the code abc was not found for ada@example.org", target="/profile/")
    assert str(failure) == "token_refused"
    assert "abc" not in repr(failure)
    assert "secret" not in repr(Provider(site()))
