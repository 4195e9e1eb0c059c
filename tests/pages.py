"""Every page of the site and how one gets there: the one list of the page checks, the browser checks and the pictures.

A new page is one `Visit` in VISITS; an address that draws no page is one line in NO_PAGES.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_applications import ADDRESS_APP_ID
from accountsite.sandbox.state import Session
from settings_app.mails import outbox
from settings_app.shell.connected_apps import key_of
from settings_app.sites import DeletionBlocker
from tests.people import client_of

Way = Callable[[Client, Logto], str | None]


@dataclass(frozen=True)
class Visit:
    """One page as one person sees it. `way` does what leads there, and says the address when it isn't the plain one."""

    address: str  # url name
    person: str = ""  # nobody is signed in
    verified: bool = False
    names: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    way: Way | None = None
    site: dict[str, Any] = field(default_factory=dict)  # what an operator has set otherwise
    pressed: bool = False  # what is looked at is the answer to the page's own form
    typed: dict[str, str] = field(default_factory=dict)  # into that form
    scripted: bool = True  # False: a script would lead on from this page, so a browser gets none of ours
    status: int = 200
    state: str = ""  # what tells this visit from others of the same person to the same address

    @property
    def id(self) -> str:
        return "-".join(part for part in (self.address, self.person or "nobody", self.state) if part)

    def on_its_site(self) -> override_settings:
        """The settings under which the page exists; around `arrive` and everything that follows."""
        return override_settings(SITES=(replace(settings.SITES[0], **self.site),))

    def arrive(self, logto: Logto, *, language: str = "") -> tuple[Client, str]:
        """A client that may open the page now, whose browser asks for a language, and the path of the page."""
        client = client_of(logto, self.person, verified=self.verified) if self.person else Client()
        client.defaults["HTTP_HOST"] = settings.SITES[0].host
        if language:
            client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        path = reverse(self.address, kwargs=self.names) + self.query
        return client, (self.way(client, logto) if self.way else None) or path

    def ask(self, client: Client, path: str, *, htmx: bool = False) -> HttpResponse:
        """The page, as the client's answer."""
        headers = {"HX-Request": "true"} if htmx else {}
        if not self.pressed:
            return client.get(path, headers=headers)  # type: ignore[return-value]  # the test client's own kind
        main = client.get(path).content.decode().partition("<main")[2]
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', main))
        return client.post(path, hidden | self.typed, headers=headers)  # type: ignore[return-value]  # as above


def posted(address: str, then: str = "", /, **values: str) -> Way:
    """Posts `values` to an address first; `then` is the address that is looked at, else that of the redirect."""

    def go(client: Client, logto: Logto) -> str | None:
        answer = client.post(reverse(address), values)
        assert answer.status_code == 302, answer.content.decode()
        return reverse(then) if then else str(answer["Location"])

    return go


def saved(field_name: str, **values: str) -> Way:
    def go(client: Client, logto: Logto) -> str:
        assert client.post(reverse("profile_change", args=[field_name]), values).status_code == 302
        return reverse("profile")

    return go


def task_done(client: Client, logto: Logto) -> None:
    client.get(reverse("task", args=["username"]), {"redirect": "https://app.example.com/", "show_success": "1"})
    client.post(reverse("username_change"), {"username": "countess"})


def changed_often(client: Client, logto: Logto) -> None:
    for nickname in ("Countess", "Lady", "Ad"):
        client.post(reverse("profile_change", args=["nickname"]), {"nickname": nickname})
    client.get(reverse("profile"))


def fault(kind: str, path: str = "*") -> Way:
    def go(client: Client, logto: Logto) -> None:
        logto.faults.add(kind, path=path)

    return go


def gone(client: Client, logto: Logto) -> None:
    logto.state.person("ada").user["isSuspended"] = True


def way_back(client: Client, logto: Logto, handle: str = "ada") -> str:
    """The link in the mail to the email that somebody else has just replaced; opened by nobody who is signed in."""
    mail.outbox.clear()
    somebody, _path = Visit("overview", handle, verified=True).arrive(logto)
    somebody.post(reverse("email_change"), {"email": "new@winterbourne.example"})
    message = logto.state.latest_message("new@winterbourne.example")
    assert message is not None
    somebody.post(reverse("email_confirm"), {"code": message.code})
    outbox.send_due()
    bodies = "\n".join(str(one.body) for one in mail.outbox)
    return str(re.findall(r"(/undo/\?\S+)", bodies)[0])


def way_back_with_a_second_step(client: Client, logto: Logto) -> str:
    return way_back(client, logto, "amara")


def way_back_that_was_used(client: Client, logto: Logto) -> str:
    link = way_back(client, logto)
    client.post(reverse("undo"), {"token": parse_qs(urlsplit(link).query)["token"][0]})
    return link


def not_me(client: Client, logto: Logto) -> str:
    """The link in the mail about a username that was changed."""
    mail.outbox.clear()
    somebody, _path = Visit("overview", "ada", verified=True).arrive(logto)
    assert somebody.post(reverse("username_change"), {"username": "ada_l"}).status_code == 302
    outbox.send_due()
    return str(re.findall(r"(/not-me/\?\S+)", "\n".join(str(one.body) for one in mail.outbox))[0])


def not_me_pressed(client: Client, logto: Logto) -> str:
    link = not_me(client, logto)
    client.post(reverse("not_me"), {"token": parse_qs(urlsplit(link).query)["token"][0]})
    return link


def wants_alert_address(client: Client, logto: Logto) -> None:
    mail.outbox.clear()
    assert client.post(reverse("alerts_address_change"), {"address": "ada@second.example"}).status_code == 302


def has_alert_address(client: Client, logto: Logto) -> None:
    wants_alert_address(client, logto)
    code = re.findall(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)[0]
    assert client.post(reverse("alerts_address_confirm"), {"code": code}).status_code == 302
    client.get(reverse("security"))


def told_no_new_devices(client: Client, logto: Logto) -> None:
    assert client.post(reverse("alerts_new_devices_turn_off")).status_code == 302


def came_in_by(client: Client, logto: Logto, handle: str) -> Session:
    """From now on the browser knows the session at Logto through which it came in."""
    client.cookies = client_of(logto, handle, verified=True, sid="sid-of-this-browser").cookies
    return making.add_session(logto.state, logto.state.person(handle), sid="sid-of-this-browser", city="Bern")


def locked_before(client: Client, logto: Logto) -> None:
    """Somebody has locked everyone out, and is back."""
    somebody, _path = Visit("overview", "amara", verified=True).arrive(logto)
    assert somebody.post(reverse("secure_lock")).status_code == 302
    client.cookies = client_of(logto, "amara").cookies


def this_device_known(client: Client, logto: Logto) -> None:
    came_in_by(client, logto, "amara")


def ending_this_device(client: Client, logto: Logto) -> str:
    return reverse("sessions_end", args=[came_in_by(client, logto, "ada").uid])


def ending_another(client: Client, logto: Logto) -> str:
    amara = logto.state.person("amara")
    session = next(one for one in logto.state.sessions.values() if one.account_id == amara.id)
    came_in_by(client, logto, "amara")
    return reverse("sessions_end", args=[session.uid])


SETTLED_FIRST = (
    DeletionBlocker("You have a subscription.", "Manage your subscription", "https://fernhill.example/", "newsletter"),
    DeletionBlocker("You’re the owner of {organisation}. Make someone else an owner first.", organization="*"),
)


def asked_to_delete(client: Client, logto: Logto, handle: str = "passkey") -> None:
    email = logto.state.person(handle).user["primaryEmail"]
    assert client.post(reverse("delete_confirm"), {"confirmation": email}).status_code == 302


def link_that_keeps(client: Client, logto: Logto) -> str:
    mail.outbox.clear()
    somebody, _path = Visit("overview", "rtl", verified=True).arrive(logto)
    asked_to_delete(somebody, logto, "rtl")
    outbox.send_due()
    return str(re.findall(r"(/delete/keep/\?\S+)", str(mail.outbox[0].body))[0])


def deleted(client: Client, logto: Logto) -> None:
    client.cookies = client_of(logto, "ada", verified=True).cookies
    asked_to_delete(client, logto, "ada")


def email_proven(client: Client, logto: Logto, handle: str = "ada") -> None:
    """By a code on the page that asks for it."""
    client.post(reverse("organizations_email"))
    message = logto.state.latest_message(str(logto.state.person(handle).user["primaryEmail"]))
    assert message is not None
    assert client.post(reverse("organizations_email_confirm"), {"code": message.code}).status_code == 302
    client.get(reverse("session"))  # reads the message about it


def invited(client: Client, logto: Logto) -> str:
    """The invitation of Ada's that waits."""
    email_proven(client, logto)
    return next(str(one["id"]) for one in logto.state.invitations.values() if one["status"] == "Pending")


def joining(client: Client, logto: Logto) -> str:
    return reverse("organizations_join", args=[invited(client, logto)])


def declining(client: Client, logto: Logto) -> str:
    return reverse("organizations_decline", args=[invited(client, logto)])


def token_of_adas(action: str) -> Way:
    """The page that renames or removes Ada's newest token that does not end."""

    def go(client: Client, logto: Logto) -> str:
        source = client.get(reverse("tokens")).content.decode()
        return str(re.findall(rf'href="(/tokens/\w+/{action}/)"', source)[0])

    return go


def looking_at(handle: str, path: str) -> Way:
    """As an administrator, the page that this person would see at `path`."""

    def go(client: Client, logto: Logto) -> str:
        start = reverse("admin_preview_start", args=[logto.state.person(handle).id])
        return str(client.post(start, {"why": "Ticket 4711: can’t find her passkeys"})["Location"]) + path

    return go


HELPING = {
    "help_suspends": True,
    "help_ends_sessions": True,
    "help_removes_factors": True,
    "help_needs_second_admin": True,
}


def helping(handle: str, page: str, *, waits: bool = False) -> Way:
    """As an administrator who looks at this person, a page of the help desk; `waits`: a removal was asked for."""

    def go(client: Client, logto: Logto) -> str:
        looking_at(handle, "")(client, logto)
        person_id = logto.state.person(handle).id
        if waits:
            factors = [one["id"] for one in logto.state.person(handle).factors if one["type"] != "BackupCode"]
            typed = {"why": "Ticket 4711: phone was stolen", "factors": factors}
            asked = client.post(reverse("admin_help_factors", args=[person_id]), typed)
            assert asked.status_code == 302, asked.content.decode()
            client.get(reverse("admin_help", args=[person_id]))
        return reverse(f"admin_help{page}", args=[person_id])

    return go


def factor_leaves(client: Client, logto: Logto) -> None:
    """Support is going to remove Amara's second steps."""
    admin = client_of(logto, "admin", verified=True)
    admin.defaults["HTTP_HOST"] = settings.SITES[0].host
    helping("amara", "", waits=True)(admin, logto)


def link_that_keeps_a_factor(client: Client, logto: Logto) -> str:
    factor_leaves(client, logto)
    outbox.send_due()
    found = re.findall(r"/support/keep/\?token=\S+", str(mail.outbox[-1].body))
    return str(found[0])


VISITS = (
    Visit("admin_people", "admin", verified=True),
    Visit("admin_preview_start", "admin", verified=True, names={"person_id": "k3v9q0zt8xw1"}),
    Visit("overview", "admin", verified=True, way=looking_at("amara", ""), state="preview"),
    Visit("security", "admin", verified=True, way=looking_at("amara", "security/"), state="preview"),
    Visit("delete", "admin", verified=True, way=looking_at("amara", "delete/"), status=403, state="preview"),
    Visit("admin_people", "admin", verified=True, query="?q=a", state="found"),
    Visit("admin_apps", "admin", verified=True, query="?q=l"),
    Visit("admin_apps", "admin", verified=True, query="?q=nothing+at+all", state="not-found"),
    Visit("admin_apps_edit", "admin", verified=True, names={"application_id": "ledgerly0000000000001"}),
    Visit("admin_apps_edit", "admin", verified=True, names={"application_id": "barebones000000000001"}, state="bare"),
    Visit("admin_apps_look", "admin", verified=True, names={"application_id": "ledgerly0000000000001"}),
    Visit("admin_people", "admin", verified=True, query="?q=nobody+at+all", state="not-found"),
    *(
        Visit(
            f"admin_help{page}",
            "admin",
            verified=True,
            names={"person_id": "k3v9q0zt8xw1"},
            site=HELPING,
            way=helping("amara", page, waits=waits),
            state="waits" if waits else "",
        )
        for page, waits in (
            ("", False),
            ("", True),
            ("_suspend", False),
            ("_restore", False),
            ("_sign_out", False),
            ("_factors", False),
            ("_approve", True),
            ("_withdraw", True),
        )
    ),
    Visit("overview", "admin", verified=True, site=HELPING, way=looking_at("amara", ""), state="preview-helps"),
    Visit("support_keep", site=HELPING, way=link_that_keeps_a_factor),
    Visit("support_keep", query="?token=x", state="gone"),
    Visit("security", "amara", site=HELPING, way=factor_leaves, state="removal"),
    Visit("overview", "ada"),
    Visit("overview", "amara"),
    Visit("overview", "empty"),
    Visit("overview", "rtl"),
    Visit("overview", "ada", way=fault("500", "/api/*"), status=503, state="down"),
    Visit("overview", "ada", way=gone, status=403, state="suspended"),
    Visit("check_up", "amara"),
    Visit("check_up", "empty"),
    Visit("profile", "ada"),
    Visit("profile", "amara"),
    Visit("profile", "empty"),
    Visit("profile", "rtl"),
    Visit("profile", "ada", way=saved("nickname", nickname="Countess"), state="saved"),
    Visit("profile_change", "ada", names={"field": "name"}, state="name"),
    Visit("profile_change", "ada", names={"field": "birthdate"}, state="birthdate"),
    Visit("profile_change", "ada", names={"field": "time-zone"}, state="time-zone"),
    Visit("profile_change", "ada", names={"field": "address"}, state="address"),
    Visit("profile_change", "ada", names={"field": "nothing"}, status=404, state="unknown"),
    Visit("profile_photo", "ada"),
    Visit("profile_photo", "amara"),
    Visit("profile_photo_upload", "ada"),
    Visit("profile_photo_choose", "ada"),
    Visit("profile_photo_address", "ada", site={"allow_picture_address": True}),
    Visit("profile_photo_remove", "ada"),
    Visit("security", "ada"),
    Visit("security", "amara"),
    Visit("security", "enterprise"),
    Visit("security", "social"),
    Visit("security", "empty"),
    Visit("security", "rtl"),
    Visit("security", "passkey"),
    Visit("security", "amara", verified=True, query="?changed=1", state="changed"),
    Visit("email_change", "ada", verified=True),
    Visit("email_confirm", "ada", verified=True, way=posted("email_change", email="new@winterbourne.example")),
    Visit("email_remove", "ada", verified=True),
    Visit("phone_change", "ada", verified=True),
    Visit("phone_confirm", "ada", verified=True, way=posted("phone_change", phone="+44 7700 900999")),
    Visit("phone_remove", "ada", verified=True),
    Visit("username_change", "ada", verified=True),
    Visit(
        "frame_leave",
        "ada",
        query="?app=https://app.example.com/&frame=x",
        site={"frame_ancestors": ("https://app.example.com",)},
    ),
    Visit("task_done", "ada", verified=True, way=task_done, site={"return_to": ("https://app.example.com",)}),
    Visit("username_remove", "ada", verified=True),
    Visit("password_change", "ada", verified=True),
    Visit("two_step_turn_on", "amara", verified=True, way=posted("two_step_turn_off", "two_step_turn_on")),
    Visit("two_step_turn_off", "amara", verified=True),
    Visit("two_step_authenticator_add", "ada", verified=True),
    Visit("two_step_authenticator_replace", "amara", verified=True),
    Visit("two_step_authenticator_remove", "amara", verified=True),
    Visit("two_step_backup_codes_make", "amara", verified=True),
    Visit("two_step_backup_codes_make", "amara", verified=True, pressed=True, state="made"),
    Visit("two_step_backup_codes_remove", "amara", verified=True),
    Visit("two_step_passkeys_add", "amara", verified=True),
    Visit("two_step_passkeys_add", "social"),
    Visit("two_step_passkeys_manage", "amara", query="?passkey=factoramarapasskey001"),
    Visit("two_step_passkey_remove", "amara", verified=True, names={"factor_id": "factoramarapasskey001"}),
    Visit("connections_connect", "ada", verified=True, names={"target": "github"}),
    Visit(
        "connections_connect",
        "ada",
        verified=True,
        names={"target": "github"},
        pressed=True,
        scripted=False,
        state="leaving",
    ),
    Visit("connections_connect", "amara", verified=True, names={"target": "google"}),
    Visit("connections_elsewhere", "ada", names={"target": "apple"}),
    Visit("connections_remove", "amara", verified=True, names={"target": "google"}),
    Visit("connections_remove", "social", verified=True, names={"target": "google"}, state="last way in"),
    Visit("security", "ada", verified=True, way=has_alert_address, state="alert address"),
    Visit("alerts_address_change", "ada", verified=True),
    Visit("alerts_address_confirm", "ada", verified=True, way=wants_alert_address),
    Visit("alerts_address_remove", "ada", verified=True, way=has_alert_address),
    Visit("alerts_new_devices_turn_off", "ada", verified=True),
    Visit("alerts_new_devices_turn_on", "ada", verified=True, way=told_no_new_devices),
    Visit("language", "ada"),
    Visit("accessibility"),
    Visit("accessibility", "amara"),
    Visit("sessions", "amara"),
    Visit("sessions", "amara", way=this_device_known, state="known"),
    Visit("sessions", "heavy"),
    Visit("sessions", "curious"),
    Visit("sessions", "empty"),
    Visit("sessions", "ada", way=fault("500", "/api/users/*/sessions"), state="failed"),
    Visit("activity", "amara"),
    Visit("activity", "ada", way=changed_often, state="changed"),
    Visit("activity", "empty"),
    Visit("activity", "amara", query="?kind=apps&since=2026-01-01&until=x", state="filtered"),
    Visit("activity", "ada", way=fault("500", "/api/logs"), state="failed"),
    Visit("sessions_end", "amara", verified=True, names={"uid": "one"}, way=ending_another),
    Visit("sessions_end", "ada", verified=True, names={"uid": "one"}, way=ending_this_device, state="this"),
    Visit("sessions_end_others", "heavy", verified=True),
    Visit("data", "ada"),
    Visit("data_download", "ada", verified=True),
    Visit("delete", "amara"),
    Visit("delete", "empty"),
    Visit("delete", "ada", site={"deletion_blockers": SETTLED_FIRST}, state="blocked"),
    Visit("delete", "passkey", verified=True, site={"deletion_grace_days": 14}, way=asked_to_delete, state="waits"),
    Visit("delete_confirm", "ada", verified=True),
    Visit("delete_confirm", "ada", verified=True, site={"deletion_grace_days": 14}, state="later"),
    Visit("delete_keep", site={"deletion_grace_days": 14}, way=link_that_keeps),
    Visit("delete_keep", query="?token=made-up", state="unknown"),
    Visit("delete_done", way=deleted),
    Visit("organizations", "ada"),
    Visit("organizations", "ada", way=email_proven, state="proven"),
    Visit("organizations", "amara", site={"show_roles": True}),
    Visit("organizations", "admin", site={"show_roles": True}),
    Visit("organizations", "empty"),
    Visit("organizations", "ada", way=fault("500", "/api/users/*/organizations"), state="failed"),
    Visit("organizations_email", "ada"),
    Visit("organizations_email_confirm", "ada", way=posted("organizations_email")),
    Visit("organizations_join", "ada", names={"invitation_id": "one"}, way=joining),
    Visit("organizations_decline", "ada", names={"invitation_id": "one"}, way=declining),
    Visit("organizations_leave", "ada", verified=True, names={"organization_id": "rowingclub01"}),
    Visit("apps", "amara"),
    Visit("apps", "heavy"),
    Visit("apps", "curious"),
    Visit("apps", "empty"),
    Visit("apps", "amara", way=fault("500", "/api/users/*/grants"), state="failed"),
    Visit("apps_details", "amara", names={"key": "ledgerly0000000000001"}),
    Visit("apps_details", "curious", names={"key": key_of(ADDRESS_APP_ID)}, state="address"),
    Visit("apps_organizations", "amara", verified=True, names={"key": "ledgerly0000000000001"}),
    Visit("apps_remove", "amara", verified=True, names={"key": "ledgerly0000000000001"}),
    Visit("tokens", "ada"),
    Visit("tokens", "empty"),
    Visit("tokens", "ada", way=fault("500", "/api/users/*/personal-access-tokens"), state="failed"),
    Visit("tokens_add", "ada", verified=True),
    Visit("tokens_add", "ada", verified=True, pressed=True, typed={"name": "ci", "days": "30"}, state="made"),
    Visit("tokens_rename", "ada", verified=True, names={"mark": "one"}, way=token_of_adas("rename")),
    Visit("tokens_remove", "ada", verified=True, names={"mark": "one"}, way=token_of_adas("remove")),
    Visit("verify", "ada", query="?next=/email/change/"),
    Visit("verify", "amara", query="?next=/email/change/"),
    Visit("verify", "social", query="?next=/email/change/"),
    Visit("verify", "ada", verified=True, state="confirmed"),
    Visit("verify_confirm", "ada", way=posted("verify_email")),
    Visit("secure", "ada"),
    Visit("secure", "ada", way=changed_often, state="changed"),
    Visit("secure", "amara", way=locked_before, state="locked"),
    Visit("secure_lock", "ada", verified=True),
    Visit("secure_lock", "passkey", verified=True),
    Visit("secure_locked", "ada", verified=True, way=posted("secure_lock")),
    Visit("secure_sign_out_others", "ada", verified=True),
    Visit("undo", way=way_back),
    Visit("undo", way=way_back_with_a_second_step, state="second step"),
    Visit("undo", way=way_back_that_was_used, state="used"),
    Visit("undo", query="?token=made-up", state="unknown"),
    Visit("not_me", way=not_me),
    Visit("not_me", way=not_me_pressed, state="used"),
    Visit("not_me", query="?token=made-up", state="unknown"),
    Visit("sign_in"),
    Visit("sign_in", query="?next=/profile/&reason=ended", state="ended"),
    Visit("sign_in_callback", state="cancelled"),
    Visit("sign_in_callback", query="?error=access_denied&state=x", status=400, state="unknown"),
    Visit("sign_out"),
    Visit("sign_out", "ada"),
    Visit("session", "ada"),
)
NO_PAGES = {
    "frame_enter": "signs a frame in and leads on",
    "task": "leads to the page of the task",
    "data_download_page": "a file to read",
    "data_download_file": "a file for programs",
    "delete_cancel": "leads to the overview",
    "admin_apps_try": "the page of permissions with other ticks",
    "admin_apps_logo": "a picture",
    "events_keys": "keys for programs",
    "events_transmitter": "a description for programs",
    "support_cancel": "leads to the security page",
    "admin_preview_end": "leads to the search for people",
    "admin": "leads to the search for people",
    "admin_nothing": "there is nothing",
    "email_resend": "sends a code and leads to the page that takes it",
    "email_cancel": "leads to the security page",
    "phone_resend": "sends a code and leads to the page that takes it",
    "phone_cancel": "leads to the security page",
    "profile_arrange": "the page with a row open, arranged for the country that is chosen in it",
    "password_check": "the page of the new password, with the verdict on what was typed",
    "two_step_authenticator_cancel": "leads to the security page",
    "two_step_backup_codes_finish": "leads to the security page",
    "two_step_backup_codes_download": "a text file",
    "two_step_backup_codes_print": "the codes on paper, for which the page with the codes has a print version",
    "two_step_passkeys_return": "leads to the security page",
    "two_step": "leads to its part of the security page",
    "connections": "leads to its part of the security page",
    "connections_callback": "leads to the security page",
    "connections_return": "leads to the security page",
    "well_known_change_password": "leads to the page of the new password",
    "verify_email": "sends a code and leads to the page that takes it",
    "verify_phone": "sends a code and leads to the page that takes it",
    "verify_end": "leads to the security page",
    "sign_in_again": "leads to Logto",
    "sign_in_undo": "leads to Logto",
    "sign_out_backchannel": "for Logto’s server",
    "alerts_address_resend": "mails a code and leads to the page that takes it",
    "alerts_address_cancel": "leads to the security page",
    "webhooks_logto": "for Logto’s server",
    "well_known_passkey_endpoints": "for password managers",
    "activity_download": "a file for spreadsheets",
    "connections_logo": "a picture",
    "organizations_logo": "a picture",
    "apps_logo": "a picture",
    "brand_css": "a style sheet",
    "brand_picture": "a picture",
    "theme": "takes the choice of the footer and leads back",
    "time_zone": "takes the zone of the browser from a script",
    "healthz": "for machines",
    "site_check": "for machines",
    "security_contact": "a text file",
    "readyz": "for machines",
    "statusz": "for machines",
}
