"""What the help desk and the editor of permissions stand on, with a real consent before and after (docs/logto.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal
from tests.contract.person import Application, Browser, RefusedAtLogtoError, claims_of, exchange
from tests.contract.test_consent import partner, scopes

__all__ = ["partner", "scopes"]

pytestmark = pytest.mark.needs_tenant_to_change

Thing = dict[str, Any]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def last_sign_in(api: Api, path: str) -> int | None:
    found: int | None = api.get(path).json()["lastSignInAt"]
    return found


@pytest.fixture
def authenticators(change_settings: Callable[..., Thing]) -> None:
    """The tenant takes authenticator apps, and so asks those who have one."""
    change_settings(mfa={"factors": ["Totp"], "policy": "UserControlled"})


@pytest.mark.usefixtures("authenticators")
def test_only_a_sign_in_that_comes_to_its_end_is_noted(
    api: Api, user: Thing, path: str, browser: Browser, application: Application
) -> None:
    """Neither the first step alone, nor a check of the password, nor a refresh, nor any change of the account."""
    assert last_sign_in(api, path) is None
    token = browser.tokens(application, user, scope="openid offline_access", prompt="consent")
    first = last_sign_in(api, path)
    assert isinstance(first, int)
    form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    assert exchange(api, application, form).status_code == 200
    api.post(f"{path}/password/verify", {"password": f"Pass-{user['username']}-word"})
    api.post(f"{path}/mfa-verifications", {"type": "Totp", "secret": SECRET})
    with pytest.raises(RefusedAtLogtoError):
        Browser(api).sign_in(application, user)
    assert last_sign_in(api, path) == first


@pytest.mark.usefixtures("authenticators")
def test_without_its_lost_factor_the_account_opens_by_the_first_step(
    api: Api, user: Thing, path: str, application: Application
) -> None:
    api.post(f"{path}/mfa-verifications", {"type": "Totp", "secret": SECRET})
    (factor,) = api.get(f"{path}/mfa-verifications").json()
    with pytest.raises(RefusedAtLogtoError):
        Browser(api).sign_in(application, user)
    assert refusal(api.delete(f"/api/users/nope/mfa-verifications/{factor['id']}")) == (404, "entity.not_found")
    assert api.delete(f"{path}/mfa-verifications/{factor['id']}").status_code == 204
    assert "code" in Browser(api).sign_in(application, user)


def test_what_outlives_a_suspension_can_be_ended_during_it(
    api: Api, user: Thing, path: str, browser: Browser, application: Application
) -> None:
    browser.tokens(application, user, scope="openid offline_access", prompt="consent")
    assert api.post(f"{path}/personal-access-tokens", {"name": "ci"}).status_code == 201
    api.patch(f"{path}/is-suspended", {"isSuspended": True})
    with pytest.raises(RefusedAtLogtoError):
        Browser(api).sign_in(application, user)
    (grant,) = api.get(f"{path}/grants").json()["grants"]
    assert api.delete(f"{path}/grants/{grant['id']}").status_code == 204
    assert api.post(f"{path}/personal-access-tokens/delete", {"name": "ci"}).status_code == 204
    api.patch(f"{path}/is-suspended", {"isSuspended": False})
    assert (api.get(f"{path}/grants").json()["grants"], api.get(f"{path}/personal-access-tokens").json()) == ([], [])
    assert "code" in Browser(api).sign_in(application, user)


def test_what_is_permitted_decides_about_the_next_consent(
    api: Api, user: Thing, partner: Application, scopes: str
) -> None:
    refused = Browser(api).sign_in(partner, user, scope="openid email")
    assert (refused["error"], refused["scope"]) == ("invalid_scope", "email")
    api.post(scopes, {"userScopes": ["email"]})
    token = Browser(api).tokens(partner, user, scope="openid email")
    assert claims_of(token["id_token"])["email"] == user["primaryEmail"]
    assert api.delete(f"{scopes}/user-scopes/email").status_code == 204
    assert Browser(api).sign_in(partner, user, scope="openid email")["error"] == "invalid_scope"


def test_an_api_permission_is_left_out_silently_until_it_is_permitted(
    api: Api,
    user: Thing,
    path: str,
    partner: Application,
    scopes: str,
    resource: Thing,
    make: Callable[..., Thing],
    unique: str,
) -> None:
    read, _write = resource["scopes"]
    role = make("/api/roles", name=f"role {unique}", description="d", type="User", scopeIds=[read["id"]])
    api.post(f"{path}/roles", {"roleIds": [role["id"]]})

    def granted() -> str:
        asked = {"scope": "openid read", "resource": resource["indicator"]}
        back = Browser(api).sign_in(partner, user, **asked)
        return str(back.get("error", "")) or " ".join(
            str(scope)
            for one in api.get(f"/api/users/{user['id']}/grants").json()["grants"]
            for scope in one["payload"].get("resources", {}).values()
        )

    assert granted() == ""
    api.post(scopes, {"resourceScopes": [read["id"]]})
    assert granted().split()[-1:] == ["read"]


def test_permissions_of_an_application_that_is_not_there(api: Api) -> None:
    nowhere = "/api/applications/nope/user-consent-scopes"
    assert refusal(api.post(nowhere, {"userScopes": ["email"]})) == (404, "entity.not_exists_with_id")
    assert api.delete(f"{nowhere}/user-scopes/email").status_code == 404


def test_the_look_keeps_what_is_left_out_and_refuses_what_is_no_address(api: Api, partner: Application) -> None:
    look = f"/api/applications/{partner.id}/sign-in-experience"
    logos = {"logoUrl": "https://p.test/l", "darkLogoUrl": "https://p.test/d"}
    api.put(look, {"displayName": "Partner", "termsOfUseUrl": "https://p.test/t", "branding": logos})
    api.put(look, {"branding": {"logoUrl": "https://p.test/2"}})
    assert api.get(look).json()["branding"] == {"logoUrl": "https://p.test/2"}  # as a whole
    assert api.get(look).json()["termsOfUseUrl"] == "https://p.test/t"
    api.put(look, {"displayName": None, "termsOfUseUrl": ""})
    cleared = api.get(look).json()
    assert (cleared["displayName"], cleared["termsOfUseUrl"] or None) == (None, None)
    issues = guard_issues(api.put(look, {"privacyPolicyUrl": "no address"}))
    assert [where for _issue, where in issues] == ["privacyPolicyUrl"] * len(issues) != []
