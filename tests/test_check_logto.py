"""`manage.py check_logto` finds what is wrong with a tenant, and says how to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant
from settings_app.models import Heartbeat
from settings_app.safeguards import heartbeats


def printed(**options: str) -> str:
    out = StringIO()
    call_command("check_logto", stdout=out, **options)
    return out.getvalue()


def complaint() -> tuple[str, str]:
    """What is printed and the last sentence of a run that ends with exit status 1."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("check_logto", stdout=out)
    return out.getvalue(), str(error.value)


def registration(logto: Logto) -> dict[str, object]:
    application = logto.state.applications[settings.SITES[0].app_id]
    metadata = application["oidcClientMetadata"]
    assert isinstance(metadata, dict)
    return metadata


@pytest.fixture(autouse=True)
def _mails_are_sent(db: None) -> None:
    heartbeats.beat(heartbeats.MAILS)


def test_a_complete_tenant_has_nothing_to_mend(logto: Logto) -> None:
    text = printed()
    assert "Everything this site needs is in place." in text
    assert "wrong" not in text


def test_a_brand_without_a_name_is_told(logto: Logto, settings: Settings) -> None:
    assert "Account account" not in printed()
    settings.SITES = (replace(settings.SITES[0], brand=replace(settings.SITES[0].brand, name="Account")),)
    assert "speak of “your Account account”" in printed()


def test_an_api_that_logto_gives_no_tokens_for_is_told(logto: Logto, settings: Settings) -> None:
    assert "The account settings API is on, for tokens for http://testserver/api." in printed()
    resource = logto.state.resources["accountsettingsapi001"]
    resource["scopes"].pop()
    assert "The tenant has the API http://testserver/api without account:security." in complaint()[0]
    del logto.state.resources["accountsettingsapi001"]
    assert "The tenant has no API http://testserver/api." in complaint()[0]
    settings.SITES = (replace(settings.SITES[0], api_enabled=False),)
    assert "account settings API" not in printed()


def test_a_webhook_that_is_missing_wrong_or_incomplete_is_told(logto: Logto, settings: Settings) -> None:
    assert "A webhook leads to http://testserver/webhooks/logto/, and its key is known." in printed()
    hook = next(iter(logto.state.hooks.values()))
    hook["events"].remove("PostSignIn")
    assert "The webhook does not tell of PostSignIn." in printed()
    hook["enabled"] = False
    assert "The webhook is switched off." in printed()
    settings.SITES = (replace(settings.SITES[0], webhook_keys=("another",)),)
    text, _last = complaint()
    assert "it does not know its signing key" in text
    logto.state.hooks.clear()
    assert "No webhook leads to http://testserver/webhooks/logto/" in printed()


def test_a_log_that_may_not_be_read_is_told(logto: Logto, settings: Settings) -> None:
    assert "Logto’s log can be read" in printed()
    logto.faults.add("500", path="/api/logs")
    text, _last = complaint()
    assert "Logto did not answer as expected: GET /api/logs" in text
    settings.SITES = (replace(settings.SITES[0], new_device_alerts=False),)
    assert "NEW_DEVICE_ALERTS is off" in printed()


def test_an_unreachable_tenant_is_told_first(logto: Logto) -> None:
    logto.faults.add("refused")
    text, last = complaint()
    assert "OpenID configuration cannot be used" in text
    assert last == "1 thing must be mended."


def test_an_unregistered_redirect_address_is_told_with_the_address_to_add(logto: Logto) -> None:
    registration(logto)["redirectUris"] = ["https://elsewhere.example/callback"]
    text, _ = complaint()
    assert "Redirect URI http://testserver/sign-in/callback/ is not registered." in text


def test_a_machine_without_its_role_is_told(logto: Logto) -> None:
    logto.state.application_roles[settings.SITES[0].m2m_app_id] = []
    text, _ = complaint()
    assert "permission `all`" in text


def test_a_wrong_application_id_is_told(logto: Logto) -> None:
    del logto.state.applications[settings.SITES[0].app_id]
    text, _ = complaint()
    assert "There is no application" in text


def test_back_channel_logout_without_session_id_is_told(logto: Logto) -> None:
    registration(logto)["backchannelLogoutSessionRequired"] = False
    text, _ = complaint()
    assert "without the session id" in text


def test_a_missing_mail_connector_is_told(logto: Logto) -> None:
    connectors = logto.state.connectors
    for name in [name for name, connector in connectors.items() if connector["type"] == "Email"]:
        del connectors[name]
    text, _ = complaint()
    assert "No connector sends mail." in text


def test_connectors_that_cannot_be_linked_are_listed(logto: Logto) -> None:
    assert "Apple cannot be linked through the Management API." in printed()


def test_an_account_center_that_is_off_is_a_note(logto: Logto) -> None:
    logto.state.account_center["enabled"] = False
    assert "account center is off" in printed()


def test_that_nobody_has_ever_sent_mails_is_told(logto: Logto) -> None:
    Heartbeat.objects.all().delete()
    text, last = complaint()
    assert "wrong  Nobody has ever sent mails." in text
    assert last == "1 thing must be mended."


def test_that_nobody_sends_mails_any_more_is_told(logto: Logto) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert "wrong  Nobody has sent mails since" in complaint()[0]


def test_a_mail_server_that_cannot_be_reached_is_told(logto: Logto) -> None:
    heartbeats.beat(heartbeats.MAILS, "ConnectionRefusedError")
    assert "wrong  The mail server cannot be reached (ConnectionRefusedError)." in complaint()[0]


def test_an_address_for_the_back_button_is_recommended(logto: Logto) -> None:
    assert "note   The back button after a sign-in meets" in printed()
    Tenant.forget_all()
    logto.state.sign_in_experience["unknownSessionRedirectUrl"] = "http://testserver"
    assert "ok     The back button after a sign-in leads on" in printed()


@pytest.fixture
def _logto_over_plain_http(settings: Settings) -> None:
    """Its pretend providers stand beside it, so their addresses are no https ones either."""
    settings.SITES = (replace(settings.SITES[0], endpoint="http://logto.example"),)


@pytest.mark.usefixtures("_logto_over_plain_http")
def test_a_provider_whose_address_will_be_refused_is_told(logto: Logto) -> None:
    text, _ = complaint()
    assert "cannot be connected here: its address http://logto.example is refused." in text
    assert "GitHub can be linked." not in text


def test_who_may_open_the_admin_area_is_told(logto: Logto) -> None:
    assert "ok     The role account-admin opens the admin area to admin00000ab." in printed()
    Tenant.forget_all()
    logto.state.id_token_config["enabledExtendedClaims"] = []
    assert "wrong  ID tokens do not tell the roles" in complaint()[0]
    logto.state.person("admin").role_ids = []
    assert "note   Nobody has the role account-admin." in printed()
    del logto.state.roles["roleaccountadmin00001"]
    assert "note   There is no role account-admin" in printed()


def test_what_administrators_may_do_is_told_and_whether_enough_can_approve(logto: Logto, settings: Settings) -> None:
    assert "Administrators may" not in printed()
    bare = settings.SITES[0]
    settings.SITES = (replace(bare, help_suspends=True, help_removes_factors=True),)
    told = printed()
    assert (
        "ok     Administrators may suspend and restore accounts (HELP_SUSPENDS), remove lost second steps after 24 h"
        in told
    )
    assert "note   One administrator alone can have a second step removed." in told
    settings.SITES = (replace(bare, help_removes_factors=True, help_needs_second_admin=True),)
    assert "only when two administrators agree, and there are 1." in complaint()[0]
    logto.state.person("ada").role_ids = ["roleaccountadmin00001"]
    assert "two administrators agree" not in printed()


def test_only_the_named_site_is_checked(logto: Logto) -> None:
    with pytest.raises(CommandError, match=r"No site answers on other\.example"):
        printed(site="other.example")


def test_each_run_asks_anew(logto: Logto) -> None:
    assert "account center decides" in printed()
    Tenant.forget_all()
    logto.state.account_center["enabled"] = False
    assert "account center is off" in printed()
