"""What is told to whoever watches: traffic goes by /readyz, people are called by /statusz."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone

from settings_app.mails import outbox
from settings_app.models import Notice
from settings_app.safeguards import heartbeats, retention

SMTP = "django.core.mail.backends.smtp.EmailBackend"
MIGRATIONS = Path(__file__).resolve().parent.parent / "settings_app" / "migrations"


def a_mail(*, minutes_ago: float, attempts: int = 0, trouble: str = "", due_in: float = 0) -> Notice:
    made = timezone.now() - timedelta(minutes=minutes_ago)
    return Notice.objects.create(
        site="testserver",
        subject="x",
        change="password-changed",
        sealed="what nobody here can open",
        state=Notice.State.DONE,
        made_at=made,
        due_at=timezone.now() + timedelta(minutes=due_in) if due_in else made,
        attempts=attempts,
        trouble=trouble,
    )


def status(client: Client) -> tuple[int, str]:
    answer = client.get("/statusz")
    return answer.status_code, answer.content.decode()


@pytest.fixture
def _all_goes_round(db: None) -> None:
    heartbeats.beat(heartbeats.MAILS)
    retention.delete_old()


@pytest.mark.usefixtures("_all_goes_round")
def test_all_is_well(client: Client) -> None:
    code, text = status(client)
    assert code == 200
    assert [line[:3] for line in text.splitlines()] == ["ok "] * 6


@pytest.mark.usefixtures("_all_goes_round")
def test_no_mail_takes_a_machine_out(client: Client) -> None:
    a_mail(minutes_ago=600, attempts=9, trouble="recipient.refused 452")
    a_mail(minutes_ago=600)
    assert client.get("/readyz").status_code == 200


@pytest.mark.usefixtures("_all_goes_round")
def test_one_mailbox_calls_nobody(client: Client) -> None:
    a_mail(minutes_ago=600, attempts=9, trouble="recipient.refused 452", due_in=20)
    code, text = status(client)
    assert code == 200
    assert "ok   mails: 1 wait because of recipient.refused 452\n" in text


@pytest.mark.usefixtures("_all_goes_round")
def test_a_mail_that_nobody_has_tried_for_five_minutes_is_told(client: Client) -> None:
    a_mail(minutes_ago=4.9)
    assert status(client)[0] == 200
    a_mail(minutes_ago=5.1)
    code, text = status(client)
    assert code == 503
    assert "bad  mails: 2 wait, 1 for more than 5 minutes, 1 of them untried\n" in text


@pytest.mark.usefixtures("_all_goes_round")
@pytest.mark.parametrize("trouble", ["site.unknown", "key.gone", "sender.refused 553"])
def test_what_only_the_operator_can_mend_is_told(client: Client, trouble: str) -> None:
    a_mail(minutes_ago=6, attempts=3, trouble=trouble)
    code, text = status(client)
    assert code == 503
    assert f"bad  mails: 1 wait because of {trouble}\n" in text


@pytest.mark.usefixtures("_all_goes_round")
def test_a_mail_loop_that_has_stopped_is_told_though_no_mail_waits(client: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        assert "bad  mail loop: went round 301 s ago" in status(client)[1]
        outbox.send_due()
        assert status(client)[0] == 200


def test_a_mail_loop_that_never_ran_is_told(db: None, client: Client) -> None:
    code, text = status(client)
    assert code == 503
    assert "bad  mail loop: has never run\n" in text
    assert "bad  retention: has never run\n" in text


@pytest.mark.usefixtures("_all_goes_round")
def test_a_mail_server_that_cannot_be_reached_is_told(client: Client) -> None:
    a_mail(minutes_ago=0)
    with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9):
        outbox.send_due()
    assert "bad  mail server: cannot be reached (ConnectionRefusedError)\n" in status(client)[1]


@pytest.mark.usefixtures("_all_goes_round")
def test_retention_that_has_stopped_is_told(client: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=26)):
        outbox.send_due()
        assert "bad  retention: finished 26.0 h ago\n" in status(client)[1]


def test_a_migration_that_this_code_needs_takes_the_machine_out(db: None, client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("settings_app", "0002_safeguards")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations\n")


def test_a_newer_migration_in_the_database_does_not(db: None, client: Client) -> None:
    MigrationRecorder(connection).record_applied("settings_app", "0999_newer")
    assert client.get("/readyz").status_code == 200


def test_a_newer_migration_on_disk_does_not(db: None, client: Client) -> None:
    """As after `git pull`, while the processes still run what was there before."""
    newer = MIGRATIONS / "0999_newer_of_a_test.py"
    newer.write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n"
    )
    try:
        assert client.get("/readyz").status_code == 200
    finally:
        newer.unlink()


@pytest.mark.parametrize("path", ["/readyz", "/statusz"])
def test_a_database_that_is_not_migrated_is_told_in_a_word(transactional_db: None, client: Client, path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE settings_app_heartbeat RENAME TO elsewhere")
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere_too")
    try:
        answer = client.get(path)
        assert answer.status_code == 503
        assert b"Traceback" not in answer.content
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO settings_app_heartbeat")
            cursor.execute("ALTER TABLE elsewhere_too RENAME TO django_migrations")
