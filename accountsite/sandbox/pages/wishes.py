"""What is asked of the control page: as a form by people, as JSON by tests, each answered in kind."""

from __future__ import annotations

import json
from urllib.parse import quote

from accountsite.sandbox.router import Call
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer


def wish_of(call: Call) -> Json:
    if _is_json(call):
        wish: Json = json.loads(call.request.body or b"{}")
        return wish
    return {name: values[0] for name, values in call.request.form.items()}


def done(call: Call, words: str, **more: str) -> Answer:
    if _is_json(call) or not call.request.headers.get("content-type"):
        return Answer.json(200, {"done": words, **more})
    return Answer.redirect(f"/control?done={quote(words)}")


def _is_json(call: Call) -> bool:
    return call.request.headers.get("content-type", "").startswith("application/json")
