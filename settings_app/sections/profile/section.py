"""What the section declares of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settings_app.sections.profile.details import BUILT_IN, NAME_PARTS
from settings_app.sections.profile.panels import panels
from settings_app.shell.section import Contribution, Section
from settings_app.shell.standing import READS

SECTION = Section(
    name="details",
    parent="profile",
    rows=(Contribution("profile", panels, READS),),
    fields={detail.name: detail.label for detail in (*BUILT_IN, *NAME_PARTS)} | {"full-name": _("Name")},
)
