"""Where whoever finds a weakness can tell of it: /.well-known/security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from settings_app.shell.http import AccountRequest, public

GOOD_FOR = timedelta(days=30)  # said anew each day, as long as the site runs


@public
@require_safe
def show(request: AccountRequest) -> HttpResponse:
    site = request.site
    if not site.security_contact:
        raise Http404
    ends = (timezone.now() + GOOD_FOR).replace(hour=0, minute=0, second=0)
    lines = [
        f"Contact: {site.security_contact}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {site.url(reverse('security_contact'))}",
    ]
    text = "".join(f"{line}\n" for line in lines)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
