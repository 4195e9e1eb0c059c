"""Every address of the site."""

from django.urls import path

from settings_app.gathered import overview, security
from settings_app.gathered.profile import views as profile
from settings_app.sections import (
    connections,
    email,
    password,
    phone,
    two_step,
    verify,
)
from settings_app.sections.photo import views as photo
from settings_app.sections.secure import views as secure
from settings_app.sections.two_step import authenticator, backup_codes, passkeys, removal
from settings_app.sections.undo import views as undo
from settings_app.sections.username import views as username
from settings_app.shell import health, lifetime
from settings_app.signin import views as signin

urlpatterns = [
    path("", overview.show, name="overview"),
    path("profile/", profile.show, name="profile"),
    path("profile/photo/", photo.show, name="profile_photo"),
    path("profile/photo/upload/", photo.upload, name="profile_photo_upload"),
    path("profile/photo/choose/", photo.choose, name="profile_photo_choose"),
    path("profile/photo/address/", photo.address, name="profile_photo_address"),
    path("profile/photo/remove/", photo.remove, name="profile_photo_remove"),
    path("profile/<slug:field>/change/", profile.change, name="profile_change"),
    path("security/", security.show, name="security"),
    path("email/change/", email.change, name="email_change"),
    path("email/confirm/", email.confirm, name="email_confirm"),
    path("email/resend/", email.resend, name="email_resend"),
    path("email/cancel/", email.cancel, name="email_cancel"),
    path("email/remove/", email.remove, name="email_remove"),
    path("phone/change/", phone.change, name="phone_change"),
    path("phone/confirm/", phone.confirm, name="phone_confirm"),
    path("phone/resend/", phone.resend, name="phone_resend"),
    path("phone/cancel/", phone.cancel, name="phone_cancel"),
    path("phone/remove/", phone.remove, name="phone_remove"),
    path("username/change/", username.change, name="username_change"),
    path("username/remove/", username.remove, name="username_remove"),
    path("password/change/", password.change, name="password_change"),
    path("password/check/", password.check, name="password_check"),
    path(".well-known/change-password", password.well_known, name="well_known_change_password"),
    path("two-step/", two_step.show, name="two_step"),
    path("two-step/turn-on/", two_step.turn_on, name="two_step_turn_on"),
    path("two-step/turn-off/", two_step.turn_off, name="two_step_turn_off"),
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
    path("connections/", connections.show, name="connections"),
    path("connections/callback/", connections.callback, name="connections_callback"),
    path("connections/return/", connections.came_back, name="connections_return"),
    path("connections/<path:target>/connect/", connections.connect, name="connections_connect"),
    path("connections/<path:target>/elsewhere/", connections.elsewhere, name="connections_elsewhere"),
    path("connections/<path:target>/remove/", connections.remove, name="connections_remove"),
    path("verify/", verify.show, name="verify"),
    path("verify/email/", verify.send, {"kind": "email"}, name="verify_email"),
    path("verify/phone/", verify.send, {"kind": "phone"}, name="verify_phone"),
    path("verify/confirm/", verify.confirm, name="verify_confirm"),
    path("verify/end/", verify.end, name="verify_end"),
    path("secure/", secure.show, name="secure"),
    path("secure/sign-out-others/", secure.sign_out_others, name="secure_sign_out_others"),
    path("undo/", undo.show, name="undo"),
    path("sign-in/", signin.start, name="sign_in"),
    path("sign-in/again/", signin.again, name="sign_in_again"),
    path("sign-in/callback/", signin.callback, name="sign_in_callback"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("sign-out/backchannel/", signin.backchannel, name="sign_out_backchannel"),
    path("session/", lifetime.stay, name="session"),
    path("session.css", lifetime.stylesheet, name="session_css"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
