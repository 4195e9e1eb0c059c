"""Every address of the site."""

from django.urls import path

from settings_app.sections import overview, profile, secure, undo
from settings_app.shell import health, lifetime
from settings_app.signin import views as signin

urlpatterns = [
    path("", overview.show, name="overview"),
    path("profile/", profile.show, name="profile"),
    path("profile/<slug:field>/change/", profile.change, name="profile_change"),
    path("secure/", secure.show, name="secure"),
    path("secure/sign-out-others/", secure.sign_out_others, name="secure_sign_out_others"),
    path("undo/", undo.show, name="undo"),
    path("sign-in/", signin.start, name="sign_in"),
    path("sign-in/callback/", signin.callback, name="sign_in_callback"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("sign-out/backchannel/", signin.backchannel, name="sign_out_backchannel"),
    path("session/", lifetime.stay, name="session"),
    path("session.css", lifetime.stylesheet, name="session_css"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
