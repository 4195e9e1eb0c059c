"""Uploaded pictures: how large they may be, and the process that makes small square ones of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LARGEST_UPLOAD_BYTES = 8 * 1024 * 1024
PATIENCE_SECONDS = 15
WAIT_FOR_A_TURN_SECONDS = 3
AT_A_TIME = 2  # in each process of the site: what memory they can use together stays bounded
SCRIPT = Path(__file__).with_name("reencode.py")
WORDS: dict[str, str | Promise] = {
    "kind": _("Choose a JPEG, PNG or WebP file."),
    "pixels": _("That photo has too many pixels. Make it smaller, then try again."),
    "broken": _("We can’t read that file. Choose another one, or save it again first."),
    "slow": _("That photo takes too long to read. Make it smaller, then try again."),
    "busy": _("We’re busy with other photos right now. Try again in a moment."),
    "size": _("That file is larger than 8 MB. Choose a smaller one."),
}

_turns = threading.BoundedSemaphore(AT_A_TIME)


class Picture(NamedTuple):
    """A picture made here: its type, and a name that nobody can guess and that says nothing."""

    name: str
    content: bytes
    mime_type: str


class NoPicture(Exception):  # noqa: N818  # it says what is so
    """`words` tell the person why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.words = WORDS.get(reason, WORDS["broken"])


def made_from(upload: UploadedFile[Any], *, zoom: int, left: int, top: int) -> Picture:
    """A square picture of 512 pixels, re-encoded without metadata. Raises `NoPicture`."""
    # guard: upload-size
    if (upload.size or 0) > LARGEST_UPLOAD_BYTES:
        raise NoPicture("size")
    # guard: pictures-at-a-time
    if not _turns.acquire(timeout=WAIT_FOR_A_TURN_SECONDS):
        raise NoPicture("busy")
    try:
        made = subprocess.run(  # noqa: S603  # our own script; the numbers are checked whole numbers
            [sys.executable, "-I", str(SCRIPT), str(zoom), str(left), str(top)],
            input=upload.read(),
            capture_output=True,
            # guard: picture-time-limit
            timeout=PATIENCE_SECONDS,
            check=False,
            # guard: picture-worker-knows-no-secret
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise NoPicture("slow") from error
    finally:
        _turns.release()
    kind, _newline, content = made.stdout.partition(b"\n")
    if made.returncode or kind not in (b"jpeg", b"png"):
        raise NoPicture(kind.decode("ascii", "replace") if made.returncode == 1 else "broken")
    extension = "jpg" if kind == b"jpeg" else "png"
    return Picture(f"{get_random_string(32).lower()}.{extension}", content, f"image/{kind.decode()}")
