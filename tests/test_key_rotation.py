"""A new SECRET_KEY, in the steps of docs/operating.md: whatever waits goes on, whichever process meets it.

During each step some processes have it behind them and others before them, so that what either made the other must
know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from accountsite.variables import Variables
from settings_app.following import Following
from settings_app.mails import outbox
from settings_app.models import DeletionRequest, Notice
from settings_app.safeguards import deletion, limits, waiting_secrets
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit, Scope
from settings_app.safeguards.perform import perform
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking
from tests.signin import ways
from tests.taking_over import change_email, links, press

__all__ = ["asking"]

OLD, NEW = (f"the {name} key, invented for this test and as long as it has to be" for name in ("old", "new"))
# The key that makes, and those that are known besides; in the order of the steps.
STEPS: tuple[tuple[str, list[str]], ...] = ((OLD, []), (OLD, [NEW]), (NEW, [OLD]), (NEW, []))
OLD_IN_FILE, NEW_IN_FILE = (key.replace(",", "") for key in (OLD, NEW))  # keys in a file are told apart by commas
EMAIL = "ada@winterbourne.example"

Set = Callable[[int], None]


@pytest.fixture
def be(settings: Settings) -> Set:
    """`be(1)`: a process that has taken the first step."""

    def taken(step: int) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = STEPS[step]

    return taken


@pytest.fixture(
    params=[(0, 1), (1, 0), (1, 2), (2, 1), (2, 3)], ids=lambda pair: f"made at {pair[0]}, met at {pair[1]}"
)
def meeting(request: pytest.FixtureRequest, be: Set) -> tuple[int, int]:
    """The step at which something is made, and the one at which another process meets it."""
    pair: tuple[int, int] = request.param
    be(pair[0])
    return pair


def test_a_session_goes_on(meeting: tuple[int, int], be: Set, logto: Logto, db: None) -> None:
    ada = client_of(logto, "ada", verified=True)
    be(meeting[1])
    assert ada.get("/").status_code == 200
    assert ada.get("/password/change/").status_code == 200  # confirmed a moment ago, still
    be(meeting[0])
    assert ada.get("/").status_code == 200


def test_a_sign_in_that_was_begun_ends(
    meeting: tuple[int, int], be: Set, logto: Logto, client: Client, db: None
) -> None:
    address = ways.begin(client, "/profile/")
    be(meeting[1])
    assert ways.come_back(client, logto, "ada", address)["Location"] == "/profile/"
    assert client.get("/").status_code == 200


def test_a_code_that_was_sent_is_taken(meeting: tuple[int, int], be: Set, logto: Logto, db: None) -> None:
    ada = client_of(logto, "ada", verified=True)
    ada.post("/email/change/", {"email": "ada@new.example"})
    message = logto.state.latest_message("ada@new.example")
    assert message is not None
    be(meeting[1])
    assert "ada@new.example" in ada.get("/email/confirm/").content.decode()
    ada.post("/email/confirm/", {"code": message.code})
    assert logto.state.person("ada").user["primaryEmail"] == "ada@new.example"


def test_the_tries_of_a_code_go_on_being_counted(meeting: tuple[int, int], be: Set, logto: Logto, db: None) -> None:
    ada = client_of(logto, "ada", verified=True)
    ada.post("/email/change/", {"email": "ada@new.example"})
    message = logto.state.latest_message("ada@new.example")
    assert message is not None
    wrong = f"{(int(message.code) + 1) % 1_000_000:06d}"
    for step in (meeting[0], meeting[1], meeting[1], meeting[0], meeting[1]):
        be(step)
        ada.post("/email/confirm/", {"code": wrong})
    ada.post("/email/confirm/", {"code": message.code})
    assert logto.state.person("ada").user["primaryEmail"] == EMAIL


def test_the_secret_of_an_authenticator_waits(meeting: tuple[int, int], be: Set, asking: Asking) -> None:
    actor = asking("ada")
    waiting_secrets.keep(actor, "add", "JBSWY3DPEHPK3PXP")
    be(meeting[1])
    assert waiting_secrets.look(actor, "add") == "JBSWY3DPEHPK3PXP"
    assert waiting_secrets.take(actor, "add") == "JBSWY3DPEHPK3PXP"
    be(meeting[0])
    assert waiting_secrets.take(actor, "add") is None  # once


def test_an_undo_link_works_once(meeting: tuple[int, int], be: Set, logto: Logto, client: Client, db: None) -> None:
    change_email(client_of(logto, "ada", verified=True), logto, "mallory@mail.example")
    (link,) = links(EMAIL)
    be(meeting[1])
    press(client, link)
    assert logto.state.person("ada").user["primaryEmail"] == EMAIL
    be(meeting[0])
    logto.state.person("ada").user["primaryEmail"] = "ada@new.example"
    press(client, link)
    assert logto.state.person("ada").user["primaryEmail"] == "ada@new.example"


def test_a_mail_that_waits_is_sent(meeting: tuple[int, int], be: Set, logto: Logto, db: None) -> None:
    client_of(logto, "ada", verified=True).post("/username/change/", {"username": "countess"})
    be(meeting[1])
    assert outbox.send_due() == 1
    assert mail.outbox[0].to == [EMAIL]
    assert Notice.objects.get().state == Notice.State.SENT


def test_an_account_that_waits_to_be_deleted_can_be_kept(
    meeting: tuple[int, int], be: Set, asking: Asking, client: Client, settings: Settings
) -> None:
    settings.SITES = (replace(settings.SITES[0], deletion_grace_days=7),)
    perform(asking("ada"), Change.DELETION_ASKED, deletion.ask)
    be(meeting[1])
    outbox.send_due()
    (link,) = re.findall(r"http://testserver/delete/keep/\?token=(\S+)", str(mail.outbox[0].body))
    be(meeting[0])
    client.post("/delete/keep/", {"token": unquote(link)})
    assert DeletionRequest.objects.get().state == "kept"


def test_a_limit_begins_anew_once_and_not_at_every_step(be: Set, db: None) -> None:
    """Counts are kept under the key that makes; the guide says so."""
    taken = []
    for step in (0, 1, 2, 3):
        be(step)
        taken.append(sum(is_let_in() for _try in range(40)))
    assert taken == [30, 0, 30, 0]


def is_let_in() -> bool:
    try:
        limits.count("tenant", Limit.UNDO, dict.fromkeys(Scope, "x"))
    except TooManyAttempts:
        return False
    return True


def test_without_the_steps_a_new_key_signs_everybody_out(be: Set, logto: Logto, db: None) -> None:
    """What the guide says happens; were it not so, the steps would prove nothing."""
    be(0)
    ada = client_of(logto, "ada")
    be(3)
    assert ada.get("/")["Location"].startswith("/sign-in/")


@pytest.fixture
def key_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """The folder of an ENV_FILE and of the file that it names for its key, as they were at the start of a process."""
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        monkeypatch.setenv(name, "")  # given back at the end, whatever the file says meanwhile
        monkeypatch.delenv(name)
    (tmp_path / "key").write_text(OLD_IN_FILE, encoding="utf-8")
    (tmp_path / "env").write_text(f"SECRET_KEY=file:{tmp_path}/key\n", encoding="utf-8")
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "env"))
    variables = Variables(tmp_path / "unused")
    settings.KEYS_AGAIN, settings.ENV_PATHS = variables.keys_again, variables.paths
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = variables.keys_again()
    assert settings.SECRET_KEY == OLD_IN_FILE
    return tmp_path


def test_the_mail_loop_follows_the_keys_as_they_are_written(key_files: Path, settings: Settings) -> None:
    """A process that runs on through both steps."""
    following = Following()
    (key_files / "env").write_text(
        f"SECRET_KEY=file:{key_files}/key\nSECRET_KEY_FALLBACKS={NEW_IN_FILE}\n", encoding="utf-8"
    )
    following.look()
    assert (settings.SECRET_KEY, NEW_IN_FILE in settings.SECRET_KEY_FALLBACKS) == (OLD_IN_FILE, True)
    (key_files / "env").write_text(
        f"SECRET_KEY=file:{key_files}/key\nSECRET_KEY_FALLBACKS={OLD_IN_FILE}\n", encoding="utf-8"
    )
    (key_files / "key").write_text(NEW_IN_FILE, encoding="utf-8")
    following.look()
    assert (settings.SECRET_KEY, OLD_IN_FILE in settings.SECRET_KEY_FALLBACKS) == (NEW_IN_FILE, True)


def test_a_key_that_cannot_be_read_changes_nothing(key_files: Path, settings: Settings) -> None:
    following = Following()
    (key_files / "key").unlink()
    following.look()
    assert settings.SECRET_KEY == OLD_IN_FILE


def test_the_mail_loop_follows_a_key_whose_own_file_alone_is_written(key_files: Path, settings: Settings) -> None:
    following = Following()
    (key_files / "key").write_text(NEW_IN_FILE, encoding="utf-8")
    following.look()
    assert settings.SECRET_KEY == NEW_IN_FILE


def test_the_guide_gives_these_steps() -> None:
    guide = (Path(__file__).resolve().parent.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    assert "1. the new key into `SECRET_KEY_FALLBACKS`, reload everywhere;" in guide
    assert "2. the new key into `SECRET_KEY` and the old one into `SECRET_KEY_FALLBACKS`" in guide
    assert "Take the old one out after four days" in guide
