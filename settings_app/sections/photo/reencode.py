"""Makes a small square of an uploaded picture, with nothing else in it. Run as a process of its own, with limits.

    python -I reencode.py ZOOM LEFT TOP < upload > picture

Decoders of pictures are large and the files come from anybody: a bomb or a crash ends this process and nothing else.
It imports only Pillow, so that it starts quickly. The first line of the answer is the kind of picture, or, with exit
status 1, the reason why there is none.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

SIDE = 512  # pixels of the result
MOST_PIXELS = 40_000_000
MOST_SCANS = 100  # a progressive JPEG can hold thousands, each of them a pass over the whole picture
MEMORY_BYTES = 1_000_000_000
CPU_SECONDS = 10
FORMATS = ("JPEG", "PNG", "WEBP")
START_OF_SCAN = b"\xff\xda"


class Unusable(Exception):  # noqa: N818  # it says what is so
    """`args[0]` is `kind`, `pixels` or `broken`."""


class Crop(NamedTuple):
    """Which square of the picture: `zoom` in percent from 100, `left` and `top` in percent of the room that is left."""

    zoom: int = 100
    left: int = 50
    top: int = 50


def square(content: bytes, crop: Crop) -> tuple[str, bytes]:
    """The kind (`jpeg` or `png`) and bytes of the square. Raises `Unusable`."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # guard: picture-pixel-limit
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    # guard: picture-scan-limit
    if content.count(START_OF_SCAN) > MOST_SCANS and content.startswith(b"\xff\xd8"):
        raise Unusable("broken")
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise Unusable("kind") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Unusable("pixels") from error
    except Exception as error:
        raise Unusable("broken") from error
    try:
        return encoded(cropped(image, crop))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
        raise Unusable("pixels") from error
    except Exception as error:  # decoders raise nearly anything for a broken file
        raise Unusable("broken") from error


def cropped(image: Image.Image, crop: Crop) -> Image.Image:
    wanted = SIDE * crop.zoom // 100
    image.draft("RGB", (wanted, wanted))  # a large JPEG is decoded at a half, a quarter or an eighth of its size
    image.load()
    profile = image.info.get("icc_profile")
    image = in_ordinary_colours(ImageOps.exif_transpose(image), profile)
    side = max(1, min(image.size) * 100 // crop.zoom)
    left = (image.width - side) * crop.left // 100
    top = (image.height - side) * crop.top // 100
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=(left, top, left + side, top + side))


def in_ordinary_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB, or RGBA when something shows through; a colour profile is applied, for it does not travel on."""
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            image = converted or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read changes nothing
    return image.convert("RGBA" if see_through else "RGB")


def encoded(image: Image.Image) -> tuple[str, bytes]:
    # A new picture from the pixels alone: no location, no comment, no thumbnail comes along.
    # guard: picture-metadata-stripped
    image.info = {}
    answer = io.BytesIO()
    if image.mode == "RGBA":
        image.save(answer, "PNG", optimize=True)
        return "png", answer.getvalue()
    image.save(answer, "JPEG", quality=88, optimize=True, exif=b"")
    return "jpeg", answer.getvalue()


def main() -> int:
    for limit, value in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS)):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            pass  # not every system has every limit; size, pixels and the caller's patience remain
    try:
        kind, content = square(sys.stdin.buffer.read(), Crop(*(int(number) for number in sys.argv[1:4])))
    except Unusable as reason:
        sys.stdout.write(f"{reason.args[0]}\n")
        return 1
    sys.stdout.buffer.write(kind.encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
