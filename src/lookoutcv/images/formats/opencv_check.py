"""A second decoder's opinion, for formats whose first one fills in what is missing and does not say so."""

from __future__ import annotations

import re

import cv2
import numpy as np

from lookoutcv.files.stderr_filter import stderr_lines
from lookoutcv.images.refusals import unreadable

_LOGGED = re.compile(rb"\[ ?(WARN|ERROR):\d+@|^OpenCV|^\s*$")
# libtiff of fax data, libjpeg in a TIFF, libaom of AVIF.
_DAMAGE = re.compile(
    rb"Fax\w+: (.*?) (?:at line|of strip|of tile)"
    rb"|JPEGLib: ((?:Premature|Corrupt).*)"
    rb"|(Corrupt frame|Truncated data|Decoding of \w+ planes)"
)
_WARNINGS = 3


def check_by_opencv(data: bytes) -> None:
    """Refuse what OpenCV's decoder complains about; what it cannot read, but does not call damaged, passes.

    Args:
        data: The whole file, of a size that was checked.
    Raises:
        UnreadableImage: Damaged, in the decoder's words.
    """
    level = cv2.utils.logging.getLogLevel()
    with stderr_lines(_LOGGED) as said:
        cv2.utils.logging.setLogLevel(_WARNINGS)
        try:
            cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        except cv2.error:
            pass
        finally:
            cv2.utils.logging.setLogLevel(level)
    found = _DAMAGE.search(b"".join(said))
    if found:
        words = next(words for words in found.groups() if words).decode("utf-8", "replace")
        raise unreadable("truncated" if "Premature" in words else "corrupt image data", detail=words[:80])
