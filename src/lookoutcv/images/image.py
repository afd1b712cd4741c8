"""One decoded image and what its file said about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@only_known_keywords(types=False)
@dataclass(frozen=True, eq=False)
class Image:
    """An upright RGB image.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright, C-contiguous. May share memory with the array it was read from, and may
            be read-only: never write to it.
        format: "jpeg", "png", "webp", "tiff", "bmp", "gif", "avif", "heic", or "video" for a frame; "array" where
            no file format is known.
        stored_bytes: Size of the encoded file; None for arrays and PIL images.
        exif_orientation: EXIF orientation 1-8 as recorded, already applied to the pixels; None where none is recorded.
        camera: Maker and model, "Canon EOS 40D"; None where none is recorded.
        taken: When the photo was taken (EXIF DateTimeOriginal), aware UTC. A time without an offset is read as UTC,
            since cameras record local time and nothing says which.
        file_hash: `content_hash` of the encoded file; None for arrays and PIL images.
    """

    pixels: Pixels = field(repr=False)
    format: str
    stored_bytes: int | None = None
    exif_orientation: int | None = None
    camera: str | None = None
    taken: datetime | None = None
    file_hash: int | None = field(default=None, repr=False)

    @property
    def height(self) -> int:
        """Rows of the upright image, in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of the upright image, in pixels."""
        return int(self.pixels.shape[1])

    @cached_property
    def content_hash(self) -> int:
        """The first 64 bits of SHA-256 (FIPS 180-4) of the file, or of shape and pixels where there is no file.

        From 0 to 2**64 - 1. Equal for byte-identical files only. An array's hash is computed on first use: it costs as
        much as reading it.
        """
        if self.file_hash is not None:
            return self.file_hash
        return hash_bytes(repr(self.pixels.shape).encode(), self.pixels.data)

    @property
    def facts(self) -> dict[str, Any]:
        """What follows from the file alone, under the names of a record's columns."""
        return {
            "time": self.taken,
            "width_px": self.width,
            "height_px": self.height,
            "format": self.format,
            "stored_bytes": self.stored_bytes,
            "exif_orientation": self.exif_orientation,
            "camera": self.camera,
            "content_hash": self.content_hash,
        }


def hash_bytes(*parts: bytes | memoryview) -> int:
    """The first 64 bits of `digest_bytes`, as an unsigned integer.

    Example:
        >>> hash_bytes(b"a", b"b") == hash_bytes(b"ab")
        True
    """
    return int.from_bytes(digest_bytes(*parts)[:8], "big")


def digest_bytes(*parts: bytes | memoryview) -> bytes:
    """The first 128 bits of SHA-256 (FIPS 180-4) of the joined parts: nobody can make two files that share them.

    Processors have instructions for it: half the time of BLAKE2b.

    Example:
        >>> len(digest_bytes(b"a"))
        16
    """
    digest = hashlib.sha256(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return digest.digest()[:16]
