"""Compressed TIFFs: loaded through libtiff, with what it says on standard error taken as its verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lookoutcv.files.stderr_filter import stderr_lines
from lookoutcv.images.formats.opencv_check import read_by_opencv
from lookoutcv.images.formats.tiff.piece_ends import check_ends
from lookoutcv.images.formats.tiff.tiff_page import COMPRESSION, UNCOMPRESSED, Page
from lookoutcv.images.refusals import unreadable, unsupported

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import TiffImageFile

_FAX, _JPEG = {2, 3, 4}, 7
# "tempfile.tif" is what Pillow calls a file that it holds in memory; the others are libtiff's own functions.
_LIBTIFF = re.compile(
    rb"^(tempfile\.tif|filename|_?TIFF\w+|O?JPEG\w*|Fax\w+|ZIP\w*|\w+(Decode|Setup|SetField)\w*)\s?[:,]"
)


def load_tiff(image: TiffImageFile, data: bytes) -> None:
    """Decode a TIFF that Pillow opened, and refuse what libtiff complains about.

    Args:
        image: Not yet loaded.
        data: Its file.
    Raises:
        UnreadableImage: Corrupt or truncated, in libtiff's words.
        UnsupportedImage: A compression that this build of libtiff does not have.
        Exception: Whatever Pillow raises for bad data.
    """
    compression = image.tag_v2.get(COMPRESSION, UNCOMPRESSED)
    if compression == UNCOMPRESSED:
        image.load()  # reads EXIF directories as well, and warns about broken ones
        return
    failure: Exception | None = None
    with stderr_lines(_LIBTIFF) as said:
        try:
            image.load()
        except (OSError, SyntaxError, ValueError) as error:
            failure = error
    if said:
        words = said[0].decode("utf-8", "replace").partition(":")[2].strip()
        if "not configured" in words:
            raise unsupported(f"TIFF compression {compression} is not read by this Pillow") from failure
        raise unreadable("corrupt image data", detail=words[:80]) from failure
    if failure:
        raise failure
    if compression in _FAX or compression == _JPEG:
        read_by_opencv(data)
    else:
        check_ends(Page(data))
