"""Every operation against the embedded Logto: what it then holds is what was asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from django.conf import settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import SITE_APP_ID
from accountsite.sandbox.seed_people import PASSWORD, add_grant, add_person, add_session
from settings_app.logto.account import Account
from settings_app.logto.errors import Misconfigured, NotFound, Refused, TooManyRequests, Unavailable
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import FieldPolicy

CALLBACK = "http://testserver/connections/callback/"


@pytest.fixture
def tenant(logto: Logto) -> Tenant:
    return Tenant.of(settings.SITES[0])


@pytest.fixture
def account(logto: Logto, tenant: Tenant) -> Account:
    return tenant.account(logto.state.person("ada").id)


def test_everybody_can_be_read(logto: Logto, tenant: Tenant) -> None:
    read = [tenant.account(person.id).person() for person in logto.state.people.values()]
    assert all(person.display_name and person.created_at for person in read)
    assert [person.id for person in read if person.is_suspended] == [logto.state.person("suspended").id]
    assert tenant.account(logto.state.person("enterprise").id).person().sso_identities[0].connector_id
    assert tenant.account(logto.state.person("social").id).person().identities


def test_a_deleted_person_is_not_found(tenant: Tenant) -> None:
    with pytest.raises(NotFound, match=r"entity\.not_found"):
        tenant.account("nobody000000").person()


def test_the_profile_is_merged_and_cleared(logto: Logto, account: Account) -> None:
    account.change_name("Ada 🙂")
    account.change_profile(nickname="", website="https://ada.example")
    account.change_address(locality="Bern")
    stored = logto.state.person("ada").user
    assert (stored["name"], stored["profile"]["nickname"], stored["profile"]["givenName"]) == ("Ada 🙂", "", "Ada")
    assert (stored["profile"]["address"]["locality"], stored["profile"]["address"]["region"]) == ("Bern", "Cumbria")
    account.change_name("")
    assert account.person().name == ""
    assert logto.state.person("ada").user["name"] is None


def test_the_picture_is_stored_then_worn_then_taken_off(logto: Logto, account: Account, tenant: Tenant) -> None:
    logto.state.asset_storage_ready = True
    assert tenant.storage().is_ready
    address = account.upload_picture("random.png", b"\x89PNG", "image/png")
    assert account.change_avatar(address).avatar == address
    assert account.remove_avatar().avatar == ""


def test_without_storage_an_upload_is_refused(logto: Logto, account: Account, tenant: Tenant) -> None:
    logto.state.asset_storage_ready = False
    assert not tenant.storage().is_ready
    with pytest.raises(Refused, match=r"storage\.not_configured"):
        account.upload_picture("random.png", b"\x89PNG", "image/png")


def test_custom_data_is_merged(account: Account) -> None:
    assert account.change_custom_data({"shoeSize": 40})["teamName"] == "Orchard"
    assert account.person().custom_data["shoeSize"] == 40


def test_identifiers_are_changed_and_removed(account: Account) -> None:
    assert account.change_username("ada_2").username == "ada_2"
    assert account.remove_username().username == ""
    assert account.change_email("Ada@new.example").email == "Ada@new.example"
    assert account.remove_email().email == ""
    assert account.change_phone("+44 7700 900124").phone == "447700900124"
    assert account.remove_phone().phone == ""


def test_a_value_that_is_taken_is_refused(logto: Logto, account: Account) -> None:
    add_person(
        logto.state, "bob", "bob000000000", username="bob", primaryEmail="bob@x.example", primaryPhone="41791234567"
    )
    with pytest.raises(Refused, match=r"user\.username_already_in_use"):
        account.change_username("bob")
    with pytest.raises(Refused, match=r"user\.email_already_in_use"):
        account.change_email("BOB@x.example")
    with pytest.raises(Refused, match=r"user\.phone_already_in_use"):
        account.change_phone("+41 79 123 45 67")


def test_a_code_proves_the_recipient_once(logto: Logto, account: Account) -> None:
    account.send_code("new@x.example")
    code = logto.state.latest_message("new@x.example").code
    with pytest.raises(Refused, match=r"verification_code\.code_mismatch"):
        account.check_code("new@x.example", "000000" if code != "000000" else "111111")
    account.check_code("new@x.example", code)
    with pytest.raises(Refused, match=r"verification_code\.not_found"):
        account.check_code("new@x.example", code)
    account.send_code("+44 7700 900125")
    account.check_code("447700900125", logto.state.latest_message("447700900125").code)


def test_codes_are_limited_and_need_a_connector(logto: Logto, account: Account) -> None:
    for _ in range(10):
        account.send_code("new@x.example")
    with pytest.raises(TooManyRequests, match=r"request\.message_rate_limited"):
        account.send_code("new@x.example")
    del logto.state.connectors["connectoremail0000001"]
    with pytest.raises(Refused, match=r"501 connector\.not_found"):
        account.send_code("other@x.example")


def test_the_password_is_verified_judged_and_set(logto: Logto, account: Account, tenant: Tenant) -> None:
    assert account.verify_password(PASSWORD)
    assert not account.verify_password("wrong")
    assert not tenant.account(logto.state.person("social").id).verify_password(PASSWORD)
    assert account.check_password("Quiet-harbour-77").accepted
    verdict = account.check_password("abc")
    assert not verdict.accepted
    assert ("too_short", 8) in [(issue.rule, issue.limit) for issue in verdict.issues]
    assert account.set_password("Quiet-harbour-77").has_password
    assert account.verify_password("Quiet-harbour-77")


def test_a_breach_service_out_of_reach_leaves_the_password_unjudged(logto: Logto, account: Account) -> None:
    logto.state.breach_service_reachable = False
    assert not account.check_password("Quiet-harbour-77").judged


def test_second_factors_are_added_listed_and_removed(logto: Logto, account: Account) -> None:
    with pytest.raises(Refused, match="backup_code_can_not_be_alone"):
        account.add_backup_codes()
    account.add_authenticator(pyotp.random_base32(32))
    with pytest.raises(Refused, match=r"user\.totp_already_in_use"):
        account.add_authenticator(pyotp.random_base32(32))
    codes = account.add_backup_codes()
    assert len(set(codes)) == 10
    authenticator, backup = account.factors()
    assert authenticator.is_authenticator
    assert (backup.is_backup_codes, backup.codes_left) == (True, 10)
    account.remove_factor(backup.id)
    account.remove_factor(authenticator.id)
    account.remove_factor(authenticator.id)
    assert account.factors() == ()


def test_how_the_second_step_is_used_is_shown_and_changed(account: Account) -> None:
    assert account.configuration().two_step_enabled is None
    assert account.change_configuration(two_step_enabled=True).two_step_enabled is True
    changed = account.change_configuration(skips_two_step_at_sign_in=True)
    assert (changed.two_step_enabled, changed.asks_at_sign_in) == (True, False)


def test_an_organization_may_require_a_second_step(logto: Logto, account: Account) -> None:
    organization = logto.state.organizations["rowingclub01"]
    logto.state.sign_in_experience["mfa"]["organizationRequiredMfaPolicy"] = "Mandatory"
    organization["isMfaRequired"] = False
    assert not account.organizations_require_two_step()
    organization["isMfaRequired"] = True
    assert account.organizations_require_two_step()


def test_an_account_is_connected_replaced_and_disconnected(logto: Logto, account: Account, tenant: Tenant) -> None:
    github = "connectorgithub000001"
    assert "state=abc" in account.authorization_address(github, state="abc", redirect_uri=CALLBACK)
    for number in ("gh-1", "gh-2"):
        code = logto.state.new_social_code("github", CALLBACK, {"id": number, "name": "Ada"})
        connected = {
            identity.target: identity.id for identity in account.connect(github, {"code": code}, redirect_uri=CALLBACK)
        }
        assert connected["github"] == number
    with pytest.raises(Refused, match=r"401 connector\."):
        account.connect(github, {"code": "used-up"}, redirect_uri=CALLBACK)
    taken = logto.state.new_social_code("github", CALLBACK, {"id": "gh-2"})
    with pytest.raises(Refused, match=r"user\.identity_already_in_use"):
        tenant.account(logto.state.person("rtl").id).connect(github, {"code": taken}, redirect_uri=CALLBACK)
    account.disconnect("github")
    account.disconnect("github")
    assert account.person().identity("github") is None


@pytest.mark.parametrize("connector_id", ["connectorapple0000001", "connectorline00000001"])
def test_a_connector_that_cannot_be_linked_is_known_beforehand(
    tenant: Tenant, account: Account, connector_id: str
) -> None:
    assert [connector.is_linkable for connector in tenant.connectors() if connector.id == connector_id] == [False]
    with pytest.raises(Refused, match=r"501 connector\.not_implemented"):
        account.authorization_address(connector_id, state="abc", redirect_uri=CALLBACK)


def test_sessions_are_listed_and_ended_with_their_grants(logto: Logto, account: Account) -> None:
    ada = logto.state.person("ada")
    add_session(logto.state, ada, client_id=SITE_APP_ID)
    add_grant(logto.state, ada, SITE_APP_ID, "openid")
    sessions = account.sessions()
    assert all(session.uid for session in sessions)
    for session in sessions:
        account.end_session(session.uid)
        account.end_session(session.uid)
    assert account.sessions() == ()


def test_nobody_ends_the_session_of_another(logto: Logto, account: Account, tenant: Tenant) -> None:
    heavy = tenant.account(logto.state.person("heavy").id)
    before = heavy.sessions()
    account.end_session(before[0].uid)
    assert (heavy.sessions(), len(before)) == (before, 40)


def test_the_tenant_is_read_whole(tenant: Tenant) -> None:
    experience = tenant.sign_in_experience()
    assert experience.password_policy.rejected_words == ("fernhill",)
    public = tenant.public_sign_in_experience()
    assert [connector.name("de") for connector in public.social_connectors][:2] == ["Google", "GitHub"]
    assert public.sso_connectors[0].name == "Harbour Energy"
    assert {connector.has_generic_template for connector in tenant.connectors() if not connector.is_social} == {True}
    assert tenant.account_center().custom_data is FieldPolicy.EDIT
    assert [field.name for field in tenant.custom_profile_fields()][:2] == ["nickname", "teamName"]
    assert tenant.applications()[SITE_APP_ID].name


def test_a_revoked_token_is_noticed_and_replaced(logto: Logto, account: Account) -> None:
    account.person()
    logto.revoke_tokens()
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: account.person().id, range(16)))) == 1


def test_a_machine_without_its_role_is_the_operators_matter(logto: Logto, tenant: Tenant) -> None:
    from dataclasses import replace

    wrong = Tenant(replace(tenant.site, m2m_app_secret="wrong"))
    with pytest.raises(Misconfigured, match=r"oidc\.invalid_client"):
        wrong.account_center()


@pytest.mark.parametrize(
    ("fault", "may_have_happened"),
    [("timeout", True), ("reset", True), ("500", False), ("html", True), ("truncated", True)],
)
def test_a_write_whose_answer_is_lost_says_so(
    logto: Logto, account: Account, fault: str, may_have_happened: bool
) -> None:
    account.person()
    logto.faults.add(fault, path="/api/users/*", method="PATCH", times=1, after=fault not in ("500", "truncated"))
    with pytest.raises(Unavailable) as caught:
        account.change_name("Ada Changed")
    assert caught.value.may_have_happened is may_have_happened


def test_a_read_survives_one_broken_connection(logto: Logto, account: Account) -> None:
    account.person()
    logto.faults.add("reset", path="/api/users/*", method="GET", times=1)
    assert account.person().username == "ada"


def test_policies_of_the_tenant_outlive_a_failure_of_logto(logto: Logto, tenant: Tenant) -> None:
    tenant.account_center()
    logto.faults.add("refused")
    assert tenant.account_center().enabled
