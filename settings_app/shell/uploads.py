"""How uploaded files come in: to a temporary file, and never more of them than any form here takes."""

from __future__ import annotations

from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_BYTES_KEPT = 8 * 1024 * 1024 + 65536


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps the beginning of a file that is too large; its `size` still tells how large it was."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        # guard: upload-fills-no-disk
        if start + len(raw_data) > MOST_BYTES_KEPT:
            return None
        super().receive_data_chunk(raw_data, start)
        return None
