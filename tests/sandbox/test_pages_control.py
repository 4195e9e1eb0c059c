"""The inbox, the control page, and the sandbox over HTTP and SMTP."""

import json
import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from typing import Any

import pytest
import requests
from django.core.management import call_command
from django.core.management.base import CommandError

from accountsite.sandbox.environment import demo_environment, port
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.mail import MailServer, deliver
from accountsite.sandbox.server import SandboxServer
from accountsite.sandbox.state import VerificationCode
from accountsite.sandbox.web import Answer, Request
from tests.sandbox.application import authorization_url, body, get, header, post


def command(logto: Logto, address: str, /, **wish: Any) -> Answer:
    sent = json.dumps(wish).encode()
    return logto.answer(Request("POST", f"/control{address}", "", {"content-type": "application/json"}, sent))


def test_a_fault_is_set_and_cleared(logto: Logto) -> None:
    command(logto, "/faults", kind="500", path="/api/*", method="GET", times=1)

    assert [get(logto, "/api/status").status for _ in range(2)] == [500, 204]

    command(logto, "/faults", kind="500")
    command(logto, "/faults/clear")

    assert get(logto, "/api/status").status == 204


def test_the_control_page_never_breaks(logto: Logto) -> None:
    command(logto, "/faults", kind="500")

    assert get(logto, "/").status == 500
    assert get(logto, "/control").status == 200
    assert get(logto, "/inbox").status == 200


def test_an_unknown_fault_is_refused(logto: Logto) -> None:
    assert command(logto, "/faults", kind="nope").status == 400


def test_a_person_is_suspended_and_let_in_again(logto: Logto) -> None:
    logto.authorize("ada", authorization_url(logto))

    command(logto, "/people/ada/suspend")

    ada = logto.state.person("ada")
    assert ada.user["isSuspended"] is True
    assert not any(session.account_id == ada.id for session in logto.state.sessions.values())

    command(logto, "/people/ada/unsuspend")

    assert logto.state.person("ada").user["isSuspended"] is False


def test_a_person_is_deleted_and_brought_back(logto: Logto) -> None:
    command(logto, "/people/ada/delete")

    with pytest.raises(KeyError):
        logto.state.person("ada")
    assert b"Bring back" in get(logto, "/control").body

    command(logto, "/people/ada/restore")

    assert logto.state.person("ada").user["name"] == "Ada Winterbourne"


def test_acting_on_nobody_is_404(logto: Logto) -> None:
    assert command(logto, "/people/nobody/suspend").status == 404
    assert command(logto, "/people/ada/nothing").status == 404


def test_settings_change_by_path(logto: Logto) -> None:
    command(logto, "/settings", path="account_center.fields.name", value="ReadOnly")
    command(logto, "/settings", path="sign_in_experience.sentinelPolicy.maxAttempts", value=3)
    command(logto, "/settings", path="asset_storage_ready", value=False)

    assert logto.state.account_center["fields"]["name"] == "ReadOnly"
    assert logto.state.sign_in_experience["sentinelPolicy"] == {"maxAttempts": 3}
    assert logto.state.asset_storage_ready is False
    assert command(logto, "/settings", path="people", value=1).status == 400


def test_a_form_comes_back_to_the_page(logto: Logto) -> None:
    answer = post(logto, "/control/settings", {"path": "account_center.enabled", "value": "false"})

    assert header(answer, "location") == "/control?done=The%20tenant%20is%20changed"
    assert logto.state.account_center["enabled"] is False


def test_codes_expire_at_once(logto: Logto) -> None:
    logto.state.codes["a@b.example"] = VerificationCode("a@b.example", "123456", logto.state.now())

    command(logto, "/codes/expire")

    assert logto.state.codes["a@b.example"].created_at < logto.state.now() - 600


def test_keys_rotate(logto: Logto) -> None:
    kid = body(command(logto, "/keys", algorithm="RS256", keep_old=False))["kid"]

    assert [key["kid"] for key in body(get(logto, "/oidc/jwks"))["keys"]] == [kid]


def test_sign_ins_are_tampered_with_and_honest_again(logto: Logto) -> None:
    command(logto, "/tampering", error="access_denied")
    assert "error=access_denied" in logto.authorize("ada", authorization_url(logto))

    command(logto, "/tampering")
    assert "code=" in logto.authorize("ada", authorization_url(logto))


def test_a_test_signs_somebody_in_without_pages(logto: Logto) -> None:
    url = authorization_url(logto)

    assert "code=" in body(command(logto, "/authorize", handle="ada", url=url))["location"]
    assert command(logto, "/authorize", handle="suspended", url=url).status == 403


def test_reset_forgets_everything(logto: Logto) -> None:
    command(logto, "/people/ada/delete")

    command(logto, "/reset")

    assert logto.state.person("ada").handle == "ada"


def test_people_are_listed(logto: Logto) -> None:
    listed: list[dict[str, Any]] = json.loads(get(logto, "/control/people").body)

    assert {"ada", "amara", "heavy"} <= {person["handle"] for person in listed}


def test_every_page_answers(logto: Logto) -> None:
    statuses = [get(logto, path).status for path in ("/", "/inbox", "/inbox.json", "/control", "/sandbox.css")]

    assert statuses == [200] * 5


def test_posted_mail_lands_in_the_inbox_newest_first(logto: Logto) -> None:
    raw = b"To: ada@winterbourne.example\r\nSubject: Code\r\n\r\nYour code is 123456.\r\n"
    logto.answer(Request("POST", "/inbox/mail", "", {}, raw))
    sent = json.dumps({"address": "b@x.example", "text": "hello"}).encode()
    logto.answer(Request("POST", "/inbox/mail", "", {"content-type": "application/json"}, sent))

    listed: list[dict[str, Any]] = json.loads(get(logto, "/inbox.json").body)

    assert [message["address"] for message in listed] == ["b@x.example", "ada@winterbourne.example"]
    assert listed[1]["code"] == "123456"
    assert set(listed[0]) == {"kind", "address", "code", "subject", "text", "html", "sent_at"}
    assert json.loads(get(logto, "/inbox.json?address=b@x.example").body) == listed[:1]


def test_the_inbox_shows_text_as_text(logto: Logto) -> None:
    sent = json.dumps({"address": "b@x.example", "text": "<script>alert(1)</script>"}).encode()
    logto.answer(Request("POST", "/inbox/mail", "", {"content-type": "application/json"}, sent))

    assert b"<script>" not in get(logto, "/inbox").body


@pytest.fixture
def served() -> Iterator[SandboxServer]:
    """A sandbox over HTTP on a free port."""
    server = SandboxServer(Logto("http://localhost"), 0)
    server.start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_server_carries_answers(served: SandboxServer) -> None:
    answer = requests.get(f"http://127.0.0.1:{served.server_port}/oidc/jwks", timeout=5)

    assert answer.status_code == 200
    assert answer.json()["keys"]


def test_the_server_listens_on_loopback_only(served: SandboxServer) -> None:
    assert served.server_address[0] == "127.0.0.1"


def test_a_broken_connection_reaches_the_client(served: SandboxServer) -> None:
    served.logto.faults.add("reset")

    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{served.server_port}/api/status", timeout=5)


def test_mail_by_smtp_lands_in_the_inbox() -> None:
    logto = Logto()
    server = MailServer(logto, 0)
    server.start()
    letter = EmailMessage()
    letter["To"] = "Ada <ada@winterbourne.example>, b@x.example"
    letter["Subject"] = "Your code"
    letter.set_content("Your code is 654321.\n.\nÅse")

    with smtplib.SMTP("127.0.0.1", server.server_address[1]) as connection:
        connection.send_message(letter, "account@fernhill.example")
    server.shutdown()
    server.server_close()

    assert [message.address for message in logto.state.inbox] == ["ada@winterbourne.example", "b@x.example"]
    assert logto.state.latest_message("b@x.example").code == "654321"
    assert "Åse" in logto.state.latest_message("b@x.example").text


def test_a_formatted_mail_is_shown_without_script(logto: Logto) -> None:
    letter = EmailMessage()
    letter["To"] = "ada@winterbourne.example"
    letter["Subject"] = "Your email has changed"
    letter.set_content("It has.")
    letter.add_alternative(
        "<html><head></head><body><script>alert(1)</script><p>It has.</p></body></html>", subtype="html"
    )
    deliver(logto, letter.as_bytes())

    page = get(logto, "/inbox").body.decode()
    assert 'src="/inbox/0/html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<script>" not in page
    frame = get(logto, "/inbox/0/html")
    policy = header(frame, "content-security-policy")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert b'<base target="_blank">' in frame.body
    assert get(logto, "/inbox/1/html").status == 404
    assert [mail["subject"] for mail in json.loads(get(logto, "/inbox.json").body)] == ["Your email has changed"]


def test_a_taken_port_is_one_sentence() -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {taken} is in use"):
            call_command("sandbox", port=taken)


def test_the_demo_talks_to_the_sandbox() -> None:
    found = demo_environment({"DEMO_PORT": "8123", "SANDBOX_PORT": "3399"})

    assert found["SITE_URL"] == "http://localhost:8123"
    assert found["LOGTO_ENDPOINT"] == "http://localhost:3399"
    assert found["EMAIL_URL"] == "smtp://127.0.0.1:3400"


@pytest.mark.parametrize("value", ["x", "0", "70000"])
def test_a_port_that_is_none_is_one_sentence(value: str) -> None:
    with pytest.raises(SystemExit, match="must be a port number"):
        port({"DEMO_PORT": value}, "DEMO_PORT", 8000)
