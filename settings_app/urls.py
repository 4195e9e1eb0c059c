"""Every address of the site."""

from django.urls import path

from settings_app.sections import email, overview, password, phone, profile, secure, security, undo, username, verify
from settings_app.shell import health, lifetime
from settings_app.signin import views as signin

urlpatterns = [
    path("", overview.show, name="overview"),
    path("profile/", profile.show, name="profile"),
    path("profile/photo/", profile.photos.show, name="profile_photo"),
    path("profile/photo/upload/", profile.photos.upload, name="profile_photo_upload"),
    path("profile/photo/choose/", profile.photos.choose, name="profile_photo_choose"),
    path("profile/photo/address/", profile.photos.address, name="profile_photo_address"),
    path("profile/photo/remove/", profile.photos.remove, name="profile_photo_remove"),
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
