"""The devices on the overview."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.sections.sessions.devices import Device, Devices
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads, sessions
from settings_app.shell.section import Summary


def summary(request: AccountRequest, reads: Reads) -> Summary:
    devices = Devices.of(request.actor, reads[sessions])
    total = len(devices.every)
    if not total:
        return Summary([], _("You’re not signed in anywhere else"), _("See devices"))
    counted = ngettext("%(total)d device", "%(total)d devices", total) % {"total": total}
    link = ngettext("Review %(total)d device", "Review %(total)d devices", total) % {"total": total}
    return Summary([(one.title, when(request, one)) for one in devices.shown], counted, link)


def when(request: AccountRequest, device: Device) -> str:
    if device.is_this:
        return _("This device")
    return request.actor.formats.moment(device.at) if device.at else ""
