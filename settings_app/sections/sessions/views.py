"""The pages of devices: the list, signing out one, signing out all others."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from settings_app.logto.errors import LogtoError
from settings_app.safeguards.changes import Change
from settings_app.sections.sessions import actions
from settings_app.sections.sessions.devices import Devices, items_of
from settings_app.sections.sessions.forms import EndForm, EndOthersForm
from settings_app.shell import errors, logto_session
from settings_app.shell.earlier_sign_ins import EarlierSignIns, sign_ins
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.reads import Reads, account_center, applications
from settings_app.shell.rows import Panel
from settings_app.shell.standing import only_the_brand_can, standing_of


def show(request: AccountRequest) -> HttpResponse:
    wanted = (account_center, applications, sign_ins)
    reads, listed = Reads(request.account, wanted), logto_session.listed(request)
    standing = standing_of(request.site, reads[account_center], "session")
    bool(request.person)  # without the person there is no page; the list is not what failed
    names = {one.id: one.name for one in (reads.part(applications).value or {}).values()}
    known = EarlierSignIns.of(reads.part(sign_ins).value)
    devices = Devices.of(request.actor, listed.value or (), names, known)
    page = {
        "devices": devices,
        "shown": items_of(devices.shown, can_end=standing.is_editable),
        "older": items_of(devices.older, can_end=standing.is_editable),
        "failed": failed(request, listed.error) if listed.error else None,
        "can_end": standing.is_editable,
        "cannot_end": standing.reason or only_the_brand_can(request.site).reason,
    }
    return render(request, "sessions/show.html", page)


@editable("session")
@verified_recently
def end(request: AccountRequest, uid: str) -> HttpResponse:
    devices = Devices.of(request.actor, logto_session.listed(request).required())
    device = devices.by_uid(uid)
    if device is None:
        messages.info(request, _("That device is signed out already."))
        return redirect("sessions")
    form = EndForm.received(request, uid=uid)
    is_told = not device.is_this  # the page after that one says it by itself
    if form.submit(request.actor, Change.SESSION_ENDED, actions.end, session=device.session, is_told=is_told):
        return redirect("sign_out" if device.is_this else "sessions")
    page = {"device": device, "item": device.item(), "knows_this": devices.knows_this}
    return render(request, "sessions/end.html", {"form": form, **page})


@editable("session")
@verified_recently
def end_others(request: AccountRequest) -> HttpResponse:
    form = EndOthersForm.received(request)
    if form.submit(request.actor, Change.OTHER_SESSIONS_ENDED, actions.end_others, is_told=False):
        return redirect("sessions")
    # Once refused, what the form says stands alone: reading again might fail.
    devices = None if form.is_bound else Devices.of(request.actor, logto_session.listed(request).required())
    if devices and not devices.others:
        messages.info(request, _("You’re not signed in anywhere else."))
        return redirect("sessions")
    return render(request, "sessions/end_others.html", {"form": form, "devices": devices})


def failed(request: AccountRequest, error: LogtoError) -> Panel:
    reference = errors.part_failed(request, "devices", error)
    failure = _("We couldn’t load your devices")
    return Panel("devices", _("Where you’re signed in"), failure=failure, reference=reference, is_all=True)
