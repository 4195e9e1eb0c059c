"""`/api/account/username` and `/password`."""

from __future__ import annotations

from ninja import Router, Schema
from pydantic import ConfigDict

from settings_app.api import repeats
from settings_app.api.forms import posted, saved
from settings_app.api.identifiers import IdentifierNow, remove
from settings_app.api.request import ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.password import actions as password_actions
from settings_app.sections.password.forms import PasswordForm
from settings_app.sections.username import actions as username_actions
from settings_app.sections.username.forms import UsernameForm
from settings_app.typed import exact

router = Router(tags=["Username and password"])


class NewUsername(Schema):
    model_config = ConfigDict(extra="forbid")

    username: str


class NewPassword(Schema):
    """`currentPassword` is asked for, unless the confirmation was by password."""

    model_config = ConfigDict(extra="forbid")

    password: str
    currentPassword: str = ""  # noqa: N815


@router.put(
    "/account/username",
    auth=SENSITIVE,
    response=IdentifierNow,
    url_name="api_username",
    summary="Change the username",
    openapi_extra=CONFIRMED,
)
def change_username(request: ApiRequest, wanted: NewUsername) -> IdentifierNow:
    editable(request, "username")
    confirmed(request, PurposeGroup.USERNAME)
    policy, current = request.account.tenant.sign_in_experience().username_policy, request.person.username
    form = UsernameForm(posted(username=wanted.username), policy=policy, current=current)
    kind, written = Change.USERNAME_CHANGED if current else Change.USERNAME_ADDED, exact(wanted.username)
    if not form.is_unchanged():
        saved(form, request.actor, kind, username_actions.change_username, written=written)
    return IdentifierNow(value=written)


@router.delete(
    "/account/username",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_username_remove",
    summary="Remove the username",
    openapi_extra=CONFIRMED,
)
def remove_username(request: ApiRequest) -> None:
    editable(request, "username")
    confirmed(request, PurposeGroup.USERNAME)
    remove(request, "username", Change.USERNAME_REMOVED, username_actions.remove_username)


@router.put(
    "/account/password",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_password",
    summary="Change the password",
    openapi_extra=CONFIRMED,
)
def change_password(request: ApiRequest, wanted: NewPassword) -> None:
    """A confirmation for this is good for one new password. Nothing is kept for an Idempotency-Key."""
    repeats.keep_nothing(request)
    editable(request, "password")
    confirmation = confirmed(request, PurposeGroup.PASSWORD)
    asks_current = False
    # guard: api-current-password-asked
    if request.person.has_password and confirmation.how != "password":
        asks_current = True
    form = PasswordForm(
        posted(password=wanted.password, current_password=wanted.currentPassword),
        policy=request.account.tenant.sign_in_experience().password_policy,
        asks_current=asks_current,
    )
    kind = Change.PASSWORD_CHANGED if request.person.has_password else Change.PASSWORD_SET
    saved(form, request.actor, kind, password_actions.change_password)
    confirmation.use_up()
