"""Uploaded pictures (docs/logto.md 13)."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards import UNDEFINED, IssuesError, Path, Record, read_files, wrong_type
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer, Request

routes = Router()
served = Router()

LARGEST_BYTES = 20 * 1024 * 1024
MIME_TYPES = (
    "image/jpeg", "image/png", "image/gif", "image/vnd.microsoft.icon", "image/x-icon", "image/svg+xml", "image/tiff",
    "image/webp", "image/bmp", "application/zip",
)  # fmt: skip


class _Files:
    def read(self, value: object, path: Path = ()) -> object:
        if not isinstance(value, list):
            raise wrong_type("array", value, path)
        if not value:
            raise IssuesError([{"code": "too_small", "minimum": 1, "type": "array", "path": list(path), "message": ""}])
        return value


@routes.get("/api/user-assets/service-status")
def status(call: Call) -> Answer:
    if not call.state.asset_storage_ready:
        return Answer.json(200, {"status": "not_configured", "isExperienceAvatarUploadEnabled": True})
    ready: Json = {
        "status": "ready",
        "allowUploadMimeTypes": list(MIME_TYPES),
        "maxUploadFileSize": LARGEST_BYTES,
        "isExperienceAvatarUploadEnabled": True,
    }
    return Answer.json(200, ready)


@routes.post("/api/user-assets")
def upload(call: Call) -> Answer:
    files = read_files(Record({"file": _Files()}), _parse(call.request))
    name, mime_type, content = files["file"][0]
    if len(content) > LARGEST_BYTES:
        raise ApiError(400, "guard.file_size_exceeded", "File size exceeded.")
    if mime_type not in MIME_TYPES:
        raise ApiError(400, "guard.mime_type_not_allowed", "MIME type is not allowed.")
    if not call.state.asset_storage_ready:
        raise ApiError(400, "storage.not_configured", "Storage provider is not configured.")
    key = f"{call.state.new_id(8)}/{name}"
    call.state.assets[key] = (mime_type, content)
    return Answer.json(200, {"url": f"{call.logto.endpoint}/assets/{key}"})


@served.get("/assets/{folder}/{name}")
def show(call: Call) -> Answer:
    """The uploaded file, as a tenant's storage would serve it."""
    found = call.state.assets.get(f"{call.names['folder']}/{call.names['name']}")
    if found is None:
        return Answer.text(404, "Not Found")
    mime_type, content = found
    return Answer(200, (("content-type", mime_type), ("x-content-type-options", "nosniff")), content)


def _parse(request: Request) -> object:
    """The files of a form, by field: (name, declared type, content). UNDEFINED when it is no such form."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        return UNDEFINED
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    files: dict[str, list[tuple[str, str, bytes]]] = {}
    for part in message.iter_parts():
        field = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if part.get_filename() and isinstance(content, bytes):
            entry = (str(part.get_filename()), part.get_content_type(), content)
            files.setdefault(str(field), []).append(entry)
    return files
