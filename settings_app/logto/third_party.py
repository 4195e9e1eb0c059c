"""What one third-party application may ask people for, and how it presents itself. Used by the admin area alone.

Nothing here is kept. Logto has no call that replaces a list, and writes each kind by itself (docs/logto.md 14.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import PlainValidator

from .errors import NotFound
from .paths import path
from .transport import Transport
from .types import Application, ApplicationLook
from .types.reading import Record, Texts, items, key, mapping, text


class PermissionKind(StrEnum):
    """The four kinds of permission, by their names in addresses."""

    USER = "user-scopes"
    API = "resource-scopes"
    ORGANIZATION = "organization-scopes"
    ORGANIZATION_API = "organization-resource-scopes"


BODY_KEYS = {
    PermissionKind.USER: "userScopes",
    PermissionKind.API: "resourceScopes",
    PermissionKind.ORGANIZATION: "organizationScopes",
    PermissionKind.ORGANIZATION_API: "organizationResourceScopes",
}


def ids(value: object) -> tuple[str, ...]:
    return tuple(text(one.get("id")) for one in items(value))


def ids_by_api(value: object) -> tuple[str, ...]:
    return tuple(found for one in items(value) for found in ids(one.get("scopes")))


@dataclass(frozen=True)
class AppPermissions(Record):
    """Names of what is the person's own, ids of everything else."""

    user: Annotated[Texts, key("userScopes")] = ()
    apis: Annotated[tuple[str, ...], key("resourceScopes"), PlainValidator(ids_by_api)] = ()
    organization: Annotated[tuple[str, ...], key("organizationScopes"), PlainValidator(ids)] = ()
    organization_apis: Annotated[tuple[str, ...], key("organizationResourceScopes"), PlainValidator(ids_by_api)] = ()

    def of(self, kind: PermissionKind) -> tuple[str, ...]:
        by_kind = {
            PermissionKind.USER: self.user,
            PermissionKind.API: self.apis,
            PermissionKind.ORGANIZATION: self.organization,
            PermissionKind.ORGANIZATION_API: self.organization_apis,
        }
        return by_kind[kind]

    def written(self) -> dict[str, list[str]]:
        """For the trail, and to tell whether somebody else changed it."""
        return {kind.value: sorted(self.of(kind)) for kind in PermissionKind}


class ThirdPartyApp:
    """Each method is one call, but for `change_look`, which reads first."""

    def __init__(self, transport: Transport, application_id: str) -> None:
        self.id = application_id
        self._transport = transport

    def application(self) -> Application:
        """GET /api/applications/{id} (14.1). An empty one where there is none."""
        try:
            return Application.from_api(self._transport.fetch_object("GET", path("/api/applications/{id}", self.id)))
        except NotFound as error:
            if not error.code:
                raise
            return Application()

    def permissions(self) -> AppPermissions:
        """GET /api/applications/{id}/user-consent-scopes (14.2)."""
        place = path("/api/applications/{id}/user-consent-scopes", self.id)
        return AppPermissions.from_api(self._transport.fetch_object("GET", place))

    def permit(self, kind: PermissionKind, wanted: Iterable[str]) -> None:
        """POST /api/applications/{id}/user-consent-scopes (14.2), of one kind: an empty one would be a failure."""
        place = path("/api/applications/{id}/user-consent-scopes", self.id)
        self._transport.call("POST", place, json={BODY_KEYS[kind]: list(wanted)})

    def withdraw(self, kind: PermissionKind, one: str) -> None:
        """DELETE /api/applications/{id}/user-consent-scopes/{kind}/{scope} (14.2); what is gone is gone."""
        template = "/api/applications/{id}/user-consent-scopes/{kind}/{scope}"
        try:
            self._transport.call("DELETE", path(template, self.id, kind.value, one))
        except NotFound as error:
            # guard: only-logto-says-a-permission-is-gone
            if not error.code:
                raise

    def look(self) -> ApplicationLook:
        """GET /api/applications/{id}/sign-in-experience (14.4). An empty one where there never was any."""
        return ApplicationLook.from_api(self._stored_look())

    def change_look(self, *, name: str, logo: str, terms_url: str, privacy_url: str) -> None:
        """GET, then PUT /api/applications/{id}/sign-in-experience (14.4): `branding` is replaced as a whole."""
        branding = {**mapping(self._stored_look().get("branding")), "logoUrl": logo}
        content = {
            "displayName": name or None,
            "termsOfUseUrl": terms_url,
            "privacyPolicyUrl": privacy_url,
            "branding": {name: value for name, value in branding.items() if value},
        }
        self._transport.call("PUT", path("/api/applications/{id}/sign-in-experience", self.id), json=content)

    def _stored_look(self) -> Mapping[str, Any]:
        try:
            return self._transport.fetch_object("GET", path("/api/applications/{id}/sign-in-experience", self.id))
        except NotFound as error:
            if not error.code:
                raise
            return {}
