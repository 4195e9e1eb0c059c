"""One person's account: everything this site can do for the person who is signed in, one method each.

The person is the one of the session that made the `Account`; no method takes a user id. Every method raises a
`LogtoError` when it fails. Numbers in brackets are sections of the notes on Logto's API that this site follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import urlsplit

from .errors import NotFound, Refused, Unavailable
from .paths import Path, is_id, path, template_of
from .transport import PAGE_SIZE, Content
from .types import (
    Factor,
    Grant,
    Invitation,
    LogEntry,
    LogPage,
    LogtoConfig,
    LogtoSession,
    Organization,
    PasswordVerdict,
    Person,
    PersonalAccessToken,
    Profile,
    Role,
    SocialIdentity,
)
from .types.person import ADDRESS_KEYS, PROFILE_KEYS
from .types.reading import cut, mapping, text

if TYPE_CHECKING:
    from .tenant import Tenant

CHECK_PASSWORD_SECONDS = 3.0  # Logto asks a breach service meanwhile, without a limit of its own (docs/logto.md 4.3)
CONSENT_ORGANIZATIONS = "/api/applications/{application}/users/{id}/consent-organizations"
NOT_THIRD_PARTY = {"application.third_party_application_only", "entity.not_exists_with_id"}
AUTHENTICATOR_SECRET = re.compile(r"[A-Z2-7]{32}")

SocialIdentities = tuple[SocialIdentity, ...]


class Account:
    """The account of one person of one tenant."""

    def __init__(self, user_id: str, tenant: Tenant) -> None:
        self.user_id = user_id
        self.tenant = tenant
        self._transport = tenant.transport

    def __repr__(self) -> str:
        return f"Account({self.user_id!r})"

    def person(self) -> Person:
        """GET /api/users/{id} (2.2). A deleted person is `NotFound`."""
        source = self._fetch("GET", params={"includeSsoIdentities": "true"})
        person = Person.from_api(source)
        # guard: person-is-the-one-asked-for
        if person.id != self.user_id:
            raise Unavailable("GET", "/api/users/{id}", status=200, code="answer.of_another_person")
        # A suspended person is shut out by this value, so that has to be said and not be missing.
        # guard: person-says-whether-suspended
        if not isinstance(source.get("isSuspended"), bool):
            raise Unavailable("GET", "/api/users/{id}", status=200, code="answer.unexpected", answered=True)
        return person

    def change_name(self, name: str) -> Person:
        """PATCH /api/users/{id} (2.3)."""
        return self._change(name=name)

    def change_profile(self, **changed: str) -> Profile:
        """PATCH /api/users/{id}/profile (2.4): merges, so what is not named stays. An empty text clears.

        Names are those of `Profile` without `address`.
        """
        stored = {PROFILE_KEYS[name]: value for name, value in changed.items()}
        return Profile.from_api(self._fetch("PATCH", "/profile", json={"profile": stored}))

    def change_address(self, **changed: str) -> Profile:
        """GET /api/users/{id}, then PATCH .../profile (2.4), which replaces the address as a whole.

        The parts that are not named are sent back as they are stored. Names are those of `Address`.
        """
        stored = mapping(mapping(self._fetch("GET").get("profile")).get("address"))
        kept = {key: value for key, value in stored.items() if isinstance(value, str)}
        address = kept | {ADDRESS_KEYS[name]: value for name, value in changed.items()}
        return Profile.from_api(self._fetch("PATCH", "/profile", json={"profile": {"address": address}}))

    def change_avatar(self, avatar: str) -> Person:
        """PATCH /api/users/{id} (2.3). Logto takes any scheme of address; the form decides which."""
        return self._change(avatar=avatar)

    def remove_avatar(self) -> Person:
        """PATCH /api/users/{id} (2.3)."""
        return self._change(avatar="")

    def upload_picture(self, name: str, content: bytes, mime_type: str) -> str:
        """POST /api/user-assets (13). Gives the picture's address; it is nobody's avatar yet.

        Logto keeps the file name and believes the type, so both are made up by the caller.
        """
        files = {"file": (name, content, mime_type)}
        return str(self._transport.fetch_object("POST", "/api/user-assets", files=files).get("url", ""))

    def change_custom_data(self, changed: Mapping[str, Any]) -> Mapping[str, Any]:
        """PATCH /api/users/{id}/custom-data (2.5): merges top-level keys, keeps the others. Gives all of it."""
        return self._fetch("PATCH", "/custom-data", json={"customData": dict(changed)})

    def change_username(self, username: str) -> Person:
        """PATCH /api/users/{id} (2.3). The tenant's username policy is not checked there."""
        return self._change(username=username)

    def remove_username(self) -> Person:
        """PATCH /api/users/{id} (2.3)."""
        return self._change(username="")

    def change_email(self, email: str) -> Person:
        """PATCH /api/users/{id} (2.3). Logto proves nothing: only for an address that was proven here."""
        return self._change(primaryEmail=email)

    def remove_email(self) -> Person:
        """PATCH /api/users/{id} (2.3)."""
        return self._change(primaryEmail="")

    def change_phone(self, phone: str) -> Person:
        """PATCH /api/users/{id} (2.3), digits only. Logto proves nothing: only for a number that was proven here."""
        return self._change(primaryPhone=digits(phone))

    def remove_phone(self) -> Person:
        """PATCH /api/users/{id} (2.3)."""
        return self._change(primaryPhone="")

    def send_code(self, recipient: str) -> None:
        """POST /api/verification-codes (3), to an email address or a phone number."""
        self._transport.call("POST", "/api/verification-codes", json=addressed(recipient))

    def check_code(self, recipient: str, code: str) -> None:
        """POST /api/verification-codes/verify (3). Uses the code up; a wrong one is `Refused`, and `code` says why."""
        content = {**addressed(recipient), "verificationCode": code}
        self._transport.call("POST", "/api/verification-codes/verify", json=content)

    def verify_password(self, password: str) -> bool:
        """POST /api/users/{id}/password/verify (4.1). Logto counts no attempts; the caller must."""
        try:
            self._transport.call("POST", self._path("/password/verify"), json={"password": password})
        except Refused as refusal:
            if refusal.code != "session.invalid_credentials":
                raise
            return False
        return True

    def check_password(self, password: str) -> PasswordVerdict:
        """POST /api/sign-in-exp/default/check-password (4.3): the tenant's policy, with this person in mind.

        Not judged: the breach service did not answer, or not in time.
        """
        content = {"password": password, "userId": self.user_id}
        address = "/api/sign-in-exp/default/check-password"
        limit = CHECK_PASSWORD_SECONDS
        try:
            verdict = self._transport.fetch_object("POST", address, json=content, timeout=limit, answer_key="result")
        except (Refused, Unavailable) as error:
            if error.code not in ("request.invalid_input", "answer.late"):
                raise
            return PasswordVerdict(accepted=False, judged=False)
        return PasswordVerdict.from_api(verdict)

    def set_password(self, password: str) -> Person:
        """PATCH /api/users/{id}/password (4.1). No policy, no current password and no session is looked at there."""
        return Person.from_api(self._fetch("PATCH", "/password", json={"password": password}))

    def factors(self) -> tuple[Factor, ...]:
        """GET /api/users/{id}/mfa-verifications (7.1). `Unavailable` when one has no id, for none may be left out."""
        address = self._path("/mfa-verifications")
        found = tuple(Factor.from_api(one) for one in self._transport.fetch_list("GET", address))
        if not all(is_id(one.id) for one in found):
            raise Unavailable("GET", template_of(address), code="answer.unexpected")
        return found

    def add_authenticator(self, secret: str) -> None:
        """POST /api/users/{id}/mfa-verifications (7.2). It is asked for from now on: prove a code of it first.

        `secret` is 32 characters of base32. Raises ValueError otherwise, for Logto would store an empty one.
        """
        # guard: authenticator-secret-is-complete
        if not AUTHENTICATOR_SECRET.fullmatch(secret):
            raise ValueError("not an authenticator secret")
        self._fetch("POST", "/mfa-verifications", json={"type": "Totp", "secret": secret})

    def add_backup_codes(self) -> tuple[str, ...]:
        """POST /api/users/{id}/mfa-verifications (7.2). The codes are never given again."""
        codes = self._fetch("POST", "/mfa-verifications", json={"type": "BackupCode"}).get("codes")
        return tuple(str(code) for code in codes) if isinstance(codes, list) else ()

    def remove_factor(self, factor_id: str) -> None:
        """DELETE /api/users/{id}/mfa-verifications/{factor} (7.3). Logto lets even the last one go."""
        self._remove("/api/users/{id}/mfa-verifications/{factor}", factor_id)

    def configuration(self) -> LogtoConfig:
        """GET /api/users/{id}/logto-configs (7.4)."""
        return LogtoConfig.from_api(self._fetch("GET", "/logto-configs"))

    def change_configuration(
        self, *, two_step_enabled: bool | None = None, skips_two_step_at_sign_in: bool | None = None
    ) -> LogtoConfig:
        """PATCH /api/users/{id}/logto-configs (7.4); None leaves a value as it is."""
        given = {"enabled": two_step_enabled, "skipMfaOnSignIn": skips_two_step_at_sign_in}
        content = {"mfa": {key: value for key, value in given.items() if value is not None}}
        return LogtoConfig.from_api(self._fetch("PATCH", "/logto-configs", json=content))

    def organizations(self) -> tuple[Organization, ...]:
        """GET /api/users/{id}/organizations (10): those the person belongs to, with the roles they have there."""
        return tuple(Organization.from_api(one) for one in self._list("/organizations"))

    def leave_organization(self, organization_id: str) -> None:
        """DELETE /api/organizations/{organization}/users/{id} (10). Logto lets even the last one who runs it go."""
        self._call_unless_gone(
            "DELETE", path("/api/organizations/{organization}/users/{id}", organization_id, self.user_id)
        )

    def invitations_to(self, email: str) -> tuple[Invitation, ...]:
        """GET /api/organization-invitations (10), in every state. Logto proves nothing: only for a proven email."""
        # Without an address Logto gives those of everybody.
        # guard: no-invitations-of-everybody
        if not email:
            return ()
        found = self._transport.fetch_list("GET", "/api/organization-invitations", params={"invitee": email})
        invitations = [Invitation.from_api(one) for one in found]
        # guard: invitations-of-this-address-alone
        invitations = [one for one in invitations if is_same_email(one.invitee, email)]
        return tuple(invitations)

    def accept_invitation(self, invitation_id: str) -> None:
        """PUT /api/organization-invitations/{invitation}/status (10). Another address, or no longer open: `Refused`."""
        self._answer_invitation(invitation_id, {"status": "Accepted", "acceptedUserId": self.user_id})

    def decline_invitation(self, invitation_id: str) -> None:
        """The same (10). Logto does not look whose it is: only for one of `invitations_to`."""
        self._answer_invitation(invitation_id, {"status": "Revoked"})

    def organizations_require_two_step(self) -> bool:
        """GET /api/users/{id}/organizations (10): whether one of them wants its members to have a second factor.

        Not asked where the tenant leaves them no say in it.
        """
        if not self.tenant.sign_in_experience().two_step.organizations_require:
            return False
        return any(one.requires_two_step for one in self.organizations())

    def roles(self) -> tuple[Role, ...]:
        """GET /api/users/{id}/roles (11.1), of the tenant and not of its organizations."""
        return tuple(Role.from_api(one) for one in self._transport.fetch_pages(self._path("/roles")))

    def authorization_address(self, connector_id: str, *, state: str, redirect_uri: str) -> str:
        """POST /api/connectors/{connector}/authorization-uri (5.2): where the person goes to confirm at the provider.

        A connector that cannot be linked this way is `Refused` with status 501.
        """
        template = "/api/connectors/{connector}/authorization-uri"
        content = {"state": state, "redirectUri": redirect_uri}
        address = str(
            self._transport.fetch_object("POST", path(template, connector_id), json=content).get("redirectTo", "")
        )
        # guard: provider-address-is-a-web-address
        if urlsplit(address).scheme not in ("https", "http"):
            raise Unavailable("POST", template, status=200, code="answer.no_web_address", answered=True)
        return address

    def connect(self, connector_id: str, provider_answer: Mapping[str, str], *, redirect_uri: str) -> SocialIdentities:
        """POST /api/users/{id}/identities (5.4). Replaces the account connected to the same provider.

        `provider_answer` is what the provider sent to the callback, `redirect_uri` what its address was asked for with.
        """
        connector_data = dict(provider_answer)
        # The answer comes by way of the browser and may name an address of its own.
        # guard: redirect-uri-is-the-recorded-one
        connector_data["redirectUri"] = redirect_uri
        content = {"connectorId": connector_id, "connectorData": connector_data}
        return SocialIdentity.all_from_api(self._fetch("POST", "/identities", json=content))

    def disconnect(self, target: str) -> None:
        """DELETE /api/users/{id}/identities/{target} (5.5). Logto lets even the last way to sign in go."""
        self._remove("/api/users/{id}/identities/{target}", target)

    def sessions(self) -> tuple[LogtoSession, ...]:
        """GET /api/users/{id}/sessions (8.1)."""
        return tuple(LogtoSession.from_api(one) for one in self._list("/sessions", within="sessions"))

    def end_session(self, uid: str) -> None:
        """DELETE /api/users/{id}/sessions/{uid} (8.1), with the grants made in it."""
        self._remove("/api/users/{id}/sessions/{uid}", uid, revokeGrantsTarget="all")

    def grants(self) -> tuple[Grant, ...]:
        """GET /api/users/{id}/grants (8.2), those of sessions that have ended included."""
        return tuple(Grant.from_api(one) for one in self._list("/grants", within="grants"))

    def end_grant(self, grant_id: str) -> None:
        """DELETE /api/users/{id}/grants/{grant} (8.2), with the tokens given out under it."""
        self._remove("/api/users/{id}/grants/{grant}", grant_id)

    def consent_organizations(self, application_id: str) -> tuple[Organization, ...]:
        """GET /api/applications/{application}/users/{id}/consent-organizations (14.3).

        None for one that is no third-party application of the tenant.
        """
        try:
            found = self._transport.fetch_pages(
                path(CONSENT_ORGANIZATIONS, application_id, self.user_id), within="organizations"
            )
        except (NotFound, Refused) as error:
            if error.code not in NOT_THIRD_PARTY:
                raise
            return ()
        return tuple(Organization.from_api(one) for one in found)

    def change_consent_organizations(self, application_id: str, organization_ids: Iterable[str]) -> None:
        """PUT /api/applications/{application}/users/{id}/consent-organizations (14.3): these and no others.

        The same one twice would break Logto.
        """
        content = {"organizationIds": list(dict.fromkeys(organization_ids))}
        self._transport.call("PUT", path(CONSENT_ORGANIZATIONS, application_id, self.user_id), json=content)

    def personal_access_tokens(self) -> tuple[PersonalAccessToken, ...]:
        """GET /api/users/{id}/personal-access-tokens (12): their secrets end here."""
        return tuple(PersonalAccessToken.from_api(one) for one in self._list("/personal-access-tokens"))

    def add_personal_access_token(self, name: str, expires_at: datetime | None) -> str:
        """POST /api/users/{id}/personal-access-tokens (12). Gives the secret itself, this once."""
        ends = None if expires_at is None else int(expires_at.timestamp() * 1000)
        answer = self._fetch("POST", "/personal-access-tokens", json={"name": name, "expiresAt": ends})
        if not (secret := text(answer.get("value"))):
            raise Unavailable("POST", "/api/users/{id}/personal-access-tokens", status=201, code="answer.unexpected")
        return secret

    def rename_personal_access_token(self, name: str, *, becomes: str) -> None:
        """PATCH /api/users/{id}/personal-access-tokens (12). What it gives back with the secret ends here."""
        self._fetch("PATCH", "/personal-access-tokens", json={"currentName": name, "name": becomes})

    def remove_personal_access_token(self, name: str) -> None:
        """POST /api/users/{id}/personal-access-tokens/delete (12), by name: there is no other id.

        Raises Unavailable for one whose name could not be read: what it is called at Logto is not known.
        """
        # guard: a-token-without-a-name-is-no-removed-one
        if not name:
            raise Unavailable(
                "POST", "/api/users/{id}/personal-access-tokens/delete", sent=False, code="answer.unexpected"
            )
        self._call_unless_gone("POST", self._path("/personal-access-tokens/delete"), json={"name": name})

    def log(
        self, *, until_ms: int, event: str = "", page: int = 1, since_ms: int = 0, timeout: float | None = None
    ) -> LogPage:
        """GET /api/logs (9): what happened to this person at Logto, newest first; of the one `event` where given.

        Both moments belong to it. With `until_ms` in the past, rows that arrive meanwhile move none to another page.
        `timeout` is for who can do without: in a large table Logto may search for long.
        """
        params: dict[str, str | int] = {"userId": self.user_id, "end_time": until_ms, "enableCap": "true"}
        params |= {"page": page, "page_size": PAGE_SIZE} | ({"logKey": event} if event else {})
        params |= {"start_time": since_ms} if since_ms else {}
        rows = self._transport.fetch_list("GET", "/api/logs", params=params, timeout=timeout)
        entries = tuple(LogEntry.from_api(one) for one in rows)
        # Logto drops parameters that it does not know, and then gives everybody's rows.
        # guard: log-rows-of-this-person
        entries = tuple(entry for entry in entries if entry.user_id == self.user_id)
        oldest = cut(mapping(rows[-1]).get("createdAt")) if rows else None
        return LogPage(entries, is_last=len(rows) < PAGE_SIZE, oldest_ms=oldest or 0)

    def suspend(self) -> Person:
        """PATCH /api/users/{id}/is-suspended (2.6). Grants stay, and access tokens, which may still work (12)."""
        return Person.from_api(self._fetch("PATCH", "/is-suspended", json={"isSuspended": True}))

    def restore(self) -> Person:
        """PATCH /api/users/{id}/is-suspended (2.6). Nothing that ended meanwhile comes back."""
        return Person.from_api(self._fetch("PATCH", "/is-suspended", json={"isSuspended": False}))

    def delete(self) -> None:
        """DELETE /api/users/{id} (2.6), with everything that goes with the person. Nothing brings them back."""
        self._call_unless_gone("DELETE", self._path(""))

    def is_gone(self) -> bool:
        """GET /api/users/{id} (2.2): whether Logto says that there is no such person."""
        try:
            self.person()
        except NotFound as error:
            # An address that is not there says nothing about a person.
            # guard: only-logto-says-the-person-is-gone
            if not error.code:
                raise
            return True
        return False

    def _answer_invitation(self, invitation_id: str, content: dict[str, str]) -> None:
        address = path("/api/organization-invitations/{invitation}/status", invitation_id)
        self._transport.call("PUT", address, json=content)

    def _change(self, **changed: object) -> Person:
        return Person.from_api(self._fetch("PATCH", json=changed))

    def _path(self, below: str) -> Path:
        return path("/api/users/{id}" + below, self.user_id)

    def _fetch(self, method: str, below: str = "", **content: Unpack[Content]) -> dict[str, Any]:
        return self._transport.fetch_object(method, self._path(below), **content)

    def _list(self, below: str, *, within: str = "") -> list[Any]:
        return self._transport.fetch_list("GET", self._path(below), within=within)

    def _remove(self, template: str, part: str, **params: str) -> None:
        """Removes one thing of this person's."""
        self._call_unless_gone("DELETE", path(template, self.user_id, part), params=params)

    def _call_unless_gone(self, method: str, address: Path, **content: Unpack[Content]) -> None:
        """A removal; what Logto says is not there has been removed already."""
        try:
            self._transport.call(method, address, **content)
        except NotFound as error:
            # guard: only-logto-says-it-is-gone
            if not error.code:
                raise


def addressed(recipient: str) -> dict[str, str]:
    return {"email": recipient} if "@" in recipient else {"phone": digits(recipient)}


def is_same_email(one: str, other: str) -> bool:
    """In whatever case a to z are written; other letters that look or fold alike can be another mailbox."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def digits(phone: str) -> str:
    """Logto stores and compares phone numbers as digits, without plus sign and spaces (docs/logto.md 2.3)."""
    return re.sub(r"[^0-9]", "", phone)
