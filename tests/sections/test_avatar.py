"""The photo: uploads of every kind, the picture of a connected account, an address, and removal."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageCms
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app.safeguards import leases, limits
from settings_app.sections.photo import pictures, reencode
from settings_app.shell.uploads import MOST_BYTES_KEPT

UPLOAD = "/profile/photo/upload/"


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), **extra: Any) -> bytes:
    """Red to the left, blue to the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    content = io.BytesIO()
    image.save(content, kind, **extra)
    return content.getvalue()


def with_location() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 19.0, 0.0), 3: "W", 4: (2.0, 44.0, 0.0)})
    return picture("JPEG", exif=exif, comment=b"at home")


def huge(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG that says how many pixels it has."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def of_many_scans() -> bytes:
    """A progressive JPEG whose last scan is there 150 times: each costs a pass over the whole picture."""
    content = picture("JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * 150 + content[-2:]


def polyglot() -> bytes:
    """A JPEG that is an archive, and a page, too."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    return picture("JPEG") + b"<script>alert(1)</script>" + archive.getvalue()


def posted(content: bytes, name: str = "me.png", *, zoom: int = 100, left: int = 50, top: int = 50) -> dict[str, Any]:
    upload = SimpleUploadedFile(name, content, content_type="image/png")
    return {"picture": upload, "zoom": zoom, "left": left, "top": top}


def stored(logto: Logto) -> tuple[str, bytes]:
    """Type and content of the one picture the tenant's storage holds."""
    ((mime_type, content),) = logto.state.assets.values()
    return mime_type, content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_upload_stores_a_square_copy_and_shows_it(ada: Client, logto: Logto, kind: str) -> None:
    answer = ada.post(UPLOAD, posted(picture(kind)), follow=True)

    mime_type, content = stored(logto)
    made = Image.open(io.BytesIO(content))
    address = logto.state.person("ada").user["avatar"]
    assert made.size == (512, 512)
    assert mime_type == "image/jpeg"
    assert address.endswith(next(iter(logto.state.assets)))
    assert 'row--saved" id="row-photo"' in answer.content.decode().replace(" row--stacked", "")
    assert f'src="{address}"' in answer.content.decode()


def test_upload_keeps_what_shows_through(ada: Client, logto: Logto) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 60)).save(content, "WEBP")

    ada.post(UPLOAD, posted(content.getvalue()))

    mime_type, stored_content = stored(logto)
    assert mime_type == "image/png"
    assert Image.open(io.BytesIO(stored_content)).mode == "RGBA"


def test_upload_cuts_the_part_that_was_chosen(ada: Client, logto: Logto) -> None:
    ada.post(UPLOAD, posted(picture(size=(1000, 500)), zoom=200, left=100, top=0))

    made = Image.open(io.BytesIO(stored(logto)[1])).convert("RGB")
    red, _green, blue = made.getpixel((10, 256))  # type: ignore[misc]  # three bands, as converted
    assert blue > 200 > 50 > red


def test_upload_leaves_location_and_comments_behind(ada: Client, logto: Logto) -> None:
    ada.post(UPLOAD, posted(with_location(), "me.jpg"))

    content = stored(logto)[1]
    made = Image.open(io.BytesIO(content))
    assert not made.getexif()
    assert "comment" not in made.info
    assert b"at home" not in content
    assert b"A camera" not in content


def test_upload_leaves_the_profile_of_a_see_through_picture_behind(ada: Client, logto: Logto) -> None:
    content, profile = io.BytesIO(), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGBA", (300, 300), (255, 0, 0, 60)).save(content, "PNG", icc_profile=profile)

    ada.post(UPLOAD, posted(content.getvalue()))

    assert "icc_profile" not in Image.open(io.BytesIO(stored(logto)[1])).info


def test_upload_turns_the_picture_as_the_camera_was_held(ada: Client, logto: Logto) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    ada.post(UPLOAD, posted(picture("JPEG", (400, 400), exif=exif)))

    made = Image.open(io.BytesIO(stored(logto)[1])).convert("RGB")
    assert made.getpixel((256, 20))[0] > 200  # type: ignore[index]  # the left half is on top now


def test_upload_of_a_png_that_is_named_jpg_goes_by_its_content(ada: Client, logto: Logto) -> None:
    ada.post(UPLOAD, posted(picture("PNG"), "me.jpg"))

    assert stored(logto)[0] == "image/jpeg"


def test_upload_gives_a_name_that_says_nothing(ada: Client, logto: Logto) -> None:
    ada.post(UPLOAD, posted(picture(), "../../ada-at-home.png"))

    (key,) = logto.state.assets
    assert "ada" not in key.split("/", 1)[1]
    assert ".." not in key


def test_upload_of_a_polyglot_keeps_the_picture_alone(ada: Client, logto: Logto) -> None:
    ada.post(UPLOAD, posted(polyglot(), "me.jpg"))

    content = stored(logto)[1]
    assert b"script" not in content
    assert b"PK" not in content[-400:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * (9 * 1024 * 1024), "That file is larger than 8 MB"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Choose a JPEG, PNG or WebP file"),
        (b"GIF89a" + b"\0" * 40, "Choose a JPEG, PNG or WebP file"),
        (huge(), "too many pixels"),
        (huge(8_000, 6_000), "too many pixels"),
        (picture("JPEG")[:300], "can’t read that file"),
        (picture("PNG")[:-60], "can’t read that file"),
        (b"", "That file is empty"),
        (of_many_scans(), "can’t read that file"),
    ],
    ids=["nine-megabytes", "svg", "gif", "bomb", "many-pixels", "broken-jpeg", "broken-png", "empty", "many-scans"],
)
def test_upload_refuses_with_a_sentence_and_keeps_the_old_picture(
    ada: Client, logto: Logto, content: bytes, words: str
) -> None:
    before = logto.state.person("ada").user["avatar"]

    answer = ada.post(UPLOAD, posted(content))

    assert answer.status_code == 200
    assert words in answer.content.decode().partition('id="id_picture_error"')[2].partition("</div>")[0]
    assert logto.state.assets == {}
    assert logto.state.person("ada").user["avatar"] == before


def test_upload_without_a_file_asks_for_one(ada: Client) -> None:
    assert "Choose a photo." in ada.post(UPLOAD, {"zoom": 100, "left": 50, "top": 50}).content.decode()


@pytest.mark.parametrize(("zoom", "left"), [("99", "50"), ("401", "50"), ("100", "101"), ("x", "50"), ("", "-1")])
def test_upload_refuses_a_part_that_is_none(ada: Client, logto: Logto, zoom: str, left: str) -> None:
    ada.post(UPLOAD, posted(picture()) | {"zoom": zoom, "left": left})

    assert logto.state.assets == {}


def test_upload_whose_connection_drops_changes_nothing(ada: Client, logto: Logto) -> None:
    class Dropped(io.BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise OSError("connection reset")

    before = logto.state.person("ada").user["avatar"]
    broken: dict[str, Any] = {"wsgi.input": Dropped(), "CONTENT_LENGTH": 9000}

    ada.request(REQUEST_METHOD="POST", PATH_INFO=UPLOAD, CONTENT_TYPE="multipart/form-data; boundary=x", **broken)

    assert logto.state.person("ada").user["avatar"] == before


def test_upload_when_the_storage_fails_keeps_the_old_picture(ada: Client, logto: Logto) -> None:
    before = logto.state.person("ada").user["avatar"]
    logto.faults.add("500", path="/api/user-assets", method="POST")

    answer = ada.post(UPLOAD, posted(picture()))

    assert answer.status_code == 503
    assert logto.state.person("ada").user["avatar"] == before


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0.001)

    with pytest.raises(pictures.NoPicture) as refusal:
        pictures.made_from(SimpleUploadedFile("a.png", picture()), zoom=100, left=50, top=50)

    assert "takes too long" in str(refusal.value.words)


def test_a_fourth_upload_at_once_is_told_to_wait(ada: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOT_WAIT_SECONDS", 0)
    tenant = settings.SITES[0].tenant
    held = [leases.take(tenant, f"upload {place}", seconds=60) for place in range(3)]
    assert all(held)

    answer = ada.post(UPLOAD, posted(picture()))

    assert answer.status_code == 429
    assert "We’re busy right now." in answer.content.decode()
    assert logto.state.assets == {}


def test_the_process_that_reads_pictures_knows_nothing_of_the_site(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text("import os\nprint('png\\n', dict(os.environ))", encoding="utf-8")
    monkeypatch.setattr(pictures, "SCRIPT", script)
    monkeypatch.setenv("SECRET_OF_THE_SITE", "invented")
    made = pictures.made_from(SimpleUploadedFile("a.png", picture()), zoom=100, left=50, top=50)
    assert b"SECRET" not in made.content


def test_the_process_that_reads_pictures_has_limits() -> None:
    run = (
        "import resource, runpy, sys\n"
        "try:\n    runpy.run_path(sys.argv.pop(1), run_name='__main__')\n"
        "except SystemExit:\n    print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU))"
    )
    told = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", run, str(pictures.SCRIPT), "100", "50", "50"],
        input=b"no picture",
        capture_output=True,
        check=True,
    )
    limits_then = f"({reencode.MEMORY_BYTES}, {reencode.MEMORY_BYTES}) ({reencode.CPU_SECONDS}, {reencode.CPU_SECONDS})"
    assert told.stdout.decode().splitlines() == ["kind", limits_then]


def test_two_pictures_at_a_time_are_read_in_a_process_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT_FOR_A_TURN_SECONDS", 0)
    held = [pictures._turns.acquire(blocking=False) for _turn in range(pictures.AT_A_TIME)]
    try:
        assert all(held)
        with pytest.raises(pictures.NoPicture) as refusal:
            pictures.made_from(SimpleUploadedFile("a.png", picture()), zoom=100, left=50, top=50)
    finally:
        for _turn in held:
            pictures._turns.release()
    assert "busy with other photos" in str(refusal.value.words)


def test_what_comes_in_beyond_the_limit_fills_no_disk(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []

    def made_from(upload: Any, **_part: int) -> None:
        kept.append(len(upload.read()))
        raise pictures.NoPicture("size")

    monkeypatch.setattr("settings_app.sections.photo.views.made_from", made_from)

    ada.post(UPLOAD, posted(b"x" * (20 * 1024 * 1024)))

    assert kept[0] <= MOST_BYTES_KEPT


def test_pixels_are_counted_before_they_are_decoded() -> None:
    with pytest.raises(reencode.Unusable, match="pixels"):
        reencode.square(huge(), reencode.Crop())


def test_while_nobody_can_say_whether_there_is_storage_a_photo_can_be_tried(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/user-assets/service-status")
    assert "You can’t upload a photo here" not in ada.get("/profile/").content.decode()
    assert ada.get(UPLOAD).status_code == 200
    ada.post(UPLOAD, posted(picture()))
    assert logto.state.assets


def test_without_storage_the_page_says_what_is_possible(ada: Client, logto: Logto) -> None:
    logto.state.asset_storage_ready = False

    row = ada.get("/profile/").content.decode()
    page = ada.get("/profile/photo/").content.decode()

    assert "You can’t upload a photo here." in row
    assert "You can’t upload a photo here" in page
    assert ada.get(UPLOAD).status_code == 404
    assert ada.post(UPLOAD, posted(picture())).status_code == 404


def test_choose_takes_the_picture_of_a_connected_account(amara: Client, logto: Logto) -> None:
    address = "https://pictures.example/amara.png"
    logto.state.person("amara").user["identities"]["google"]["details"]["avatar"] = address

    page = amara.get("/profile/photo/").content.decode()
    amara.post("/profile/photo/choose/", {"identity": "google"})

    assert address in page
    assert "Google" in page
    assert logto.state.person("amara").user["avatar"] == address


@pytest.mark.parametrize(
    "address", ["http://pictures.example/a.png", "javascript:alert(1)", "data:image/png;base64,AA"]
)
def test_choose_offers_no_picture_that_is_not_on_the_secure_web(amara: Client, logto: Logto, address: str) -> None:
    logto.state.person("amara").user["identities"]["google"]["details"]["avatar"] = address

    page = amara.get("/profile/photo/").content.decode()
    answer = amara.post("/profile/photo/choose/", {"identity": "google"})

    assert address not in page
    assert "no longer has a photo" in answer.content.decode()
    assert "offers" not in answer.content.decode()  # the heading and why, without an empty list
    assert logto.state.person("amara").user["avatar"] is None


def test_choose_takes_nobody_elses_account(amara: Client, logto: Logto) -> None:
    amara.post("/profile/photo/choose/", {"identity": "github"})

    assert logto.state.person("amara").user["avatar"] is None


def test_address_is_for_sites_that_allow_it(ada: Client, logto: Logto) -> None:
    answer = ada.post("/profile/photo/address/", {"avatar": "https://example.org/a.png"})

    assert answer.status_code == 404
    assert logto.state.person("ada").user["avatar"] == "https://fernhill.example/people/ada.png"


@pytest.mark.parametrize(("kind", "status"), [("Url", 302), ("Text", 404)])
def test_a_tenant_that_defines_the_photo_as_a_web_address_gets_that_way(
    ada: Client, logto: Logto, kind: str, status: int
) -> None:
    field = {"name": "avatar", "type": kind, "label": "Photo", "required": False, "config": {}, "sieOrder": 1}
    logto.state.profile_fields["avatar"] = field
    logto.state.account_center["profileFields"] = [{"name": "avatar"}]
    shown = "Web address of the photo" in ada.get("/profile/photo/").content.decode()
    answer = ada.post("/profile/photo/address/", {"avatar": "https://example.org/a.png"})
    assert (answer.status_code, shown) == (status, status == 302)
    assert (logto.state.person("ada").user["avatar"] == "https://example.org/a.png") == (status == 302)


@pytest.fixture
def with_addresses(settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], allow_picture_address=True),)


@pytest.mark.usefixtures("with_addresses")
def test_address_is_kept_when_it_is_secure(ada: Client, logto: Logto) -> None:
    ada.post("/profile/photo/address/", {"avatar": "https://example.org/a.png"})

    assert logto.state.person("ada").user["avatar"] == "https://example.org/a.png"


@pytest.mark.usefixtures("with_addresses")
@pytest.mark.parametrize(
    "address", ["http://example.org/a.png", "javascript:alert(1)", "data:image/png;base64,AA", "/a.png", ""]
)
def test_address_is_refused_when_it_is_not(ada: Client, logto: Logto, address: str) -> None:
    ada.post("/profile/photo/address/", {"avatar": address})

    assert logto.state.person("ada").user["avatar"] == "https://fernhill.example/people/ada.png"


def test_remove_asks_and_then_removes(ada: Client, logto: Logto) -> None:
    question = ada.get("/profile/photo/remove/").content.decode()
    kept = logto.state.person("ada").user["avatar"]
    answer = ada.post("/profile/photo/remove/", follow=True)

    assert "Remove your photo?" in question
    assert kept
    assert logto.state.person("ada").user["avatar"] is None
    assert "AW" in answer.content.decode()


def test_remove_whose_answer_was_lost_is_told_as_it_is(ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*", method="PATCH", after=True)

    answer = ada.post("/profile/photo/remove/", follow=True)

    assert "Saved" in answer.content.decode()


@pytest.mark.parametrize("address", [UPLOAD, "/profile/photo/", "/profile/photo/choose/", "/profile/photo/remove/"])
def test_a_photo_that_is_read_only_refuses_every_way(ada: Client, logto: Logto, address: str) -> None:
    logto.state.account_center["fields"]["avatar"] = "ReadOnly"

    page = ada.get("/profile/").content.decode()
    assert "/profile/photo/" not in page
    assert ada.get(address).status_code == 302
    assert ada.post(address, posted(picture()) | {"identity": "google"}).status_code == 302
    assert logto.state.person("ada").user["avatar"] == "https://fernhill.example/people/ada.png"


def test_a_photo_that_is_off_is_nowhere(ada: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["avatar"] = "Off"

    assert "row-photo" not in ada.get("/profile/").content.decode()
    assert ada.post("/profile/photo/remove/").status_code == 404


@pytest.mark.parametrize("address", ["http://example.org/a.png", "javascript:alert(1)", "data:text/html,x"])
def test_a_picture_of_another_scheme_is_not_shown(ada: Client, logto: Logto, address: str) -> None:
    logto.state.person("ada").user["avatar"] = address

    assert f'src="{address}"' not in ada.get("/profile/").content.decode()


def test_pictures_tell_nobody_where_they_are_shown(ada: Client) -> None:
    page = ada.get("/profile/").content.decode()

    picture = '<img src="https://fernhill.example/people/ada.png" alt="" data-letters="AW"'
    assert f'{picture} referrerpolicy="no-referrer"' in page
