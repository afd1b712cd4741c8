"""The orientation that a picture's EXIF block or XMP packet says: one rule for files and PIL images.

EXIF counts where it names an orientation at all, XMP where it does not, as in Pillow. Programs that cannot write EXIF
into a PNG write it into a text, as "Raw profile type exif" or "APP1" (ImageMagick).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lookoutcv.images.exif import ORIENTATION, Exif, from_tags, tags_of

_ORIENTATION = re.compile(rb"tiff:Orientation(?:\s*=\s*[\"']|>)\s*([0-9])")
_EXIF_MARK, _XMP_MARK = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"


def described(exif: bytes | None, xmp: bytes | None) -> Exif:
    """What an EXIF block and an XMP packet say together.

    Example:
        >>> described(None, b'<x tiff:Orientation="6"/>').orientation
        6
    """
    return with_xmp(tags_of(exif or b""), xmp)


def with_xmp(tags: Mapping[int, object], xmp: bytes | None) -> Exif:
    """The fields of parsed EXIF tags; the orientation of the XMP packet where they name none."""
    found = _ORIENTATION.search(xmp) if xmp and ORIENTATION not in tags else None
    return from_tags({**tags, ORIENTATION: int(found[1])} if found else tags)


def from_texts(texts: Mapping[str, bytes]) -> tuple[bytes | None, bytes | None]:
    """The EXIF block and the XMP packet among a PNG's texts, by their names; None for what is not there or broken."""
    exif, xmp = _profile(texts.get("Raw profile type exif")), texts.get("XML:com.adobe.xmp")
    app1 = _profile(texts.get("Raw profile type APP1"))
    if exif is None and app1 and app1.startswith(_EXIF_MARK):
        exif = app1
    if xmp is None and app1 and app1.startswith(_XMP_MARK):
        xmp = app1
    return exif and exif.removeprefix(_EXIF_MARK), xmp or _profile(texts.get("Raw profile type xmp"))


def _profile(text: bytes | None) -> bytes | None:
    """A line break, the profile's name, its length, and its bytes in hexadecimal over many lines."""
    try:
        return bytes.fromhex("".join(text.decode("ascii").split("\n")[3:])) if text else None
    except ValueError:
        return None
