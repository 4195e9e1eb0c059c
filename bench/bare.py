"""A bare Django site to compare with: `/` is a page of a fixed size, `/call/` the same after one call upstream.

Served like the site itself: `gunicorn bench.bare`, with BARE_BYTES and BARE_UPSTREAM in the environment.
"""

from __future__ import annotations

import os

import requests
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY="a bare page has no secrets",  # noqa: S106  # it has none
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)

PAGE = b"x" * int(os.environ.get("BARE_BYTES", "4000"))
UPSTREAM = os.environ.get("BARE_UPSTREAM", "")
session = requests.Session()
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=256))


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def call(_request: HttpRequest) -> HttpResponse:
    session.get(f"{UPSTREAM}/oidc/.well-known/openid-configuration", timeout=5).json()
    return HttpResponse(PAGE)


urlpatterns = [path("", page), path("call/", call)]
application = get_wsgi_application()
