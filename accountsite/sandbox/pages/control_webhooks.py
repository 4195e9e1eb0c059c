"""The control page's part about webhooks: send, hold, lose or double them, and send one again."""

from __future__ import annotations

import threading

from accountsite.sandbox.pages.wishes import done, wish_of
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer
from accountsite.sandbox.webhooks import Delivery, Mode, Webhooks, announce, send

routes = Router()


@routes.get("/control/webhooks")
def listed(call: Call) -> Answer:
    """Newest first, with the raw body and the headers it goes out with."""
    deliveries = reversed(call.state.part(Webhooks).deliveries)
    return Answer.json(200, [_shown(each) for each in deliveries])


@routes.post("/control/webhooks")
def change_mode(call: Call) -> Answer:
    """`mode`: what becomes of webhooks from now on."""
    try:
        mode = Mode(wish_of(call).get("mode", ""))
    except ValueError as error:
        return Answer.json(400, {"message": str(error)})
    call.state.part(Webhooks).mode = mode
    return done(call, WORDS[mode])


@routes.post("/control/webhooks/emit")
def emit(call: Call) -> Answer:
    """`event` and `content`: a webhook out of the blue."""
    wish = wish_of(call)
    announce(call.logto, str(wish.get("event", "")), dict(wish.get("content") or {}))
    return done(call, "The webhook is on its way")


@routes.post("/control/webhooks/{id}/send")
def send_one(call: Call) -> Answer:
    """Once more, or at last, whatever the mode is."""
    delivery = call.state.part(Webhooks).find(call.names["id"])
    if delivery is None:
        return Answer.json(404, {"message": f"no such webhook: {call.names['id']}"})
    call.logto.later(threading.Thread(target=send, args=(delivery,), daemon=True).start)
    return done(call, f"{delivery.event} is sent")


WORDS = {
    Mode.SEND: "Webhooks are sent",
    Mode.HOLD: "Webhooks wait until you send them",
    Mode.LOSE: "Webhooks get lost",
    Mode.DOUBLE: "Webhooks are sent twice",
}


def _shown(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "url": delivery.url,
        "status": delivery.status,
        "answer": delivery.answer,
        "headers": dict(delivery.headers),
        "body": delivery.text,
        "createdAt": delivery.created_at,
    }
