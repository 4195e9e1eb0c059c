"""One user: reading and the user object (contract 2)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import not_found
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person, State
from accountsite.sandbox.web import Answer

routes = Router()


def find_person(state: State, user_id: str) -> Person:
    """The person with this id. ApiError 404 `entity.not_found` when there is none."""
    person = state.people.get(user_id)
    if person is None:
        raise not_found()
    return person


def show_user(person: Person) -> Json:
    """The user object (contract 2.1)."""
    return person.user | {"hasPassword": person.password_hash is not None}


@routes.get("/api/users/{user_id}")
def read(call: Call) -> Answer:
    return Answer.json(200, show_user(find_person(call.state, call.names["user_id"])))
