"""The shapes in which the Management API refuses (docs/logto.md 0.1 to 0.3)."""

from __future__ import annotations

from typing import Any

from accountsite.sandbox.web import Answer


class ApiError(Exception):
    """A refusal with a code. `message` is for people and never branched on; `data` depends on the code."""

    def __init__(self, status: int, code: str, message: str, *, data: Any = None, details: str | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.data = data
        self.details = details

    def answer(self) -> Answer:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            body["data"] = self.data
        if self.details is not None:
            body["details"] = self.details
        return Answer.json(self.status, body)


class BareError(Exception):
    """A refusal of the web framework below Logto: JSON without a code."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self) -> Answer:
        return Answer.json(self.status, {"message": self.message})


class TextError(Exception):
    """A refusal in plain text, such as an unknown path."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text

    def answer(self) -> Answer:
        return Answer.text(self.status, self.text)


def not_found() -> ApiError:
    """Users, and rows that were to be changed or deleted (docs/logto.md 0.3)."""
    return ApiError(404, "entity.not_found", "The resource does not exist.")


def not_exists_with_id(name: str, identifier: str) -> ApiError:
    """Applications, resources, roles, logs, organizations, hooks (docs/logto.md 0.3)."""
    return ApiError(404, "entity.not_exists_with_id", f"The {name} with ID `{identifier}` does not exist.")


def invalid_entity() -> ApiError:
    """A change that changes nothing, such as `{}`."""
    return ApiError(422, "entity.invalid_input", "Invalid input. Value list must not be empty.")


def invalid_request(reason: str) -> ApiError:
    """`request.invalid_input` with an unfilled template as message and the reason in `data` (docs/logto.md 0.1)."""
    return ApiError(400, "request.invalid_input", "Input is invalid. {{details}}", data={"message": reason})


def missing_reference(status: int = 404) -> ApiError:
    """Something named in the call is not there; the routers of organizations say 422 (docs/logto.md 0.3)."""
    message = (
        "Cannot find one or more foreign keys. Please check the input and ensure that all referenced entities exist."
    )
    return ApiError(status, "entity.relation_foreign_key_not_found", message)
