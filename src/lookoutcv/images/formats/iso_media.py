"""AVIF and HEIC: one picture in an ISO media file. Pillow reads AVIF itself; HEIC needs the extra `heif`.

Both turn samples of 10 and 12 bits into 8 by scaling their full range. In both, the file's own boxes say how the stored
pixels are turned (ISO/IEC 23008-12, 6.5.10 and 6.5.12), and an EXIF orientation beside them does not count twice:
libavif leaves the turning to its caller and Pillow tells it as an EXIF orientation; libheif turns.
"""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

from lookoutcv.errors import MissingExtra, UnsupportedImage
from lookoutcv.extras import need
from lookoutcv.images.formats.heic_items import check_units
from lookoutcv.images.formats.opencv_check import read_by_opencv
from lookoutcv.images.formats.pillow import quiet, to_rgb
from lookoutcv.images.image import Pixels
from lookoutcv.images.limits import Limits
from lookoutcv.images.memory_budget import check_memory
from lookoutcv.images.refusals import check_pixels, unreadable, unsupported


class Stored(NamedTuple):
    """Pixels, (H, W, 3) uint8 RGB, the EXIF block where there is one, and whether the pixels are upright already."""

    pixels: Pixels
    exif: bytes | None
    upright: bool


def decode_avif(data: bytes, limits: Limits) -> Stored:
    """Decode the first picture of an AVIF as stored.

    Args:
        data: The whole file.
        limits: Checked before pixels are decoded.
    Raises:
        UnsupportedImage: This Pillow was built without AVIF, or is older than 11.3.
        ImageTooLarge: More pixels than allowed.
        UnreadableImage: Truncated.
        Exception: Whatever Pillow raises for bad data.
    """
    _check_whole(data)
    try:
        from PIL import AvifImagePlugin  # noqa: PLC0415 - a folder of JPEGs never needs Pillow
    except ImportError:
        raise _no_avif() from None
    if not AvifImagePlugin.SUPPORTED:
        raise _no_avif()
    with quiet():
        image = AvifImagePlugin.AvifImageFile(BytesIO(data))
        check_pixels(image.width, image.height, limits)
        check_memory(image.width, image.height, "avif")
    exif = _block(image.info.get("exif"))
    # dav1d, which Pillow has, fills in what is missing; libaom, which OpenCV has, says so. Their pixels are the same.
    pixels = read_by_opencv(data)
    if pixels is None or pixels.shape[:2] != (image.height, image.width) or _is_grey(pixels):
        with quiet():
            pixels = to_rgb(image)
    return Stored(pixels, exif, False)


def decode_heic(data: bytes, limits: Limits) -> Stored:
    """Decode the primary picture of a HEIC (HEIF with HEVC) upright.

    Args:
        data: The whole file.
        limits: Checked before pixels are decoded.
    Raises:
        UnsupportedImage: The extra `heif` is not installed; the reason holds the line that installs it.
        ImageTooLarge: More pixels than allowed.
        UnreadableImage: Truncated.
        Exception: Whatever pi-heif raises for bad data.
    """
    _check_whole(data)
    try:
        pi_heif = need("pi_heif", "heif")
    except MissingExtra as missing:
        # A reason, not the end of the run: the other images of a folder are read.
        line = missing.remedy.removeprefix("Install it with: ")
        raise unsupported(f"HEIC needs {line}", f"{missing.remedy}, or convert it to JPEG.") from missing
    check_units(data)
    with quiet():
        image = pi_heif.open_heif(data)
        width, height = image.size
        check_pixels(width, height, limits)
        check_memory(width, height, "heic")
        exif = _block(image.info.get("exif"))
        return Stored(to_rgb(image.to_pillow()), exif, True)


def _is_grey(pixels: Pixels) -> bool:
    """Whether it may have no colours at all: of such, OpenCV takes levels of 16 to 235 for those of 0 to 255."""
    some = pixels[::16, ::16]
    return bool((some == some[..., :1]).all())


def _check_whole(data: bytes) -> None:
    """Refuse a file whose last box is cut off: decoders would read over that, or call it something else.

    Source: ISO/IEC 14496-12, section 4.2.
    """
    position, kinds = 0, set()
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        kinds.add(data[position + 4 : position + 8])
        if size == 0:  # to the end of the file
            size = len(data) - position
        elif size == 1:
            size = int.from_bytes(data[position + 8 : position + 16], "big")
        if size < 8:
            raise unreadable("corrupt image data", detail="a box without a size")
        position += size
    if position != len(data) or b"meta" not in kinds:
        raise unreadable("truncated")


def _block(exif: object) -> bytes | None:
    return exif.removeprefix(b"Exif\0\0") if isinstance(exif, bytes) else None


def _no_avif() -> UnsupportedImage:
    line = "pip install --upgrade pillow"
    return unsupported(f"AVIF needs a newer Pillow: {line}", f"Install it with: {line}, or convert it to JPEG.")
