"""What the section declares of itself."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from settings_app.sections.two_step import authenticator, backup_codes, gathered, passkeys, removal, views
from settings_app.sections.two_step.steps import READS
from settings_app.shell.rows import Panel
from settings_app.shell.section import Check, Contribution, Section

FAILED = Panel("two-step", _("Two-step verification"), failure=_("We couldn’t load your second steps"))

SECTION = Section(
    name="two_step",
    parent="security",
    about=_("You’re about to change your two-step verification."),
    checks=(Check(gathered.backup_codes, READS), Check(gathered.is_on, READS)),
    rows=(
        Contribution("security", gathered.passkeys_among_ways_in, READS, instead=Panel("sign-in")),
        Contribution("security", gathered.panel, READS, instead=FAILED),
    ),
    addresses=(
        path("two-step/", views.show, name="two_step"),
        path("two-step/turn-on/", views.turn_on, name="two_step_turn_on"),
        path("two-step/turn-off/", views.turn_off, name="two_step_turn_off"),
        path("two-step/authenticator/add/", authenticator.add, name="two_step_authenticator_add"),
        path("two-step/authenticator/replace/", authenticator.replace, name="two_step_authenticator_replace"),
        path("two-step/authenticator/cancel/", authenticator.cancel, name="two_step_authenticator_cancel"),
        path("two-step/authenticator/remove/", removal.authenticator, name="two_step_authenticator_remove"),
        path("two-step/backup-codes/make/", backup_codes.make, name="two_step_backup_codes_make"),
        path("two-step/backup-codes/finish/", backup_codes.finish, name="two_step_backup_codes_finish"),
        path("two-step/backup-codes/download/", backup_codes.download, name="two_step_backup_codes_download"),
        path("two-step/backup-codes/print/", backup_codes.print_sheet, name="two_step_backup_codes_print"),
        path("two-step/backup-codes/remove/", removal.backup_codes, name="two_step_backup_codes_remove"),
        path("two-step/passkeys/add/", passkeys.leave, {"task": "add"}, name="two_step_passkeys_add"),
        path("two-step/passkeys/manage/", passkeys.leave, {"task": "manage"}, name="two_step_passkeys_manage"),
        path("two-step/passkeys/return/", passkeys.came_back, name="two_step_passkeys_return"),
        path("two-step/passkeys/<slug:factor_id>/remove/", removal.passkey, name="two_step_passkey_remove"),
        path(".well-known/passkey-endpoints", passkeys.well_known, name="well_known_passkey_endpoints"),
    ),
    in_preview=("two_step",),
)
