"""Films that end the process which decodes them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def small_film(path: Path, frames: int = 10, size: tuple[int, int] = (8, 6)) -> Path:
    """An AVI of JPEGs; frame i is of grey level 20 i."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, size)  # type: ignore[attr-defined]
    for i in range(frames):
        writer.write(np.full((size[1], size[0], 3), 20 * i % 256, np.uint8))
    writer.release()
    return path


def deadly_film(path: Path) -> Path:
    """Four bytes of the head of an AVI are 0: the film says that its JPEGs are pixels as they are.

    Of an 8 x 6 picture these take 144 bytes, and each JPEG has more. OpenCV 5.0.0 with its FFmpeg writes beyond its
    memory with each that it copies: within 60 of them its process dies.
    """
    data = bytearray(small_film(path, 60).read_bytes())
    at = data.index(b"MJPG", data.index(b"strf"))
    data[at : at + 4] = bytes(4)
    path.write_bytes(data)
    return path
