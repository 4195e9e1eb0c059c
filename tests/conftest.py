"""The one fake, mounted under requests, and the people of the tests."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import requests
import responses
from django.conf import settings
from django.test import Client
from django.utils import translation

from accountsite.sandbox import faults
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Request
from settings_app.logto.tenant import Tenant
from tests.contract import witness
from tests.people import client_of

# A busy machine is no reason to fail; and what failed is made small, but not explained at the cost of minutes.
PHASES = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
hypothesis.settings.register_profile("project", deadline=None, phases=PHASES)
hypothesis.settings.load_profile("project")

METHODS = (responses.GET, responses.POST, responses.PUT, responses.PATCH, responses.DELETE, responses.HEAD)


def pytest_collection_finish() -> None:
    """Thousands of tests are no garbage: looking through them again and again took a fifteenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What a worker saw of Logto's endpoints."""
    witness.seen.update(node.workeroutput.get("seen", ()))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything is installed, as in CI, a skipped test is a failure; and so is an answer that no test saw."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["seen"] = sorted(witness.seen)
        return
    if not exitstatus and witness.is_judged(session.config) and witness.verdict(witness.seen)[2]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("FAIL_ON_SKIP") and reporter and reporter.stats.get("skipped") and not exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    if not witness.seen or not witness.is_judged(config):
        return
    words, missing, _is_failure = witness.verdict(witness.seen)
    terminalreporter.write_line(f"Logto's contract: {words}")
    for one in missing:
        terminalreporter.write_line(f"  not seen: {one}")


def carry(logto: Logto, prepared: requests.PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
    """One request of the site, answered by the sandbox without a socket."""
    parts = urlsplit(prepared.url or "")
    body = prepared.body or b""
    request = Request(
        method=prepared.method or "GET",
        path=str(parts.path),
        query=str(parts.query),
        headers={name.lower(): value for name, value in prepared.headers.items()},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )
    try:
        answer = logto.answer(request)
    except faults.HangError as error:
        raise requests.ReadTimeout("the sandbox does not answer") from error
    except faults.NoAnswerError as error:
        raise requests.ConnectionError("the sandbox is down") from error
    return answer.status, list(answer.headers), answer.body


@pytest.fixture
def logto_mock() -> Iterator[responses.RequestsMock]:
    """What requests reaches. Every address that is not the sandbox's fails the test."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
        Tenant.forget_all()


@pytest.fixture
def logto(logto_mock: responses.RequestsMock) -> Logto:
    """A fresh sandbox."""
    sandbox = Logto(settings.SITES[0].endpoint, site_url=settings.SITES[0].base_url, seed=1)

    def answer(sent: requests.PreparedRequest) -> Any:
        return carry(sandbox, sent)

    for method in METHODS:
        logto_mock.add_callback(method, re.compile(re.escape(sandbox.endpoint) + "/.*"), answer)
    return sandbox


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    """What a process keeps is not handed from test to test: tenant caches, machine tokens, the language of a thread."""
    from settings_app.signin.provider import provider_of

    Tenant.forget_all()
    provider_of.cache_clear()
    translation.deactivate()


@pytest.fixture
def ada(db: None, logto: Logto) -> Client:
    """Ada is signed in: everything filled in, a password, no second factor."""
    return client_of(logto, "ada")


@pytest.fixture
def verified_ada(db: None, logto: Logto) -> Client:
    """Ada is signed in and confirmed a moment ago that it's her."""
    return client_of(logto, "ada", verified=True)


@pytest.fixture
def empty(db: None, logto: Logto) -> Client:
    """Somebody with every optional field empty is signed in."""
    return client_of(logto, "empty")


@pytest.fixture
def amara(db: None, logto: Logto) -> Client:
    """Amara is signed in: second factors, a connected account, and an organisation that manages her work account."""
    return client_of(logto, "amara")


@pytest.fixture
def enterprise(db: None, logto: Logto) -> Client:
    """Somebody who signs in through an organisation alone is signed in."""
    return client_of(logto, "enterprise")
