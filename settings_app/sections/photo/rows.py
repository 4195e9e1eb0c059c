"""The row of the photo on the profile page."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from settings_app.sections.photo.sources import Sources, photo_standing, sources_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row
from settings_app.shell.standing import Rules


def rows(request: AccountRequest, reads: Reads) -> list[Panel]:
    """None when the tenant has switched it off."""
    rules = Rules.of(request, reads)
    standing, person = photo_standing(rules), request.person
    if not standing.is_shown:
        return []
    row = Row("photo", _("Photo"), value_template="photo/_value.html", more=person)
    if standing.is_editable:
        sources = sources_of(request, reads, rules)
        row = replace(
            row,
            hint=hint_of(sources),
            change_url=address_of("profile_photo") if sources else "",
            change_text=_("Change") if person.avatar else _("Upload") if sources.upload else _("Choose"),
            remove_url=address_of("profile_photo_remove") if person.avatar else "",
        )
    else:
        row = row.under(standing)
    return [Panel("basics", rows=(row,))]


def hint_of(sources: Sources) -> str:
    if sources.upload:
        return _("JPEG, PNG or WebP, up to 8 MB")
    return (
        _("You can’t upload a photo here, but there are other ways to add one.")
        if sources
        else _("You can’t upload a photo here.")
    )
