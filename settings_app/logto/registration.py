"""What an operator's machine may register in a tenant: applications, roles, webhooks. For two commands alone.

Nothing is kept, and nothing that Logto holds beside what is named is lost: objects that a PATCH replaces as a whole
(docs/logto.md 14.1) are read, completed and sent back at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from .errors import NotFound, Unavailable
from .paths import literally, path
from .transport import Transport
from .types.reading import Flag, Moment, Record, Text, Texts, key, mapping, texts
from .types.tenant import Application

LARGEST_PAGE = 100
NO_SUCH_PERSON = "entity.not_found"  # a role that there is not has another code
MACHINE = "MachineToMachine"
WEB = "Traditional"
USER = "User"


@dataclass(frozen=True)
class Secret(Record):
    """One of an application's secrets, in clear: it goes into the operator's own file and nowhere else."""

    name: Text = ""
    value: Annotated[Text, key("value")] = field(default="", repr=False)
    expires_at: Annotated[Moment, key("expiresAt")] = None


@dataclass(frozen=True)
class TenantRole(Record):
    id: Text = ""
    name: Text = ""
    type: Text = ""
    is_default: Annotated[Flag, key("isDefault")] = False


@dataclass(frozen=True)
class RegisteredApi:
    """An API resource with the ids of its permissions, by their names."""

    id: str
    permissions: Mapping[str, str]


@dataclass(frozen=True)
class Hook(Record):
    """A webhook; its signing key is for the operator's own file as well."""

    id: Text = ""
    url: Annotated[Text, key("config", "url")] = ""
    events: Texts = ()
    enabled: Flag = False
    signing_key: Annotated[Text, key("signingKey")] = field(default="", repr=False)


@dataclass(frozen=True)
class Addresses:
    """Where an application is to be reached."""

    redirect: str
    post_logout: str
    backchannel: str

    def missing_in(self, application: Application) -> list[str]:
        """What of it an application does not have yet, in words."""
        wanted = {
            f"redirect URI {self.redirect}": self.redirect in application.redirect_uris,
            f"post sign-out redirect URI {self.post_logout}": self.post_logout in application.post_logout_redirect_uris,
            f"back-channel logout URI {self.backchannel}": application.backchannel_logout_uri == self.backchannel,
            "“Is session required?” on": application.backchannel_logout_session_required,
        }
        return [what for what, is_there in wanted.items() if not is_there]

    def within(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """`metadata` with these; whatever else it holds stays."""
        return {
            **metadata,
            "redirectUris": with_one(metadata.get("redirectUris"), self.redirect),
            "postLogoutRedirectUris": with_one(metadata.get("postLogoutRedirectUris"), self.post_logout),
            "backchannelLogoutUri": self.backchannel,
            "backchannelLogoutSessionRequired": True,
        }


class Registration:
    """Each method is one call, but for the changes that read first."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def applications(self) -> tuple[Application, ...]:
        """GET /api/applications (14.1)."""
        return tuple(Application.from_api(one) for one in self._transport.fetch_list("GET", "/api/applications"))

    def add_application(self, name: str, kind: str, addresses: Addresses | None = None) -> Application:
        """POST /api/applications (14.1)."""
        content: dict[str, Any] = {"name": name, "type": kind}
        if addresses:
            content["oidcClientMetadata"] = addresses.within({})
        return Application.from_api(self._transport.fetch_object("POST", "/api/applications", json=content))

    def complete_addresses(self, application_id: str, addresses: Addresses) -> None:
        """GET, then PATCH /api/applications/{id} (14.1): the metadata is replaced as a whole."""
        place = path("/api/applications/{id}", application_id)
        metadata = self._transport.fetch_object("GET", place).get("oidcClientMetadata")
        # Without it the PATCH would take away what cannot be seen.
        # guard: metadata-is-read-before-it-is-replaced
        if not isinstance(metadata, dict):
            raise Unavailable("GET", place.template, status=200, code="answer.unexpected", answered=True)
        self._transport.call("PATCH", place, json={"oidcClientMetadata": addresses.within(metadata)})

    def secrets(self, application_id: str) -> tuple[Secret, ...]:
        """GET /api/applications/{id}/secrets (14.1)."""
        place = path("/api/applications/{id}/secrets", application_id)
        return tuple(Secret.from_api(one) for one in self._transport.fetch_list("GET", place))

    def add_secret(self, application_id: str, name: str) -> Secret:
        """POST /api/applications/{id}/secrets (14.1)."""
        place = path("/api/applications/{id}/secrets", application_id)
        return Secret.from_api(self._transport.fetch_object("POST", place, json={"name": name}))

    def role_named(self, name: str) -> TenantRole | None:
        """GET /api/roles (11.1), whose search takes wildcards and looks at descriptions too."""
        params: dict[str, str | int] = {"search": literally(name), "page_size": LARGEST_PAGE}
        found = (TenantRole.from_api(one) for one in self._transport.fetch_list("GET", "/api/roles", params=params))
        return next((role for role in found if role.name == name), None)

    def add_role(
        self, name: str, description: str, kind: str, permissions: Iterable[str] = (), *, is_default: bool = False
    ) -> TenantRole:
        """POST /api/roles (11.1). A default role is given to everybody who registers from then on."""
        content: dict[str, Any] = {"name": name, "description": description, "type": kind}
        more: dict[str, Any] = {"scopeIds": list(permissions)} if permissions else {}
        more |= {"isDefault": True} if is_default else {}
        return TenantRole.from_api(self._transport.fetch_object("POST", "/api/roles", json={**content, **more}))

    def permissions_of(self, role_id: str) -> frozenset[str]:
        """GET /api/roles/{id}/scopes (11.1): their ids."""
        return self._ids(path("/api/roles/{id}/scopes", role_id))

    def permit(self, role_id: str, permission: str) -> None:
        """POST /api/roles/{id}/scopes (11.1)."""
        self._transport.call("POST", path("/api/roles/{id}/scopes", role_id), json={"scopeIds": [permission]})

    def roles_of(self, application_id: str) -> frozenset[str]:
        """GET /api/applications/{id}/roles (14.1): their ids."""
        return self._ids(path("/api/applications/{id}/roles", application_id))

    def give_role(self, application_id: str, role_id: str) -> None:
        """POST /api/applications/{id}/roles (14.1)."""
        self._transport.call("POST", path("/api/applications/{id}/roles", application_id), json={"roleIds": [role_id]})

    def holders_of(self, role_id: str) -> tuple[str, ...]:
        """GET /api/roles/{id}/users (11.1): the ids of those of the first page."""
        found = self._transport.fetch_list("GET", path("/api/roles/{id}/users", role_id))
        return tuple(str(mapping(one).get("id")) for one in found)

    def people_without(self, role_id: str) -> tuple[str, ...]:
        """GET /api/users (2.2): the ids of those who do not have this role, of the first page."""
        params: dict[str, str | int] = {"excludeRoleId": role_id, "page_size": LARGEST_PAGE}
        found = self._transport.fetch_list("GET", "/api/users", params=params)
        return tuple(str(mapping(one).get("id")) for one in found)

    def give_role_to(self, person_id: str, role_id: str) -> None:
        """POST /api/users/{id}/roles (11.1). Who has it keeps it, and who is gone meanwhile needs none."""
        try:
            self._transport.call("POST", path("/api/users/{id}/roles", person_id), json={"roleIds": [role_id]})
        except NotFound as error:
            if error.code != NO_SUCH_PERSON:
                raise

    def claims_in_id_tokens(self) -> tuple[str, ...]:
        """GET /api/configs/id-token (11.2): which claims beyond the standard ones the tenant puts there."""
        return texts(self._transport.fetch_object("GET", "/api/configs/id-token").get("enabledExtendedClaims"))

    def full_access(self, indicator: str) -> str:
        """The id of the Management API's permission `all`; empty where there is none."""
        found = self.registered_api(indicator)
        return found.permissions.get("all", "") if found else ""

    def registered_api(self, indicator: str) -> RegisteredApi | None:
        """GET /api/resources (14.5)."""
        params: dict[str, str | int] = {"includeScopes": "true"}
        for resource in self._transport.fetch_list("GET", "/api/resources", params=params):
            found = mapping(resource)
            if found.get("indicator") == indicator:
                scopes = [mapping(one) for one in found.get("scopes") or ()]
                return RegisteredApi(str(found.get("id")), {str(one["name"]): str(one["id"]) for one in scopes})
        return None

    def add_api(self, name: str, indicator: str) -> RegisteredApi:
        """POST /api/resources (14.5)."""
        made = self._transport.fetch_object("POST", "/api/resources", json={"name": name, "indicator": indicator})
        return RegisteredApi(str(made.get("id")), {})

    def add_permission(self, api_id: str, name: str, description: str) -> str:
        """POST /api/resources/{id}/scopes (14.5). Gives its id."""
        content = {"name": name, "description": description}
        made = self._transport.fetch_object("POST", path("/api/resources/{id}/scopes", api_id), json=content)
        return str(made.get("id"))

    def hooks(self) -> tuple[Hook, ...]:
        """GET /api/hooks (15.1)."""
        return tuple(Hook.from_api(one) for one in self._transport.fetch_list("GET", "/api/hooks"))

    def add_hook(self, name: str, url: str, events: Iterable[str]) -> Hook:
        """POST /api/hooks (15.1)."""
        content = {"name": name, "events": list(events), "config": {"url": url}, "enabled": True}
        return Hook.from_api(self._transport.fetch_object("POST", "/api/hooks", json=content))

    def complete_hook(self, hook: Hook, events: Iterable[str]) -> None:
        """PATCH /api/hooks/{id} (15.1). Its `config`, which would be replaced as a whole, is not sent."""
        content = {"events": list(dict.fromkeys((*hook.events, *events))), "enabled": True}
        self._transport.call("PATCH", path("/api/hooks/{id}", hook.id), json=content)

    def _ids(self, place: str) -> frozenset[str]:
        return frozenset(str(mapping(one).get("id")) for one in self._transport.fetch_list("GET", place))


def with_one(listed: object, wanted: str) -> list[Any]:
    """A list with `wanted` in it, everything else as it stands."""
    stored = list(listed) if isinstance(listed, list) else []
    return stored if wanted in stored else [*stored, wanted]
