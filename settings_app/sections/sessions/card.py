"""The devices on the overview, and the line of the check-up about a new one."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.sections.sessions.devices import LONG_AGO, Device, Devices
from settings_app.shell.earlier_sign_ins import EarlierSignIns, sign_ins
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads, sessions
from settings_app.shell.section import Finding, Summary


def summary(request: AccountRequest, reads: Reads) -> Summary:
    devices = Devices.of(request.actor, reads[sessions])
    total = len(devices.every)
    if not total:
        return Summary([], _("You’re not signed in anywhere else"), _("See devices"))
    counted = ngettext("%(total)d device", "%(total)d devices", total) % {"total": total}
    link = ngettext("Review %(total)d device", "Review %(total)d devices", total) % {"total": total}
    return Summary([(one.title, when(request, one)) for one in devices.shown], counted, link)


def new_device(request: AccountRequest, reads: Reads) -> Finding | None:
    """The newest sign-in of the last days from a device that is not among the earlier ones."""
    new = Devices.of(request.actor, reads[sessions], known=EarlierSignIns.of(reads[sign_ins])).new
    if not new:
        return None
    facts = {"device": new[0].name, "signed_in": request.actor.formats.moment(new[0].at or LONG_AGO, in_sentence=True)}
    if new[0].place:
        facts["place"] = new[0].place
        text = _("%(device)s in %(place)s, signed in %(signed_in)s. If that wasn’t you, sign it out.")
    else:
        text = _("%(device)s, signed in %(signed_in)s. If that wasn’t you, sign it out.")
    return Finding(
        "attention", _("Check a new device"), text % facts, "sessions", _("See devices"), "devices", weight=100
    )


def when(request: AccountRequest, device: Device) -> str:
    if device.is_this:
        return _("This device")
    return request.actor.formats.moment(device.at) if device.at else ""
