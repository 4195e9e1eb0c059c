"""Pictures of every kind that phones, scanners and programs make: the picture is used, the rest is dropped."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageCms, PngImagePlugin

from accountsite.sandbox.logto import Logto
from settings_app.sections.photo import reencode

RED, BLUE, NOTHING = (254, 0, 0), (0, 0, 254), (0, 0, 0, 0)
RANDOM = random.Random(1)  # noqa: S311  # a file that stands still
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def halves(mode: str = "RGB", size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Red to the left, blue to the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image.convert(mode)


def noise() -> Image.Image:
    return Image.effect_noise((900, 900), 80).convert("RGB")


def saved(image: Image.Image, kind: str, **extra: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **extra)
    return content.getvalue()


def png_of_16_bits(colour_type: int, left: tuple[int, ...], right: tuple[int, ...], see_through: bytes = b"") -> bytes:
    """Two halves whose samples have 16 bits, which Pillow itself cannot write in colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    row = b"\0" + struct.pack(f">{len(left)}H", *left) * 150 + struct.pack(f">{len(right)}H", *right) * 150
    header = struct.pack(">IIBBBBB", 300, 300, 16, colour_type, 0, 0, 0)
    transparent = chunk(b"tRNS", see_through) if see_through else b""
    pixels = chunk(b"IDAT", zlib.compress(row * 300))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + transparent + pixels + chunk(b"IEND", b"")


def with_notes() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "x" * 3_000_000)
    notes.add_text("History", "y" * 3_000_000, zip=True)
    return saved(halves(), "PNG", pnginfo=notes)


def with_pictures_behind(kind: str) -> bytes:
    first = halves()
    return saved(first, kind, save_all=True, append_images=[first.rotate(180)])


def two_pixels(content: bytes) -> list[Any]:
    """One of the left and one of the right half of the square that is made of it."""
    _kind, made = reencode.square(content, reencode.Crop())
    image = Image.open(io.BytesIO(made))
    assert image.size == (512, 512)
    return [image.getpixel((20, 256)), image.getpixel((490, 256))]


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (png_of_16_bits(0, (10000,), (40000,)), (39,) * 3, (156,) * 3),
        (png_of_16_bits(0, (10000,), (40000,), struct.pack(">H", 10000)), NOTHING, (156, 156, 156, 255)),
        (png_of_16_bits(2, (10000, 20000, 30000), (40000, 50000, 60000)), (39, 78, 117), (156, 195, 234)),
        (png_of_16_bits(2, (257, 0, 0), (0, 0, 65535), struct.pack(">HHH", 257, 0, 0)), NOTHING, (0, 0, 255, 255)),
        (png_of_16_bits(4, (10000, 65535), (40000, 30000)), (39, 39, 39, 255), (156, 156, 156, 117)),
        (saved(halves("CMYK"), "JPEG"), RED, BLUE),
        (saved(halves("YCbCr"), "JPEG"), RED, BLUE),
        (saved(halves("L"), "JPEG"), (76,) * 3, (29,) * 3),
        (saved(halves("P"), "PNG"), RED, BLUE),
        (saved(halves("P"), "PNG", transparency=halves("P").getpixel((0, 0))), NOTHING, (0, 0, 255, 255)),
        (saved(halves(), "PNG", transparency=(255, 0, 0), icc_profile=PROFILE), NOTHING, (0, 0, 255, 255)),
        (with_pictures_behind("PNG"), RED, BLUE),
        (with_pictures_behind("MPO"), RED, BLUE),
    ],
    ids=(
        *("grey-16", "grey-16-see-through", "colour-16", "colour-16-see-through", "grey-alpha-16"),
        *("cmyk", "ycbcr", "grey", "palette", "palette-see-through", "profile-see-through", "moving", "two-pictures"),
    ),
)
def test_every_kind_of_picture_keeps_its_colours(content: bytes, left: tuple[int, ...], right: tuple[int, ...]) -> None:
    assert two_pixels(content) == [left, right]


@pytest.mark.parametrize(
    "content",
    [
        saved(halves(), "JPEG") + RANDOM.randbytes(7_900_000),
        saved(halves(), "JPEG")[:-2],
        saved(halves(), "JPEG", progressive=True)[:-2],
        saved(halves(), "JPEG", comment=b"c" * 60_000, icc_profile=PROFILE + RANDOM.randbytes(3_300_000)),
        saved(halves(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
        saved(halves(), "PNG", icc_profile=PROFILE + RANDOM.randbytes(1_300_000)),
        with_notes(),
        saved(halves(), "PNG") + RANDOM.randbytes(1000),
        saved(halves(), "PNG")[:-12],
    ],
    ids=(
        *("motion-photo", "no-end-marker", "no-end-marker-progressive", "large-jpeg-profile", "odd-exif"),
        *("large-png-profile", "long-notes", "png-with-more-behind", "png-without-end"),
    ),
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_what_a_file_carries_beside_its_picture_is_no_reason_to_refuse_it(content: bytes) -> None:
    assert two_pixels(content) == [RED, BLUE]


@pytest.mark.parametrize("progressive", [False, True])
def test_a_picture_of_which_half_is_missing_is_refused(progressive: bool) -> None:
    content = saved(noise(), "JPEG", progressive=progressive)

    with pytest.raises(reencode.Unusable, match="broken"):
        reencode.square(content[: len(content) // 2], reencode.Crop())


def test_scans_are_counted_in_the_picture_and_not_behind_it() -> None:
    content = saved(halves(), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")

    assert two_pixels(content + b"\xff\xda" * 500) == [RED, BLUE]
    with pytest.raises(reencode.Unusable, match="broken"):
        reencode.square(content[:last] + content[last:-2] * 150 + content[-2:], reencode.Crop())


def test_a_profile_that_unpacks_to_very_much_is_left_packed() -> None:
    bomb = PngImagePlugin.PngInfo()
    bomb.add(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 200_000_000, 9))

    assert two_pixels(saved(halves(), "PNG", pnginfo=bomb)) == [RED, BLUE]


def test_upload_of_a_motion_photo_stores_its_picture(ada: Client, logto: Logto) -> None:
    content = saved(halves(), "JPEG") + RANDOM.randbytes(7_500_000)
    upload = SimpleUploadedFile("me.jpg", content, content_type="image/jpeg")

    ada.post("/profile/photo/upload/", {"picture": upload, "zoom": 100, "left": 50, "top": 50})

    ((mime_type, made),) = logto.state.assets.values()
    assert mime_type == "image/jpeg"
    assert len(made) < 100_000
