"""Whatever a browser, a stranger or an operator sends or writes: an answer or a sentence, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountsite.sandbox.logto import Logto
from accountsite.variables import Variables
from settings_app.models import AuditEntry
from settings_app.sites_file import read_sites
from tests.api.caller import App
from tests.api.test_every_address import BODIES, TABLE
from tests.faults.calls import Recorder
from tests.faults.judging import words_of
from tests.faults.stage import Stage, held
from tests.faults.writes import WRITES, Write
from tests.faults.wrongs import PLAYED
from tests.test_urls import ARGUMENTS, PUBLIC, RECENTLY_VERIFIED, SIGNED_IN

EXAMPLES = {"few": 8, "turn": 40, "all": 400}[PLAYED]
SETTINGS = settings(
    derandomize=PLAYED == "few",
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
API_ANSWERED = {201, 202, 406, 412, 415, 422, 428}
ANSWERED = {200, 204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 413, 429, 502, 503}
NAMES = (
    *("q", "page", "before", "since", "until", "kind", "next", "reason", "identifier", "passkey", "token", "state"),
    *("reloads", "changed", "first", "redirect", "show_success", "return_to", "app", "frame", "error", "code", "iss"),
    *("ui_locales", "domain", "closed", "session_state", "error_description"),
)
HEADERS = (
    *("Accept-Language", "User-Agent", "X-Forwarded-For", "X-Request-ID", "HX-Request", "HX-Target", "HX-Current-URL"),
    *("HX-History-Restore-Request", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Origin", "Referer", "Cookie", "Range"),
    *("If-None-Match", "If-Match", "Accept", "Accept-Encoding", "Authorization", "Content-Type", "Forwarded"),
)
ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "\x00",
            "\u202e",
            "\u200b",
            "../../etc/passwd",
            "//evil.example",
            "https://evil.example/",
            "javascript:x",
        ),
        *("0", "-1", "9" * 400, "1e999", "NaN", "9999-99-99", "0001-01-01", "2026-02-30", "true", "null", "[]", "%00"),
        *("en;q=x", "*", "de-DE,;q=,,", "x" * 5000, "bytes=0-,1-", "1.2.3.4, ::ffff:1", "[::1", "٣", "1" * 5000),
    ]
)
TEXT = ODD | st.text(max_size=40)
LATIN = TEXT.map(lambda text: "".join(letter for letter in text if letter not in "\r\n").encode().decode("latin-1"))
OPENED = sorted((PUBLIC | SIGNED_IN | RECENTLY_VERIFIED) - {"sign_out"})
CHANGES = [write for write in WRITES if not write.leads_back]
SOME = 12 if PLAYED == "few" else 3  # each so many of them


def opened(client: Client, name: str, query: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
    answer: Any = client.get(reverse(name, kwargs=ARGUMENTS.get(name)), query, headers=headers)
    return answer.status_code, "" if answer.streaming else words_of(answer)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(4))
def test_any_parameter_and_any_header_get_an_answer_and_the_same_one_twice(
    verified_ada: Client, logto: Logto, recorder: Recorder, part: int
) -> None:
    stage = Stage(logto, verified_ada)

    @SETTINGS
    @given(
        st.sampled_from(OPENED[part::4]),
        st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=3),
        st.dictionaries(st.sampled_from(HEADERS), LATIN, max_size=2),
    )
    def play(name: str, query: dict[str, str], headers: dict[str, str]) -> None:
        shown = []
        for _time in range(2):
            with stage.play(changes=False):
                shown.append(opened(verified_ada, name, query, headers))
        assert shown[0][0] in ANSWERED
        assert shown[0] == shown[1]

    play()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("write", CHANGES if PLAYED == "all" else CHANGES[::SOME], ids=lambda write: write.id)
def test_any_form_is_done_or_refused(db: None, logto: Logto, recorder: Recorder, write: Write) -> None:
    with write.page.on_its_site():
        any_values(logto, write)


def any_values(logto: Logto, write: Write) -> None:
    client, path, values = write.arrive(logto)
    stage, known, before = Stage(logto, client), AuditEntry.objects.count(), held(logto.state)
    names = sorted({*values, *write.typed, "sign_out_others", "next"})

    @settings(SETTINGS, max_examples=max(EXAMPLES // 2, 3))
    @given(st.dictionaries(st.sampled_from(names), TEXT | st.lists(TEXT, max_size=2), max_size=4))
    def play(changed: dict[str, Any]) -> None:
        with stage.play():
            answer = write.send(client, path, {**values, **changed})
            assert answer.status_code in ANSWERED
            ends = {row.outcome for row in AuditEntry.objects.order_by("id")[known:]}
            assert AuditEntry.Outcome.STARTED not in ends
            assert held(logto.state) == before or AuditEntry.Outcome.DONE in ends

    play()


@pytest.mark.parametrize("name", ["webhooks_logto", "sign_out_backchannel", "time_zone", "theme"])
def test_any_body_of_a_stranger_gets_an_answer_and_changes_nothing(
    db: None, client: Client, logto: Logto, recorder: Recorder, name: str
) -> None:
    stage, before = Stage(logto, client), held(logto.state)
    kinds = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""]

    @SETTINGS
    @given(
        st.binary(max_size=200) | TEXT.map(lambda text: f"logout_token={text}".encode("utf-8", "replace")),
        st.sampled_from(kinds),
        st.dictionaries(st.sampled_from([*HEADERS[:-2], "Logto-Signature-Sha-256"]), LATIN, max_size=2),
    )
    def play(body: bytes, kind: str, headers: dict[str, str]) -> None:
        shown = []
        for _time in range(2):
            with stage.play(changes=False):
                answer = client.generic("POST", reverse(name), body, kind, headers=headers)
                shown.append(answer.status_code)
                assert held(logto.state) == before
        assert shown[0] in ANSWERED
        assert shown[0] == shown[1]

    play()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
API_HEADERS = ("If-Match", "If-None-Match", "Idempotency-Key", "Accept-Language", "Origin", "Content-Type", "Accept")


@pytest.mark.timeout(1800)
def test_any_call_of_the_api_is_answered_with_a_code_and_done_or_refused(
    db: None, logto: Logto, recorder: Recorder
) -> None:
    app = App(logto, "ada")
    stage, known, before = Stage(logto, app.client), AuditEntry.objects.count(), held(logto.state)
    names = sorted({name for body in BODIES.values() for name in body} | {"for", "id", "name", "profile", "redirect"})

    @SETTINGS
    @given(
        st.sampled_from(sorted(TABLE)),
        JSON | st.dictionaries(st.sampled_from(names), JSON, max_size=3),
        st.dictionaries(st.sampled_from(API_HEADERS), LATIN, max_size=2),
    )
    def play(called: str, body: Any, headers: dict[str, str]) -> None:
        method, _space, path = called.partition(" ")
        path = path.removeprefix("/api").format(id="rowingclub01", target="github")
        told = (BODIES.get(called, {}) | body) if isinstance(body, dict) else body
        with stage.play():
            answer = app.call(method, path, told, **{"If-Match": "*"} | headers)
            ends = {row.outcome for row in AuditEntry.objects.order_by("id")[known:]}
            assert answer.status_code in ANSWERED | API_ANSWERED
            assert answer.status_code < 400 or answer.json()["code"]
            assert AuditEntry.Outcome.STARTED not in ends
            assert held(logto.state) == before or AuditEntry.Outcome.DONE in ends

    play()


KEYS = st.sampled_from(
    ["base_url", "endpoint", "app_id", "app_secret", "m2m_app_id", "m2m_app_secret", "return_to", "brand", "languages"]
) | st.text("abc_", max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@SETTINGS
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"[[site]]\n{text}".encode("utf-8", "replace")))
def test_any_file_of_sites_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("sites") / "sites.toml"
    file.write_bytes(content)
    sites, problems = read_sites({}, str(file))
    assert sites or problems
    assert read_sites({}, str(file)) == (sites, problems)
    assert all("\n" not in problem for problem in problems)


@SETTINGS
@given(st.dictionaries(KEYS, VALUES, max_size=12))
def test_any_values_of_the_one_site_are_taken_or_told(values: dict[str, Any]) -> None:
    sites, problems = read_sites(values, "")
    assert bool(sites) != bool(problems)
    assert read_sites(values, "")[1] == problems


@SETTINGS
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_environment_file_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    file = Path(tmp_path_factory.mktemp("environment") / "env")
    file.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    kept = dict(os.environ)
    os.environ["ENV_FILE"] = str(file)
    try:
        variables = Variables(file)
        for name in ("SITE_URL", "DEBUG", "TRUSTED_PROXIES"):
            assert isinstance(variables.text(name), str)
        assert isinstance(variables.switch("DEBUG", default=False), bool)
        assert isinstance(variables.number("TRUSTED_PROXIES", 0), int)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    assert variables.path == file
