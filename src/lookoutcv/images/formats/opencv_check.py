"""A second decoder's opinion, for formats whose first one fills in what is missing and does not say so."""

from __future__ import annotations

import re

import cv2
import numpy as np

from lookoutcv.files.stderr_filter import stderr_lines
from lookoutcv.images.image import Pixels
from lookoutcv.images.refusals import unreadable

# OpenCV's log, and what libjpeg says itself of data and of version numbers.
_LOGGED = re.compile(
    rb"\[ ?(WARN|ERROR):\d+@|^OpenCV|^\s*$|^(Corrupt JPEG|Premature end of JPEG|Inconsistent prog|Unknown Adobe"
    rb"|Warning: unknown JFIF)"
)
# libtiff of fax data, libjpeg in a TIFF and by itself, libaom of AVIF.
_DAMAGE = re.compile(
    rb"Fax\w+: (.*?) (?:at line|of strip|of tile)"
    rb"|^(?:.*JPEGLib: )?((?:Premature end of JPEG|Corrupt JPEG data).*)"
    rb"|(Corrupt frame|Truncated data|Decoding of \w+ planes)",
    re.MULTILINE,
)
_WARNINGS = 3


def read_by_opencv(data: bytes) -> Pixels | None:
    """Decode by OpenCV, and refuse what its decoder complains about.

    Args:
        data: The whole file, of a size that was checked.
    Returns:
        (H, W, 3) uint8 RGB as stored; None where OpenCV cannot read it, but does not call it damaged.
    Raises:
        UnreadableImage: Damaged, in the decoder's words.
    """
    level = cv2.utils.logging.getLogLevel()
    with stderr_lines(_LOGGED) as said:
        cv2.utils.logging.setLogLevel(_WARNINGS)
        try:
            found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        except cv2.error:
            found = None
        finally:
            cv2.utils.logging.setLogLevel(level)
    damage = _DAMAGE.search(b"".join(said))
    if damage:
        words = next(words for words in damage.groups() if words).decode("utf-8", "replace")
        raise unreadable("truncated" if "Premature" in words else "corrupt image data", detail=words[:80])
    # IMREAD_COLOR_RGB gives BGR where an AVIF has alpha.
    return None if found is None else np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB), dtype=np.uint8)
