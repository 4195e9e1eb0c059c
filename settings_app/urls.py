"""Every address of the site but the API's: those that sections declare, signing in and out, what machines ask."""

from django.urls import path

from settings_app.admin.addresses import ADDRESSES as ADMIN
from settings_app.gathered.navigation import EVERY
from settings_app.shell import brand, health, lifetime, published, security_contact, time_zone
from settings_app.signin import frames
from settings_app.signin import views as signin
from settings_app.webhooks import views as webhooks

urlpatterns = [address for section in EVERY for address in section.addresses] + [
    *ADMIN,
    path("sign-in/", signin.start, name="sign_in"),
    path("sign-in/again/", signin.again, name="sign_in_again"),
    path("sign-in/undo/", signin.prove, name="sign_in_undo"),
    path("sign-in/callback/", signin.callback, name="sign_in_callback"),
    path("frame/leave/", frames.leave, name="frame_leave"),
    path("frame/enter/", frames.enter, name="frame_enter"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("sign-out/backchannel/", signin.backchannel, name="sign_out_backchannel"),
    path("webhooks/logto/", webhooks.logto, name="webhooks_logto"),
    path("session/", lifetime.stay, name="session"),
    path("time-zone/", time_zone.keep, name="time_zone"),
    path("brand.css", brand.stylesheet, name="brand_css"),
    path("brand/<slug:kind>/", brand.picture, name="brand_picture"),
    path("theme/", brand.choose, name="theme"),
    path(".well-known/ssf-configuration", published.transmitter, name="events_transmitter"),
    path(".well-known/jwks.json", published.keys, name="events_keys"),
    path(".well-known/site-check", health.site_check, name="site_check"),
    path(".well-known/security.txt", security_contact.show, name="security_contact"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("statusz", health.status, name="statusz"),
]
