"""The page that lists every way a person signs in. Each part has a module of its own and one line in PARTS."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from settings_app.gathered.security import connections, sign_in, two_step
from settings_app.gathered.security.reading import Reading, Section
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.verification import verified_until

# In the order of the page. A part that has nothing to show for this person or tenant gives None.
PARTS: tuple[Callable[[AccountRequest, Reading], Section | None], ...] = (sign_in.part, two_step.part, connections.part)


def show(request: AccountRequest) -> HttpResponse:
    reading = Reading.of(request)
    sections = [section for part in PARTS if (section := part(request, reading))]
    return render(request, "security/show.html", {"sections": sections, "verified_until": verified_until(request)})
