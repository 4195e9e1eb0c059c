"""`manage.py check_logto` finds what is wrong with a tenant, and says how to mend it."""

from __future__ import annotations

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant


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


def test_a_complete_tenant_has_nothing_to_mend(logto: Logto) -> None:
    text = printed()
    assert "Everything this site needs is in place." in text
    assert "wrong" not in text


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


def test_only_the_named_site_is_checked(logto: Logto) -> None:
    with pytest.raises(CommandError, match=r"No site answers on other\.example"):
        printed(site="other.example")


def test_each_run_asks_anew(logto: Logto) -> None:
    assert "account center decides" in printed()
    Tenant.forget_all()
    logto.state.account_center["enabled"] = False
    assert "account center is off" in printed()
