"""`/api/alerts`: where else the person is told of everything, and whether of new devices."""

from __future__ import annotations

from ninja import Router, Schema
from pydantic import ConfigDict

from settings_app.api.forms import posted, saved
from settings_app.api.identifiers import TypedCode
from settings_app.api.problems import Problem
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed
from settings_app.api.times import in_ms
from settings_app.safeguards import alert_address, own_codes
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.safeguards.code_refused import GONE
from settings_app.sections.alerts import actions
from settings_app.sections.alerts.forms import AlertAddressForm, RemoveForm, TurnOffForm, TurnOnForm
from settings_app.sections.alerts.views import is_on_its_way, is_told
from settings_app.sections.verify.methods import masked_email
from settings_app.shell.code import CodeForm

router = Router(tags=["Alerts"])


class Alerts(Schema):
    """`isEstablished`: links that undo changes go there too. `newDevices`: a sign-in on one is emailed."""

    address: str | None
    isEstablished: bool  # noqa: N815
    newDevices: bool  # noqa: N815


class NewAlertAddress(Schema):
    model_config = ConfigDict(extra="forbid")

    address: str


class SentAlertCode(Schema):
    """A code is on its way; times are in milliseconds since 1970."""

    sentTo: str  # noqa: N815
    expiresAt: int  # noqa: N815
    resendInSeconds: int  # noqa: N815


class WantedDeviceAlerts(Schema):
    model_config = ConfigDict(extra="forbid")

    newDevices: bool  # noqa: N815


@router.get("/alerts", auth=AccessTokenAuth(READ), response=Alerts, url_name="api_alerts", summary="Security alerts")
def show(request: ApiRequest) -> Alerts:
    return told(request)


@router.put(
    "/alerts",
    auth=SENSITIVE,
    response=Alerts,
    url_name="api_alerts_new_devices",
    summary="Whether new devices are told",
    openapi_extra=CONFIRMED,
)
def tell_new_devices(request: ApiRequest, wanted: WantedDeviceAlerts) -> Alerts:
    confirmed(request, PurposeGroup.ALERTS)
    if wanted.newDevices and not is_told(request.actor):
        saved(TurnOnForm(posted()), request.actor, Change.DEVICE_ALERTS_ON, actions.tell_new_devices)
    elif not wanted.newDevices and is_told(request.actor):
        saved(TurnOffForm(posted()), request.actor, Change.DEVICE_ALERTS_OFF, actions.tell_no_new_devices)
    return told(request)


@router.post(
    "/alerts/address",
    auth=SENSITIVE,
    response={202: SentAlertCode},
    url_name="api_alert_address",
    summary="Send a code to a new alert address",
    openapi_extra=CONFIRMED,
)
def send(request: ApiRequest, wanted: NewAlertAddress) -> SentAlertCode:
    """Asked twice, the code of the first time counts."""
    confirmed(request, PurposeGroup.ALERTS)
    actor, waiting = request.actor, own_codes.waiting(request.actor)
    current = alert_address.current(actor)
    form = AlertAddressForm(posted(address=wanted.address), email=request.person.email, current=current)
    if not (form.is_valid() and is_on_its_way(waiting, form.cleaned_data["address"])):
        saved(form, actor, Change.ALERT_ADDRESS_CODE_SENT, actions.send_code)
        waiting = own_codes.waiting(actor)
    if waiting is None:
        raise Problem(409, "code.replaced", GONE["code.replaced"])
    return SentAlertCode(
        sentTo=masked_email(waiting.recipient),
        expiresAt=in_ms(waiting.expires_at) or 0,
        resendInSeconds=waiting.resend_in_seconds,
    )


@router.post(
    "/alerts/address/code",
    auth=SENSITIVE,
    response=Alerts,
    url_name="api_alert_address_code",
    summary="Change the alert address",
    openapi_extra=CONFIRMED,
)
def change(request: ApiRequest, typed: TypedCode) -> Alerts:
    confirmed(request, PurposeGroup.ALERTS)
    actor, waiting = request.actor, own_codes.waiting(request.actor)
    kind = Change.ALERT_ADDRESS_CHANGED if alert_address.current(actor) else Change.ALERT_ADDRESS_ADDED
    written = waiting.recipient if waiting else ""
    saved(CodeForm(posted(code=typed.code)), actor, kind, actions.change_address, written=written)
    return told(request)


@router.delete(
    "/alerts/address/code",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_alert_address_code_cancel",
    summary="Give up a new alert address that waits for its code",
)
def cancel(request: ApiRequest) -> None:
    own_codes.drop(request.actor)


@router.delete(
    "/alerts/address",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_alert_address_remove",
    summary="Remove the alert address",
    openapi_extra=CONFIRMED,
)
def remove(request: ApiRequest) -> None:
    confirmed(request, PurposeGroup.ALERTS)
    if alert_address.current(request.actor):
        saved(RemoveForm(posted()), request.actor, Change.ALERT_ADDRESS_REMOVED, actions.remove_address)


def told(request: ApiRequest) -> Alerts:
    actor = request.actor
    return Alerts(
        address=alert_address.current(actor) or None,
        isEstablished=alert_address.is_established(actor),
        newDevices=is_told(actor),
    )
