"""Makes a small square of an uploaded picture, with nothing else in it. Run as a process of its own, with limits.

    python -I reencode.py ZOOM LEFT TOP < upload > picture

Decoders of pictures are large and the files come from anybody: a bomb or a crash ends this process and nothing else.
It imports only Pillow, so that it starts quickly. The first line of the answer is the kind of picture, or, with exit
status 1, the reason why there is none.
"""

from __future__ import annotations

import io
import re
import resource
import sys
import warnings
import zlib
from typing import NamedTuple

from PIL import Image, ImageChops, ImageCms, ImageOps, UnidentifiedImageError

SIDE = 512  # pixels of the result
MOST_PIXELS = 40_000_000
MOST_SCANS = 100  # a progressive JPEG can hold thousands, each of them a pass over the whole picture
MEMORY_BYTES = 1_000_000_000
CPU_SECONDS = 10
FORMATS = ("JPEG", "PNG", "WEBP")
JPEG_BEGINS, JPEG_ENDS, START_OF_SCAN = b"\xff\xd8", b"\xff\xd9", b"\xda"
JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")  # those that come within a scan left out
JPEG_NOTE = re.compile(rb"\xff[\xe0-\xef\xfe]..(?!JFIF\0|Exif\0|ICC_PROFILE\0|Adobe)", re.DOTALL)
FILLING = b"\x5a\xa5\x3c\x91" * 5000
LINES_THAT_MATTER = 0.95  # of a picture without its end; a few missing bits in the last ones are not seen
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"eXIf", b"gAMA", b"cHRM", b"sRGB")
LARGEST_PROFILE_BYTES = 1_000_000


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
    try:
        return encoded(cropped(decoded(content, SIDE * crop.zoom // 100), crop))
    except (Unusable, UnidentifiedImageError) as error:
        raise Unusable("kind" if isinstance(error, UnidentifiedImageError) else "broken") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
        raise Unusable("pixels") from error
    except Exception as error:  # decoders raise nearly anything for a broken file
        raise Unusable("broken") from error


def decoded(content: bytes, wanted: int) -> Image.Image:
    """The picture in `content` and nothing else of it, with sides of at least `wanted` pixels where it has them."""
    if content.startswith(PNG_BEGINS):
        return opened(png_alone(content), wanted)
    if not content.startswith(JPEG_BEGINS):
        return opened(content, wanted)
    jpeg, is_whole = jpeg_alone(content)
    image = opened(jpeg + JPEG_ENDS, wanted)
    if not is_whole:
        # Whatever stands after the last line of a picture changes nothing; where lines are missing it fills them.
        difference = ImageChops.difference(image, opened(jpeg + FILLING + JPEG_ENDS, wanted)).getbbox()
        if difference and difference[1] < image.height * LINES_THAT_MATTER:
            raise Unusable("broken")
    return image


def opened(content: bytes, wanted: int) -> Image.Image:
    image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    image.draft("RGB", (wanted, wanted))  # a large JPEG is decoded at a half, a quarter or an eighth of its size
    image.load()
    return image


def jpeg_alone(content: bytes) -> tuple[bytes, bool]:
    """The JPEG up to its end marker, which is left out, and whether there was one.

    Phones put a video or a second picture behind it. Of what stands before the picture only what it takes to draw it
    is kept: comments can be long, and an index of further pictures would point at nothing.
    """
    kept, place, scans = [JPEG_BEGINS], len(JPEG_BEGINS), 0
    while found := JPEG_MARKER.search(content, place):
        marker, begins = found[0][-1:], found.start()
        if marker == JPEG_ENDS[1:]:
            return b"".join(kept), True
        size = int.from_bytes(content[found.end() : found.end() + 2], "big")
        place = found.end() + size
        if marker == START_OF_SCAN:
            scans += 1
            # guard: picture-scan-limit
            if scans > MOST_SCANS:
                raise Unusable("broken")
            following = JPEG_MARKER.search(content, place)
            place = following.start() if following else len(content)
        if not JPEG_NOTE.match(content, begins):
            kept.append(content[begins:place])
    return b"".join(kept), False


def png_alone(content: bytes) -> bytes:
    """The PNG without what it carries beside the picture: long notes, and colour profiles too large to be read."""
    kept, place = [PNG_BEGINS], len(PNG_BEGINS)
    while place < len(content):
        size, name = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        chunk = content[place : place + 12 + size]
        place += len(chunk)
        if name == b"iCCP":
            _name, _zero, packed = chunk[8:-4].partition(b"\0")
            unpacking = zlib.decompressobj()
            unpacking.decompress(packed[1:], LARGEST_PROFILE_BYTES)
            if unpacking.eof:
                kept.append(chunk)
        elif name in PNG_CHUNKS:
            kept.append(chunk)
        if name == b"IEND":
            break
    return b"".join(kept)


def cropped(image: Image.Image, crop: Crop) -> Image.Image:
    image = in_ordinary_colours(upright(image), image.info.get("icc_profile"))
    side = max(1, min(image.size) * 100 // crop.zoom)
    left = (image.width - side) * crop.left // 100
    top = (image.height - side) * crop.top // 100
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=(left, top, left + side, top + side))


def upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # notes of the camera that cannot be read say nothing about how it was held
        return image


def in_ordinary_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB, or RGBA when something shows through; a colour profile is applied, for it does not travel on."""
    image = with_eight_bits(image)
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if see_through else "RGB"
    if see_through:
        image = image.convert("RGBA")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            image = converted or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read changes nothing
    return image.convert(mode)


def with_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits is scaled: Pillow's own conversion makes everything above 255 white instead."""
    colour = image.info.get("transparency")
    if image.mode.startswith("I"):
        info = image.info
        image = image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
        image.info = info | ({"transparency": round(colour / 257)} if isinstance(colour, int) else {})
    elif image.mode == "RGB" and isinstance(colour, tuple) and max(colour) > 255:
        image.info["transparency"] = tuple(part >> 8 for part in colour)  # as Pillow read the pixels
    return image


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
            # guard: picture-resource-limits
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
