"""Films of which OpenCV gives the same stale picture again and again, without an error: interlaced ones."""

from __future__ import annotations

import numpy as np

from lookoutcv.errors import UnreadableSource
from lookoutcv.sources.films.video_file import holds_fields, opened

# Frames that are the same to the last bit: of a camera not even two are.
_LOOKED_AT = 8


def refuse_interlaced(path: str) -> None:
    """Refuse a film whose codec says that fields may be in it, and of which every frame comes out the same.

    Raises:
        UnreadableSource: It is one.
    """
    if not holds_fields(path) or not _are_same(path):
        return
    why = "its pictures are interlaced, and OpenCV gives black ones for them"
    remedy = "Write it anew: `ffmpeg -i IN -vf bwdif=send_frame -c:v libx264 OUT.mp4`."
    raise UnreadableSource(f"the video {path} cannot be read: {why}", remedy, source=path, reason=why)


def _are_same(path: str) -> bool:
    capture = opened(path)
    try:
        first, count = None, 0
        while count < _LOOKED_AT and (found := capture.read())[0]:
            first = found[1] if first is None else first
            count += 1
            if not np.array_equal(found[1], first):
                return False
        return count > 1
    finally:
        capture.release()
