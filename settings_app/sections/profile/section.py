"""What the section declares of itself."""

from __future__ import annotations

from settings_app.sections.profile.panels import panels
from settings_app.shell.section import Contribution, Section
from settings_app.shell.standing import READS

SECTION = Section(name="details", parent="profile", rows=(Contribution("profile", panels, READS),))
