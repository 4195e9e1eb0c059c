"""What third-party applications may ask people for: seen side by side, edited one at a time, kind by kind."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from responses import RequestsMock

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer, Request
from settings_app.models import AppChange, AuditEntry
from tests.people import client_of

pytestmark = pytest.mark.django_db

APP, BARE = "ledgerly0000000000001", "barebones000000000001"
PAGE = f"/admin/apps/{APP}/"
EVERY_KIND = {
    "user-scopes phone": ("userScopes", "phone"),
    "resource-scopes scopereadusage0000001": ("resourceScopeIds", "scopereadusage0000001"),
    "organization-scopes orgscopeinvite0000001": ("organizationScopeIds", "orgscopeinvite0000001"),
    "organization-resource-scopes scopereadinvoices0001": ("organizationResourceScopeIds", "scopereadinvoices0001"),
}


@pytest.fixture
def admin(logto: Logto) -> Client:
    return client_of(logto, "admin", verified=True)


def form_on(client: Client, path: str = PAGE) -> dict[str, Any]:
    """What the page's form would post as it stands."""
    page = client.get(path).content.decode()
    ticks = re.findall(r'name="permission"\s+value="([^"]*)"\s+(checked)?', page)
    return {"seen": re.findall(r'name="seen" value="([^"]*)"', page)[0], "permission": [one for one, on in ticks if on]}


def seen_on(client: Client, path: str = PAGE) -> dict[str, str]:
    """What the page on which it presents itself would say that it has seen."""
    return {"seen": re.findall(r'name="seen" value="([^"]*)"', client.get(f"{path}look/").content.decode())[0]}


def held(logto: Logto, application_id: str = APP) -> dict[str, set[str]]:
    return {kind: set(values) for kind, values in logto.state.consent_scopes[application_id].items()}


def written(mock: RequestsMock) -> list[str]:
    calls = [call.request for call in mock.calls if call.request.method != "GET" and "/api/" in str(call.request.url)]
    return [f"{one.method} {str(one.path_url).rpartition('/user-consent-scopes')[2]}" for one in calls]


def test_applications_stand_side_by_side_with_what_each_may_ask_for(admin: Client) -> None:
    page = admin.get("/admin/apps/", {"q": "ledgerly"}).content.decode()
    for text in ("Ledgerly", "See your email", "read:invoices", "See who the members are", "In organisations:"):
        assert text in page
    assert "Management API" not in page
    assert "Fernhill Billing<" not in admin.get("/admin/apps/", {"q": "fernhill"}).content.decode()  # the tenant's own
    pages = [
        admin.get("/admin/apps/", {"page": number}).content.decode() for number in ("1", "2", "999", "x", "-1", "٣")
    ]
    assert [page.count('<th scope="col">') for page in pages][:2] == [5, 5]


def test_what_kind_of_app_it_is_is_said_in_words(logto: Logto, admin: Client) -> None:
    assert "Web app" in admin.get(PAGE).content.decode()
    for kind, words in (("SPA", "Single-page app"), ("Native", "Native app"), ("SAML", "SAML app"), ("New", "New")):
        logto.state.applications[APP]["type"] = kind
        assert f"· {words} ·" in " ".join(admin.get(PAGE).content.decode().split())
    logto.state.person("admin").user["profile"]["locale"] = "de"
    logto.state.applications[APP]["type"] = "SPA"
    german = client_of(logto, "admin", verified=True, binding="another browser")
    for page in (german.get(PAGE), german.get("/admin/apps/", {"q": "planner"})):
        assert "Single-Page-App" in page.content.decode()


def test_saving_what_stands_there_changes_nothing(logto: Logto, logto_mock: RequestsMock, admin: Client) -> None:
    before = held(logto)
    assert admin.post(PAGE, form_on(admin)).status_code == 302
    assert (held(logto), written(logto_mock)) == (before, [])


def test_every_kind_is_granted_and_withdrawn_again(logto: Logto, logto_mock: RequestsMock, admin: Client) -> None:
    before, form = held(logto), form_on(admin)
    admin.post(PAGE, {**form, "permission": [*form["permission"], *EVERY_KIND]})
    assert held(logto) == {
        kind: before[kind] | {value for of, value in EVERY_KIND.values() if of == kind} for kind in before
    }
    assert written(logto_mock) == ["POST "] * 4  # a call for each kind, and none for an empty one
    assert admin.post(PAGE, {**form_on(admin), "permission": form["permission"]}).status_code == 302
    assert held(logto) == before
    assert {line.split("/")[1] for line in written(logto_mock)[4:]} == {key.split()[0] for key in EVERY_KIND}


def test_the_trail_has_before_and_after(logto: Logto, admin: Client) -> None:
    form = form_on(admin)
    admin.post(PAGE, {**form, "permission": [*form["permission"], "user-scopes phone"]})
    entry, change = AuditEntry.objects.get(), AppChange.objects.get()
    assert (entry.change, entry.outcome, entry.reason) == ("app-permissions-changed", "done", APP)
    assert (entry.acting_admin, change.entry_id) == (logto.state.person("admin").id, entry.pk)
    before, after = json.loads(change.before), json.loads(change.after)
    assert (set(after["user-scopes"]) - set(before["user-scopes"]), before["resource-scopes"]) == (
        {"phone"},
        after["resource-scopes"],
    )


@pytest.mark.parametrize(("kind", "after"), [("500", False), ("timeout", True), ("refused", False), ("429", False)])
def test_after_a_failure_in_the_middle_the_page_shows_what_is_in_force(
    logto: Logto, admin: Client, kind: str, after: bool
) -> None:
    """The grants are done, the first withdrawal fails; pressed again, it ends as wanted."""
    form = form_on(admin)
    wanted = [one for one in form["permission"] if "invoices" not in one]
    logto.faults.add(kind, path="/api/applications/*/user-consent-scopes/*", method="DELETE", after=after, times=1)
    answer = admin.post(PAGE, {**form, "permission": [*wanted, "user-scopes phone"]})
    page = answer.content.decode()
    assert (answer.status_code, "1 of 3 changes were saved" in page) == (503, True)
    assert ("phone" in held(logto)["userScopes"], AuditEntry.objects.get().outcome) == (True, "unknown")
    again = {"seen": re.findall(r'name="seen" value="([^"]*)"', page)[0], "permission": [*wanted, "user-scopes phone"]}
    assert admin.post(PAGE, again).status_code == 302
    assert (held(logto)["resourceScopeIds"], "phone" in held(logto)["userScopes"]) == (set(), True)


def test_when_logto_goes_away_in_the_middle_nobody_says_that_nothing_was_changed(logto: Logto, admin: Client) -> None:
    form = form_on(admin)
    wanted = [one for one in form["permission"] if "invoices" not in one]
    logto.faults.add("token_down", path="/api/applications/*/user-consent-scopes/*", method="DELETE", times=1)
    answer = admin.post(PAGE, {**form, "permission": [*wanted, "user-scopes phone"]})
    assert (answer.status_code, "phone" in held(logto)["userScopes"]) == (503, True)
    assert "We couldn’t confirm the change" in answer.content.decode()
    assert "Nothing was changed" not in answer.content.decode()


def test_what_somebody_else_changed_meanwhile_is_noticed_shown_and_asked_about(
    logto: Logto, logto_mock: RequestsMock, admin: Client
) -> None:
    form = form_on(admin)
    logto.state.consent_scopes[APP]["userScopes"].append("address")
    page = admin.post(PAGE, {**form, "permission": [*form["permission"], "user-scopes phone"]}).content.decode()
    assert ("Someone else changed" in page, "2 unsaved changes" in page, written(logto_mock)) == (True, True, [])
    seen = re.findall(r'name="seen" value="([^"]*)"', page)[0]
    admin.post(PAGE, {"seen": seen, "permission": [*form["permission"], "user-scopes phone"]})
    assert {"phone"} <= held(logto)["userScopes"]
    assert "address" not in held(logto)["userScopes"]


def test_the_consent_screen_is_shown_with_what_is_ticked_and_nothing_is_saved(
    logto: Logto, logto_mock: RequestsMock, admin: Client
) -> None:
    form = form_on(admin)
    wanted = [one for one in form["permission"] if one != "user-scopes urn:logto:scope:organizations"]
    page = admin.post(f"{PAGE}try/", {"permission": [*wanted, "user-scopes phone"]}).content.decode()
    screen = page.partition('id="consent"')[2]
    assert ("See your phone number" in screen, "Added" in screen, "Removed" in screen) == (True, True, True)
    assert "Nobody is asked about organisations" in screen  # without the permission that lets people choose one
    assert "people can’t sign in to it" in screen
    assert "They choose one of their organisations here." not in screen
    with_choice = admin.post(f"{PAGE}try/", form).content.decode().partition('id="consent"')[2]
    assert re.search(r'<select id="consent-organization"[^>]*>\s*<option>', with_choice)
    assert written(logto_mock) == []


def test_only_third_party_applications_have_these_pages_and_the_management_api_is_not_offered(
    logto: Logto, admin: Client
) -> None:
    for application_id in ("fernhillbilling000001", "fernhillmachineaccess", "nobody"):
        assert admin.get(f"/admin/apps/{application_id}/").status_code == 404
        assert admin.post(f"/admin/apps/{application_id}/", {"seen": "x"}).status_code == 404
    form = form_on(admin)
    answer = admin.post(PAGE, {**form, "permission": [*form["permission"], "resource-scopes management-api-all"]})
    assert (answer.status_code, "management-api-all" in str(held(logto))) == (302, False)


def test_how_it_presents_itself_is_changed_and_the_rest_of_its_looks_stays(logto: Logto, admin: Client) -> None:
    looks = logto.state.application_experiences
    looks[APP]["branding"] |= {"darkLogoUrl": "https://ledgerly.example/dark.png"}
    new = {
        "name": "Ledgerly Pro",
        "logo": "https://ledgerly.example/logo.svg",
        "terms_url": "",
        "privacy_url": "https://ledgerly.example/privacy-2",
    }
    assert admin.post(f"{PAGE}look/", new | seen_on(admin)).status_code == 302
    assert looks[APP]["branding"] == {
        "logoUrl": "https://ledgerly.example/logo.svg",
        "darkLogoUrl": "https://ledgerly.example/dark.png",
    }
    assert (looks[APP]["displayName"], looks[APP]["termsOfUseUrl"]) == ("Ledgerly Pro", None)
    bare = f"/admin/apps/{BARE}/"
    assert admin.post(f"{bare}look/", new | seen_on(admin, bare)).status_code == 302  # one that never had any
    assert looks[BARE]["displayName"] == "Ledgerly Pro"
    assert json.loads(AppChange.objects.order_by("pk")[0].before)["name"] == "Ledgerly"


NOT_FOR_EVERYBODY = (
    "javascript:alert(1)", "http://ledgerly.example/", "https://localhost/", "https://127.0.0.1/x", "https://10.0.0.1/",
    "https://[::1]/", "https://169.254.169.254/latest", "https://intranet/", "https://printer.local/",
    "data:text/html,x", "https://user:pass@ledgerly.example/", "https://ledgerly.example:8443/", "//ledgerly.example/",
    "https://2130706433/", "https://127.0.0.1./", "https://127.0.0.0x1/", "https://printer.local./", "https://127.0.0.%31/",
    "https://printer.\uff4cocal/",
)  # fmt: skip


def test_addresses_that_are_not_for_everybody_are_refused(logto: Logto, admin: Client) -> None:
    before = dict(logto.state.application_experiences[APP])
    for address, field in product(NOT_FOR_EVERYBODY, ("logo", "terms_url", "privacy_url")):
        page = admin.post(f"{PAGE}look/", {"name": "Ledgerly", field: address, "seen": "x"}).content.decode()
        assert (address, "begins with https:// and that anyone can open" in page) == (address, True)
    assert logto.state.application_experiences[APP] == before


def test_a_withdrawal_that_met_somebody_elses_404_is_not_called_done(
    logto: Logto, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that does not know the address says 404 as well; what Logto says is gone is withdrawn already."""
    form, answer = form_on(admin), logto.answer

    def elsewhere(request: Request) -> Answer:
        return Answer.text(404, "Not Found") if request.method == "DELETE" else answer(request)

    monkeypatch.setattr(logto, "answer", elsewhere)
    wanted = [one for one in form["permission"] if one != "user-scopes email"]
    assert admin.post(PAGE, {**form, "permission": wanted}).status_code == 503


def test_how_it_presents_itself_changed_by_somebody_else_is_noticed_and_asked_about(
    logto: Logto, admin: Client
) -> None:
    looks, seen = logto.state.application_experiences, seen_on(admin)
    looks[APP]["termsOfUseUrl"] = "https://ledgerly.example/terms-of-theirs"
    typed = {"name": "Mine", "logo": "", "terms_url": "", "privacy_url": ""}
    page = admin.post(f"{PAGE}look/", typed | seen).content.decode()
    for text in (
        "Someone else changed this meanwhile",
        "In force now: https://ledgerly.example/terms-of-theirs",
        "Mine",
    ):
        assert text in page
    assert looks[APP]["displayName"] == "Ledgerly"
    again = {"seen": re.findall(r'name="seen" value="([^"]*)"', page)[0]}
    assert admin.post(f"{PAGE}look/", typed | again).status_code == 302
    assert (looks[APP]["displayName"], looks[APP]["termsOfUseUrl"]) == ("Mine", None)


def test_a_tenant_may_have_more_than_a_hundred_permissions(logto: Logto, admin: Client) -> None:
    """And a form with more than any tenant has is refused, as are many fields everywhere else."""
    form, many = form_on(admin), [f"resource-scopes none{number}" for number in range(1500)]

    def status(client: Client, path: str, **values: Any) -> int:
        body = urlencode({**form, **values}, doseq=True)
        return client.post(path, body, content_type="application/x-www-form-urlencoded").status_code

    assert status(admin, PAGE, permission=[*form["permission"], "user-scopes phone", *many]) == 302
    assert "phone" in held(logto)["userScopes"]
    assert status(admin, f"{PAGE}try/", permission=[*form["permission"], *many]) == 200
    assert status(admin, PAGE, permission=many * 2) == 400
    assert status(admin, "/profile/nickname/change/", nickname=many[:150]) == 400
    assert status(client_of(logto, "ada"), PAGE, permission=many) == 404
