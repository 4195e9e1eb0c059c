"""Webhooks as the tenant registers them (docs/logto.md 15.1)."""

from __future__ import annotations

import json

import requests

from accountsite.sandbox.api.errors import ApiError, invalid_entity, not_exists_with_id, not_found
from accountsite.sandbox.api.guards import Choice, ListOf, Nullable, Number, Optional, Plain, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.search import is_true
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, State
from accountsite.sandbox.web import Answer
from accountsite.sandbox.webhooks import EVENTS, TIMEOUT_SECONDS, Delivery, Webhooks, make_delivery

routes = Router()

MOST_RETRIES = 3
KEPT_ANSWER = 1000
SUCCESSFUL = range(200, 300)
CONFIG = Record(
    {
        "url": Text(url=True),
        "headers": Optional(Plain("object")),
        "retries": Optional(Number(minimum=0, maximum=MOST_RETRIES)),
    }
)
EVENT_LIST = ListOf(Choice(EVENTS), minimum=1)
NEW = Record(
    {
        "name": Optional(Text(maximum=256)),
        "event": Optional(Choice(EVENTS)),
        "events": Optional(EVENT_LIST),
        "config": CONFIG,
        "enabled": Optional(Plain("boolean")),
    }
)
CHANGES = Record(
    {
        "name": Optional(Text(maximum=256)),
        "event": Optional(Nullable(Choice(EVENTS))),
        "events": Optional(EVENT_LIST),
        "config": Optional(CONFIG),
        "enabled": Optional(Plain("boolean")),
    }
)


@routes.get("/api/hooks")
def list_hooks(call: Call) -> Answer:
    hooks = list(call.state.hooks.values())
    if is_true(call.param("includeExecutionStats")):
        hooks = [hook | {"executionStats": _statistics(call.state, hook["id"])} for hook in hooks]
    return optional_page_answer(call, hooks)


@routes.post("/api/hooks")
def create(call: Call) -> Answer:
    wanted = read_body(NEW, call.body)
    if not wanted.get("events") and not wanted.get("event"):
        raise ApiError(400, "hook.missing_events", "You need to provide at least one event.")
    return Answer.json(201, add_hook(call.state, call.state.new_id(21), **wanted))


@routes.get("/api/hooks/{id}")
def read(call: Call) -> Answer:
    return Answer.json(200, _find(call))


@routes.patch("/api/hooks/{id}")
def change(call: Call) -> Answer:
    wanted = read_body(CHANGES, call.body)
    hook = _find(call)
    if not wanted:
        raise invalid_entity()
    hook |= wanted
    return Answer.json(200, hook)


@routes.delete("/api/hooks/{id}")
def delete(call: Call) -> Answer:
    if call.state.hooks.pop(call.names["id"], None) is None:
        raise not_found()
    return Answer(204)


@routes.patch("/api/hooks/{id}/signing-key")
def renew_key(call: Call) -> Answer:
    """The new key counts at once."""
    hook = _find(call)
    hook["signingKey"] = call.state.new_secret(32)
    return Answer.json(200, hook)


@routes.post("/api/hooks/{id}/test")
def send_test(call: Call) -> Answer:
    wanted = read_body(Record({"events": EVENT_LIST, "config": CONFIG}), call.body)
    hook = _find(call) | {"config": wanted["config"]}
    for event in wanted["events"]:
        delivery = make_delivery(call.logto, hook, event, {"body": "test"})
        try:
            answer = requests.post(
                delivery.url, data=delivery.body, headers=dict(delivery.headers), timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            message = "Failed to send test payload: TypeError: fetch failed"
            raise ApiError(422, "hook.send_test_payload_failed", message) from error
        if answer.status_code not in SUCCESSFUL:
            told = {"responseStatus": answer.status_code, "responseBody": answer.text[:KEPT_ANSWER]}
            message = "Endpoint responded with error."
            raise ApiError(422, "hook.endpoint_responded_with_error", message, data=told)
    return Answer(204)


@routes.get("/api/hooks/{id}/recent-logs")
def list_deliveries(call: Call) -> Answer:
    hook_id = call.names["id"]
    found = [each for each in reversed(call.state.part(Webhooks).deliveries) if each.hook_id == hook_id]
    return page_answer(call, [_show_delivery(each) for each in found])


def add_hook(state: State, hook_id: str, *, config: Json, signing_key: str | None = None, **details: object) -> Json:
    hook: Json = {
        "tenantId": TENANT_ID,
        "id": hook_id,
        "name": "",
        "event": None,
        "events": [],
        "config": config,
        "signingKey": signing_key or state.new_secret(32),
        "enabled": True,
        "createdAt": state.now_ms,
    }
    hook |= details
    state.hooks[hook_id] = hook
    return hook


def _find(call: Call) -> Json:
    hook_id = call.names["id"]
    if hook_id not in call.state.hooks:
        raise not_exists_with_id("hooks", hook_id)
    return call.state.hooks[hook_id]


def _statistics(state: State, hook_id: str) -> Json:
    tried = [each for each in state.part(Webhooks).deliveries if each.hook_id == hook_id and _was_tried(each)]
    return {"successCount": sum(_arrived(each) for each in tried), "requestCount": len(tried)}


def _show_delivery(delivery: Delivery) -> Json:
    key = f"TriggerHook.{delivery.event}"
    payload: Json = {"key": key, "result": "Success" if _arrived(delivery) else "Error", "hookId": delivery.hook_id}
    payload["hookRequest"] = {"body": json.loads(delivery.body)}
    if delivery.answer is not None:
        payload["response"] = {"statusCode": delivery.answer, "body": ""}
    return {"id": delivery.id, "key": key, "payload": payload, "createdAt": delivery.created_at}


def _was_tried(delivery: Delivery) -> bool:
    return delivery.status in ("sent", "failed")


def _arrived(delivery: Delivery) -> bool:
    return delivery.answer is not None and delivery.answer in SUCCESSFUL
