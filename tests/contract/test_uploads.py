"""Uploading a picture (docs/logto.md 13)."""

from __future__ import annotations

import pytest
import requests

from accountsite.sandbox.state import State
from tests.contract.calls import Api, guard_issues, refusal

UPLOAD = "/api/user-assets"
PICTURE = ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")


def upload(api: Api, field: str, file: tuple[str, bytes, str]) -> requests.Response:
    return api.call("POST", UPLOAD, files={field: file})


def test_service_status(api: Api) -> None:
    answer = api.get(f"{UPLOAD}/service-status")
    assert answer.status_code == 200
    assert answer.json()["status"] in {"ready", "not_configured"}
    assert "isExperienceAvatarUploadEnabled" in answer.json()


def test_file_must_be_there(api: Api) -> None:
    assert guard_issues(api.post(UPLOAD, {})) == [("invalid_type", "")]
    assert guard_issues(upload(api, "image", PICTURE)) == [("invalid_type", "file")]


def test_file_of_another_type(api: Api) -> None:
    answer = upload(api, "file", ("a.html", b"<p>", "text/html"))
    assert refusal(answer) == (400, "guard.mime_type_not_allowed")


def test_file_over_twenty_mebibytes(api: Api) -> None:
    answer = upload(api, "file", ("a.png", bytes(20 * 1024 * 1024 + 10), "image/png"))
    assert refusal(answer) == (400, "guard.file_size_exceeded")


@pytest.mark.needs_no_storage
def test_no_storage(api: Api, request: pytest.FixtureRequest) -> None:
    if api.get(f"{UPLOAD}/service-status").json()["status"] == "ready":
        request.getfixturevalue("tenant").asset_storage_ready = False
    assert set(api.get(f"{UPLOAD}/service-status").json()) == {"status", "isExperienceAvatarUploadEnabled"}
    assert refusal(upload(api, "file", PICTURE)) == (400, "storage.not_configured")


@pytest.mark.needs_storage
def test_upload(api: Api, tenant: State) -> None:
    answer = upload(api, "file", PICTURE)
    assert (answer.status_code, set(answer.json())) == (200, {"url"})
    assert requests.get(answer.json()["url"], timeout=5).content == PICTURE[1]
    status = api.get(f"{UPLOAD}/service-status").json()
    assert set(status) == {
        "status", "allowUploadMimeTypes", "maxUploadFileSize", "isExperienceAvatarUploadEnabled",
    }  # fmt: skip
