"""`manage.py setup_logto` makes a tenant ready, loses nothing of it, and says what it could not do."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings
from responses import RequestsMock

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import HOOK_ID, M2M_APP_ID, M2M_APP_SECRET, SITE_APP_ID
from accountsite.sandbox.seed_api import ROLE_ID
from accountsite.sandbox.web import Answer, Request
from settings_app.logto.tenant import Tenant
from settings_app.safeguards import heartbeats

NEW_SITE = "https://account.new.example"
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.fixture
def nothing_configured(settings: Settings) -> None:
    settings.ONE_SITE = {"brand": {}, "admin_role": "account-admin"}


def ran(env_file: Path, *more: str, site: str = NEW_SITE) -> str:
    out = StringIO()
    given = ["--endpoint", django_settings.SITES[0].endpoint, "--site-url", site]
    given += ["--m2m-id", M2M_APP_ID, "--m2m-secret", M2M_APP_SECRET, "--env-file", str(env_file)]
    call_command("setup_logto", *given, *more, stdout=out)
    return out.getvalue()


def written(logto_mock: RequestsMock) -> list[str]:
    sent = (call.request for call in logto_mock.calls)
    return [f"{one.method} {one.path_url}" for one in sent if one.method in WRITES and "/oidc/" not in str(one.url)]


def values_in(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def snapshot(logto: Logto) -> str:
    state = logto.state
    held: tuple[Any, ...] = (
        state.applications,
        state.roles,
        state.role_scope_ids,
        state.application_roles,
        state.hooks,
    )
    return json.dumps(held, sort_keys=True)


@pytest.mark.usefixtures("nothing_configured")
def test_without_apply_it_prints_a_plan_and_changes_nothing(
    logto: Logto, logto_mock: RequestsMock, env_file: Path
) -> None:
    text = ran(env_file)
    assert "plan   Web application Account site is to be created" in text
    assert "plan   Webhook to https://account.new.example/webhooks/logto/ is to be created" in text
    assert "ok     Role account-admin" in text
    assert "Nothing was changed." in text
    assert written(logto_mock) == []
    assert not env_file.exists()


@pytest.mark.usefixtures("nothing_configured")
def test_a_tenant_is_made_ready_in_one_go_and_a_second_run_changes_nothing(
    logto: Logto, logto_mock: RequestsMock, env_file: Path, settings: Settings, db: None
) -> None:
    del logto.state.roles["roleaccountadmin00001"]
    logto.state.person("admin").role_ids = []
    text = ran(env_file, "--apply", "--own-machine")
    values = values_in(env_file)
    application = logto.state.applications[values["LOGTO_APP_ID"]]
    assert application["oidcClientMetadata"] == {
        "redirectUris": [f"{NEW_SITE}/sign-in/callback/"],
        "postLogoutRedirectUris": [f"{NEW_SITE}/sign-out/"],
        "backchannelLogoutUri": f"{NEW_SITE}/sign-out/backchannel/",
        "backchannelLogoutSessionRequired": True,
    }
    assert values["LOGTO_M2M_APP_ID"] != M2M_APP_ID
    assert "account-admin" in {role["name"] for role in logto.state.roles.values()}
    assert "Nobody has the role account-admin" in text
    assert {"SECRET_KEY", "SITE_URL", "LOGTO_ENDPOINT", "LOGTO_WEBHOOK_KEY"} <= values.keys()
    assert (env_file.stat().st_mode & 0o777, list(env_file.parent.iterdir())) == (0o600, [env_file])

    before, asked = snapshot(logto), len(written(logto_mock))
    assert "plan" not in ran(env_file, "--own-machine")
    assert "says all of it already" in ran(env_file, "--apply", "--own-machine")
    assert (snapshot(logto), len(written(logto_mock))) == (before, asked)

    # With these values the site itself has nothing to complain about.
    one = {**settings.ONE_SITE, "base_url": NEW_SITE, "endpoint": values["LOGTO_ENDPOINT"]}
    one |= {"app_id": values["LOGTO_APP_ID"], "app_secret": values["LOGTO_APP_SECRET"]}
    one |= {"m2m_app_id": values["LOGTO_M2M_APP_ID"], "m2m_app_secret": values["LOGTO_M2M_APP_SECRET"]}
    one |= {"webhook_keys": [values["LOGTO_WEBHOOK_KEY"]]}
    from settings_app.sites import read_site

    settings.SITES = (read_site(one, "here")[0],)
    Tenant.forget_all()
    heartbeats.beat(heartbeats.MAILS)
    call_command("check_logto", stdout=StringIO())


def test_where_the_api_is_on_its_resource_and_role_are_made_and_completed(
    logto: Logto, env_file: Path, settings: Settings
) -> None:
    settings.ONE_SITE = {"brand": {}, "admin_role": "account-admin", "api_enabled": "true"}
    state = logto.state
    del state.roles["roleaccountapi0000001"]
    text = ran(env_file)
    assert f"plan   API {NEW_SITE}/api is to be created, with the permissions account:read" in text
    assert "plan   Role account-settings, with the permissions of that API, is to be created, as a default role" in text
    text = ran(env_file, "--apply")
    (made,) = [one for one in state.resources.values() if one["indicator"] == f"{NEW_SITE}/api"]
    assert [scope["name"] for scope in made["scopes"]] == ["account:read", "account:write", "account:security"]
    (role,) = [one for one in state.roles.values() if one["name"] == "account-settings"]
    assert role["isDefault"] is True
    assert state.role_scope_ids[role["id"]] == [scope["id"] for scope in made["scopes"]]
    assert "People are there who do not have the role account-settings" in text
    state.role_scope_ids[role["id"]].pop()
    assert "plan   Role account-settings, with the permissions of that API, is to be given its permissions" in ran(
        env_file
    )
    ran(env_file, "--apply")
    assert state.role_scope_ids[role["id"]] == [scope["id"] for scope in made["scopes"]]
    assert "plan" not in ran(env_file)


def test_people_who_are_there_get_the_role_in_as_many_runs_as_it_takes(
    logto: Logto, env_file: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ONE_SITE = {"brand": {}, "admin_role": "account-admin", "api_enabled": "true"}
    monkeypatch.setattr("settings_app.logto.registration.LARGEST_PAGE", 3)
    people = list(logto.state.people.values())
    for person in people:
        person.role_ids = [one for one in person.role_ids if one != ROLE_ID]

    def without() -> int:
        return sum(ROLE_ID not in person.role_ids for person in people)

    ran(env_file, "--give-role")  # without --apply it gives nothing
    ran(env_file, "--apply")
    assert without() == len(people)
    text = ran(env_file, "--apply", "--give-role", "4")
    assert "was given to 4 people" in text
    assert "People are there who do not have the role account-settings" in text
    assert without() == len(people) - 4
    logto.faults.add("timeout", path="/api/users/*/roles", method="POST", after=True, times=1)
    with pytest.raises(CommandError, match="run this again to go on"):
        ran(env_file, "--apply", "--give-role")
    logto.faults.clear()
    assert "People are there who" not in ran(env_file, "--apply", "--give-role")
    assert without() == 0
    assert all(person.role_ids.count(ROLE_ID) == 1 for person in people)
    logto.state.roles[ROLE_ID]["isDefault"] = False
    assert "The role account-settings is no default role" in ran(env_file)


def test_what_a_tenant_holds_already_is_completed_and_nothing_of_it_is_lost(logto: Logto, env_file: Path) -> None:
    """The keys of `oidcClientMetadata` that a PATCH would take away, other addresses, another hook's headers."""
    application, hook = logto.state.applications[SITE_APP_ID], logto.state.hooks[HOOK_ID]
    site = django_settings.SITES[0].base_url
    application["oidcClientMetadata"] = {
        "redirectUris": ["https://other.example/callback", f"{site}/sign-in/callback/"],
        "postLogoutRedirectUris": ["https://other.example/"],
        "logoUri": "https://other.example/logo.png",
    }
    hook |= {"events": ["PostSignIn", "Role.Created"], "enabled": False}
    hook["config"] |= {"headers": {"x-theirs": "1"}}
    text = ran(env_file, "--apply", site=site)
    assert application["oidcClientMetadata"] == {
        "redirectUris": ["https://other.example/callback", f"{site}/sign-in/callback/"],
        "postLogoutRedirectUris": ["https://other.example/", f"{site}/sign-out/"],
        "logoUri": "https://other.example/logo.png",
        "backchannelLogoutUri": f"{site}/sign-out/backchannel/",
        "backchannelLogoutSessionRequired": True,
    }
    assert hook["config"] == {"url": f"{site}/webhooks/logto/", "headers": {"x-theirs": "1"}}
    assert (hook["enabled"], {"Role.Created", "User.Deleted"} <= set(hook["events"])) == (True, True)
    assert "done   Web application Fernhill Account was given: post sign-out redirect URI" in text
    assert values_in(env_file)["LOGTO_APP_ID"] == SITE_APP_ID


def test_what_cannot_be_read_is_not_replaced(logto: Logto, env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list says that something is missing; what the application holds then cannot be seen."""
    application = logto.state.applications[SITE_APP_ID]
    application["oidcClientMetadata"] |= {"logoUri": "https://other.example/logo.png", "postLogoutRedirectUris": []}
    held, answer = dict(application["oidcClientMetadata"]), logto.answer

    def without_metadata(request: Request) -> Answer:
        if (request.method, request.path) == ("GET", f"/api/applications/{SITE_APP_ID}"):
            return Answer.json(200, {**application, "oidcClientMetadata": None})
        return answer(request)

    monkeypatch.setattr(logto, "answer", without_metadata)
    with pytest.raises(CommandError, match="run this again to go on"):
        ran(env_file, "--apply", site=django_settings.SITES[0].base_url)
    assert application["oidcClientMetadata"] == held


@pytest.mark.usefixtures("nothing_configured")
def test_an_application_of_somebody_else_is_never_taken_for_ours(logto: Logto, env_file: Path) -> None:
    theirs = logto.state.applications["ledgerly0000000000001"]
    theirs["oidcClientMetadata"]["redirectUris"].append(f"{NEW_SITE}/sign-in/callback/")
    ran(env_file, "--apply")
    assert values_in(env_file)["LOGTO_APP_ID"] != theirs["id"]


@pytest.mark.usefixtures("nothing_configured")
def test_stopped_at_any_call_it_goes_on_when_run_again_and_makes_nothing_twice(logto: Logto, env_file: Path) -> None:
    """At each write in turn: done by Logto, its answer lost."""
    paths = ("applications", "applications", "roles", "applications/*/roles", "roles", "hooks")
    del logto.state.roles["roleaccountadmin00001"]
    logto.state.person("admin").role_ids = []
    for path in paths:
        logto.faults.add("timeout", path=f"/api/{path}", method="POST", after=True, times=1)
        with pytest.raises(CommandError, match="run this again to go on"):
            ran(env_file, "--apply", "--own-machine")
        assert not env_file.exists()
        logto.faults.clear()
    ran(env_file, "--apply", "--own-machine")
    names = [one["name"] for one in logto.state.applications.values()]
    roles = [one["name"] for one in logto.state.roles.values()]
    hooks = [one["config"]["url"] for one in logto.state.hooks.values()]
    for each, wanted in ((names, "Account site"), (names, "Account site (machine)"), (roles, "account-admin")):
        assert each.count(wanted) == 1
    assert hooks.count(f"{NEW_SITE}/webhooks/logto/") == 1


def test_a_file_that_is_there_is_left_as_it_is(logto: Logto, env_file: Path) -> None:
    env_file.write_text("SECRET_KEY=mine\nLOGTO_APP_ID=another\n# LOGTO_M2M_APP_ID=\n")
    text = ran(env_file, "--apply", site=django_settings.SITES[0].base_url)
    assert env_file.read_text().startswith("SECRET_KEY=mine\nLOGTO_APP_ID=another\n")
    beside = env_file.with_name(".env.logto")
    assert (beside.stat().st_mode & 0o777, values_in(beside)["LOGTO_APP_ID"]) == (0o600, SITE_APP_ID)
    assert "SECRET_KEY" not in values_in(beside)
    assert "That file says otherwise now: LOGTO_APP_ID." in text


def test_what_it_cannot_do_is_told_in_a_sentence(logto: Logto, env_file: Path, settings: Settings) -> None:
    logto.state.application_roles[M2M_APP_ID] = []
    with pytest.raises(CommandError, match="give it a machine role that holds the Management API permission `all`"):
        ran(env_file)
    settings.ONE_SITE = {}
    with pytest.raises(CommandError, match=r"LOGTO_ENDPOINT \(--endpoint\)"):
        call_command("setup_logto", stdout=StringIO())
