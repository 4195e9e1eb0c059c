"""Security alerts: emails about new devices, and where else everything is told."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.test import Client, override_settings

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry
from settings_app.safeguards import alert_settings
from tests.people import client_of
from tests.taking_over import mails

ADA = "ada@winterbourne.example"


def wants(logto: Logto, handle: str = "ada") -> bool:
    return alert_settings.wants_new_devices(settings.SITES[0].tenant, logto.state.person(handle).id)


def test_new_devices_are_told_until_somebody_turns_that_off_for_themselves(verified_ada: Client, logto: Logto) -> None:
    assert "We email you when one signs in" in verified_ada.get("/security/").content.decode()
    assert verified_ada.post("/alerts/new-devices/turn-off/")["Location"] == "/security/"
    assert (wants(logto), wants(logto, "amara")) == (False, True)
    page = verified_ada.get("/security/").content.decode()
    assert "We don’t email you when one signs in" in page
    assert "/alerts/new-devices/turn-on/" in page
    assert verified_ada.post("/alerts/new-devices/turn-on/")["Location"] == "/security/"
    assert wants(logto)


def test_who_has_no_address_is_not_told_that_we_email_them(ada: Client, logto: Logto) -> None:
    always = "We always email you about changes"
    shown = ada.get("/security/").content.decode(), client_of(logto, "social").get("/security/").content.decode()
    assert [(always in page, "Add an email first." in page) for page in shown] == [(True, False), (False, True)]
    one, off = "We email you when one signs in", "/alerts/new-devices/turn-off/"
    assert [(one in page, off in page) for page in shown] == [(True, True), (False, False)]


def test_turning_it_off_is_audited_and_announced(verified_ada: Client) -> None:
    verified_ada.post("/alerts/new-devices/turn-off/")
    assert AuditEntry.objects.get(change="device-alerts-off").outcome == "done"
    (body,) = mails()[ADA]
    assert "Emails about new devices were turned off for your account" in body


def test_a_second_press_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    second = client_of(logto, "ada", verified=True, binding="second tab")
    for client in (verified_ada, second):
        assert client.post("/alerts/new-devices/turn-off/")["Location"] == "/security/"
    assert AuditEntry.objects.filter(change="device-alerts-off").count() == 1


def test_there_is_no_row_where_the_operator_has_switched_it_off(verified_ada: Client) -> None:
    with override_settings(SITES=(replace(settings.SITES[0], new_device_alerts=False),)):
        assert "New devices" not in verified_ada.get("/security/").content.decode()
