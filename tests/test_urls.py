"""Who may open which address, written by hand here and compared with what the site does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from responses import RequestsMock

from accountsite.sandbox.logto import Logto
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from tests.people import client_of

PUBLIC = {
    "undo",
    "not_me",
    "well_known_change_password",
    "sign_in",
    "sign_in_callback",
    "sign_in_undo",
    "sign_out",
    "sign_out_backchannel",
    "webhooks_logto",
    "well_known_passkey_endpoints",
    "healthz",
    "readyz",
    "statusz",
    "site_check",
    "security_contact",
    "events_transmitter",
    "events_keys",
    "frame_enter",
    "connections_logo",
    "brand_css",
    "brand_picture",
}
SIGNED_IN = {"secure", "overview", "profile", "profile_change", "session", "time_zone", "security", "sign_in_again"} | {
    "verify", "verify_email", "verify_phone", "verify_confirm", "verify_end", "email_cancel", "phone_cancel",
}  # fmt: skip
SIGNED_IN |= {
    "profile_arrange",
    "profile_photo",
    "profile_photo_upload",
    "profile_photo_choose",
    "profile_photo_address",
    "profile_photo_remove",
}
RECENTLY_VERIFIED: set[str] = {"secure_sign_out_others"} | {
    "email_change", "email_confirm", "email_resend", "email_remove",
    "phone_change", "phone_confirm", "phone_resend", "phone_remove",
    "username_change", "username_remove", "password_change", "password_check",
}  # fmt: skip
SIGNED_IN |= {
    "two_step", "two_step_authenticator_cancel", "two_step_passkeys_return", "two_step_passkeys_add",
    "two_step_passkeys_manage",
    "two_step_backup_codes_finish", "two_step_backup_codes_download", "two_step_backup_codes_print",
}  # fmt: skip
RECENTLY_VERIFIED |= {
    "two_step_turn_on", "two_step_turn_off", "two_step_authenticator_add", "two_step_authenticator_replace",
    "two_step_authenticator_remove", "two_step_backup_codes_make", "two_step_backup_codes_remove",
    "two_step_passkey_remove",
}  # fmt: skip
SIGNED_IN |= {"connections", "connections_elsewhere", "connections_return", "connections_callback", "language", "theme"}
RECENTLY_VERIFIED |= {"connections_connect", "connections_remove"}
PUBLIC |= {"delete_keep", "delete_done"}
SIGNED_IN |= {"data"}
RECENTLY_VERIFIED |= {"data_download", "data_download_page", "data_download_file"}
SIGNED_IN |= {"delete", "delete_cancel"}
RECENTLY_VERIFIED |= {"delete_confirm"}
PUBLIC |= {"secure_locked"}
RECENTLY_VERIFIED |= {"secure_lock"}
SIGNED_IN |= {"check_up", "sessions", "activity", "activity_download"}
RECENTLY_VERIFIED |= {"sessions_end", "sessions_end_others"}
SIGNED_IN |= {"tokens"}
RECENTLY_VERIFIED |= {"tokens_add", "tokens_rename", "tokens_remove"}
# Nobody else sees that they exist; tests/admin/ tries each of them, as everybody.
SIGNED_IN |= {
    "organizations", "organizations_email", "organizations_email_confirm", "organizations_join",
    "organizations_decline", "organizations_logo",
}  # fmt: skip
RECENTLY_VERIFIED |= {"organizations_leave"}
SIGNED_IN |= {"task", "task_done", "frame_leave"}
SIGNED_IN |= {"apps", "apps_details", "apps_logo"}
RECENTLY_VERIFIED |= {"apps_remove", "apps_organizations"}
# Pictures that say nothing about the person; the browser may keep them, nothing between may.
LOGOS = {"apps_logo"}
ADMINS = {"admin", "admin_people", "admin_preview_start", "admin_preview_end", "admin_nothing"} | {
    "admin_apps", "admin_apps_edit", "admin_apps_try", "admin_apps_look", "admin_apps_logo",
    "admin_help", "admin_help_suspend", "admin_help_restore", "admin_help_sign_out", "admin_help_factors",
    "admin_help_approve", "admin_help_withdraw",
}  # fmt: skip
PUBLIC |= {"support_keep", "accessibility"}
SIGNED_IN |= {"support_cancel"}
SIGNED_IN |= {"alerts_address_cancel"}
RECENTLY_VERIFIED |= {
    "alerts_address_change", "alerts_address_confirm", "alerts_address_resend", "alerts_address_remove",
    "alerts_new_devices_turn_on", "alerts_new_devices_turn_off",
}  # fmt: skip
# The callbacks are opened by a redirect from elsewhere, so they must write on GET; nothing else does.
WRITES_ON_GET = {"sign_in_callback", "connections_callback"}

ARGUMENTS: dict[str, dict[str, str]] = {
    "brand_picture": {"kind": "logo"},
    "task": {"page": "sessions"},
    "admin_nothing": {"rest": "nothing/"},
    "admin_apps_edit": {"application_id": "ledgerly0000000000001"},
    "admin_apps_try": {"application_id": "ledgerly0000000000001"},
    "admin_apps_look": {"application_id": "ledgerly0000000000001"},
    "admin_apps_logo": {"application_id": "ledgerly0000000000001"},
    "admin_preview_start": {"person_id": "k3v9q0zt8xw1"},
    "admin_help": {"person_id": "k3v9q0zt8xw1"},
    "admin_help_suspend": {"person_id": "k3v9q0zt8xw1"},
    "admin_help_restore": {"person_id": "k3v9q0zt8xw1"},
    "admin_help_sign_out": {"person_id": "k3v9q0zt8xw1"},
    "admin_help_factors": {"person_id": "k3v9q0zt8xw1"},
    "admin_help_approve": {"person_id": "k3v9q0zt8xw1"},
    "admin_help_withdraw": {"person_id": "k3v9q0zt8xw1"},
    "admin_preview_end": {"key": "abcdefghij0123456789"},
    "two_step_passkey_remove": {"factor_id": "factoramarapasskey001"},
    "profile_change": {"field": "nickname"},
    "profile_arrange": {"field": "address"},
    "connections_logo": {"target": "github"},
    "connections_connect": {"target": "github"},
    "connections_elsewhere": {"target": "line"},
    "connections_remove": {"target": "github"},
    "organizations_join": {"invitation_id": "invitationthatisgone1"},
    "organizations_decline": {"invitation_id": "invitationthatisgone1"},
    "organizations_logo": {"organization_id": "rowingclub01"},
    "organizations_leave": {"organization_id": "rowingclub01"},
    "tokens_rename": {"mark": "0123456789abcdef01234567"},
    "tokens_remove": {"mark": "0123456789abcdef01234567"},
    "sessions_end": {"uid": "sessionthatisgone0001"},
    "apps_details": {"key": "ledgerly0000000000001"},
    "apps_logo": {"key": "ledgerly0000000000001"},
    "apps_remove": {"key": "ledgerly0000000000001"},
    "apps_organizations": {"key": "ledgerly0000000000001"},
}


def patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in (resolver or get_resolver()).url_patterns:
        found += patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def address(name: str) -> str:
    from django.urls import reverse

    return reverse(name, kwargs=ARGUMENTS.get(name))


def test_every_address_has_a_name_and_stands_in_one_list() -> None:
    names = [pattern.name for pattern in patterns()]
    assert None not in names
    assert len(names) == len(set(names))
    assert set(names) == PUBLIC | SIGNED_IN | RECENTLY_VERIFIED | ADMINS


@pytest.mark.parametrize("scope", [Scope.PERSON, Scope.NETWORK])
def test_everything_that_can_be_posted_is_limited_for_each_person_and_each_network(
    verified_ada: Client, monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    """With every limit of this kind spent, each address answers 429."""
    for limit, rules in list(TABLE.items()):
        spent = tuple(replace(rule, count=0) if rule.scope is scope else rule for rule in rules)
        monkeypatch.setitem(TABLE, limit, spent)
    for name in sorted(SIGNED_IN | RECENTLY_VERIFIED):
        assert (name, verified_ada.post(address(name)).status_code) == (name, 429)


def test_signing_in_is_limited_for_each_network(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.SIGN_IN, (Rule(Scope.NETWORK, 0, 60),))
    assert client.post("/sign-in/").status_code == 429


def led_elsewhere(asked: Iterable[tuple[str, str]], to: str, who: Callable[[], Client]) -> dict[str, tuple[int, str]]:
    """Which of these methods and addresses did not lead `who` to the address that begins with `to`."""
    answers = {f"{method} {name}": getattr(who(), method)(address(name)) for method, name in asked}
    seen = {wanted: (answer.status_code, answer.get("Location", "")) for wanted, answer in answers.items()}
    return {wanted: led for wanted, led in seen.items() if led[0] != 302 or not led[1].startswith(to)}


def test_signed_out_people_are_sent_to_sign_in(db: None, logto: Logto) -> None:
    asked = product(("get", "post", "put", "delete"), sorted(SIGNED_IN | RECENTLY_VERIFIED))
    assert led_elsewhere(asked, "/sign-in/?next=", Client) == {}


def test_unconfirmed_people_are_asked_to_confirm_first(ada: Client) -> None:
    asked = product(("get", "post"), sorted(RECENTLY_VERIFIED))
    assert led_elsewhere(asked, "/verify/?next=", lambda: ada) == {}


@pytest.mark.parametrize("name", sorted(SIGNED_IN | RECENTLY_VERIFIED | PUBLIC))
def test_opening_a_page_changes_nothing_in_logto_and_leaves_no_copy(
    verified_ada: Client, logto_mock: RequestsMock, subtests: pytest.Subtests, name: str
) -> None:
    answer = verified_ada.get(address(name))
    with subtests.test("changes nothing in Logto"):
        written = {call.request.path_url for call in logto_mock.calls if call.request.method != "GET"}
        assert name in WRITES_ON_GET or written <= {"/oidc/token"}  # the machine's own token
    with subtests.test("no browser or proxy stores it"):
        kept = "private, max-age=86400" if name in LOGOS else "no-store"
        assert name in PUBLIC or answer["Cache-Control"] == kept
        assert name in PUBLIC or {"HX-Request", "Cookie"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize("name", ["email_remove", "username_remove", "two_step_authenticator_remove"])
def test_a_method_that_no_form_has_is_no_fault(db: None, logto: Logto, name: str) -> None:
    assert client_of(logto, "amara", verified=True).put(address(name)).status_code < 500
