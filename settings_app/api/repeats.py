"""`Idempotency-Key` on writes: sent again, the same request gets the same answer and nothing happens twice."""

from __future__ import annotations

import hashlib
import json
import re

from django.http import HttpRequest, HttpResponse

from settings_app.actor import Actor
from settings_app.api.problems import Problem
from settings_app.safeguards import idempotency
from settings_app.safeguards.idempotency import KeptAnswer, KeyTaken

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
READABLE = re.compile(r"[!-~]{1,255}")
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
# And all that is no answer: sent again, such a request runs again. Of those that were refused before anything was done
# some differ only in what no fingerprint holds: the confirmation that was missing, the version that was too old.
PASSING = (403, 409, 412, 428, 429)


class Repeated(Exception):  # noqa: N818  # it says what is so
    """This was asked and answered before."""

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__("repeated")
        self.answer = answer

    def response(self) -> HttpResponse:
        kept = self.answer
        return HttpResponse(kept.body, status=kept.status, headers=dict(kept.headers) | {REPLAYED: "true"})


def begin(request: HttpRequest, actor: Actor, *, takes_a_file: bool) -> None:
    """Raises Repeated with the answer there is, or Problem for a key that cannot be used."""
    key = request.headers.get(HEADER, "")
    if not key:
        return
    if not READABLE.fullmatch(key):
        raise Problem(400, "idempotency.key", "Idempotency-Key must be 1 to 255 printable characters.")
    content = of_form(request) if takes_a_file else request.body.decode(errors="replace")
    asked = (request.method or "", request.get_full_path(), content)
    try:
        known = idempotency.begin(actor, key, *asked)
    except KeyTaken as taken:
        if taken.is_running:
            raise Problem(409, "idempotency.running", "The first request with this key has no answer yet.") from None
        raise Problem(422, "idempotency.reused", "This key was used for another request.") from None
    if isinstance(known, KeptAnswer):
        raise Repeated(known)
    request.META["idempotent_request"] = known


def of_form(request: HttpRequest) -> str:
    """What stands in a form with a file, which is too large to be held: its digest stands for it."""
    content = hashlib.sha256()
    for _name, files in request.FILES.lists():
        for file in files:
            for part in file.chunks():
                content.update(part)
            file.seek(0)
    return json.dumps([dict(request.POST.lists()), content.hexdigest()])


def keep_nothing(request: HttpRequest) -> None:
    """What was asked or answered is a secret, or too much: nothing of it stays, and sent again it is done again."""
    request.META["answer_is_not_kept"] = True


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Keeps the answer, unless it is one that passes."""
    name = request.META.get("idempotent_request", "")
    if not name:
        return
    passes = response.status_code >= 500 or response.status_code in PASSING
    # guard: secrets-are-not-kept-for-repeats
    passes = passes or "answer_is_not_kept" in request.META
    if passes:
        idempotency.release(name)
        return
    headers = {one: response[one] for one in KEPT_HEADERS if response.has_header(one)}
    idempotency.finish(name, KeptAnswer(response.status_code, headers, response.content.decode()))
