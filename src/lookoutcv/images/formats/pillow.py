"""What Pillow decodes: every format but ordinary JPEG, one named plugin a format, to RGB by the rules of `decode`."""

from __future__ import annotations

import importlib
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from lookoutcv.errors import ImageTooLarge
from lookoutcv.images.formats.png import check_rows
from lookoutcv.images.formats.tiff.libtiff import load_tiff
from lookoutcv.images.formats.webp import check_used
from lookoutcv.images.image import Pixels
from lookoutcv.images.limits import Limits
from lookoutcv.images.memory_budget import check_memory
from lookoutcv.images.refusals import check_pixels, unsupported

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

# The plugin classes themselves: `PIL.Image.open` would import every plugin for the first TIFF, and applies a pixel
# limit of its own, which warns.
_PLUGINS = {
    "jpeg": "JpegImageFile",
    "png": "PngImageFile",
    "webp": "WebPImageFile",
    "tiff": "TiffImageFile",
    "bmp": "BmpImageFile",
    "gif": "GifImageFile",
}
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
_warnings_lock = threading.Lock()


def decode_pillow(data: bytes, format: str, limits: Limits) -> Pixels:
    """Decode the first frame to RGB as stored, not yet upright.

    Args:
        data: The whole file.
        format: A name `sniff` gives.
        limits: Checked before pixels are decoded.
    Returns:
        (H, W, 3) uint8.
    Raises:
        UnsupportedImage: A kind of pixels that has no fixed place on a scale from black to white.
        ImageTooLarge: More pixels than allowed.
        Exception: Whatever Pillow raises for bad data.
    """
    from PIL.Image import DecompressionBombError  # noqa: PLC0415 - a folder of JPEGs never needs Pillow

    plugin = importlib.import_module(f"PIL.{_PLUGINS[format].removesuffix('File')}Plugin")
    try:
        with quiet():
            image = getattr(plugin, _PLUGINS[format])(BytesIO(data))
            check_pixels(image.width, image.height, limits)
            check_memory(image.width, image.height, "cmyk" if format == "jpeg" else format)
            if format == "tiff":
                load_tiff(image, data)
        pixels = to_rgb(image)
        if format == "png":
            check_rows(data, image)
        elif format == "webp":
            check_used(data)
        return pixels
    except DecompressionBombError as error:
        reason = f"larger than {limits.max_pixels_in_words}"
        raise ImageTooLarge(f"the image is {reason}", "Leave it out.", reason=reason) from error


def to_rgb(image: PilImage) -> Pixels:
    """The pixels of a PIL image as (H, W, 3) uint8 RGB; alpha is dropped, 16 bits become 8.

    Raises:
        UnsupportedImage: A mode without a fixed white, or one that Pillow cannot turn into RGB.
    """
    if image.mode.startswith("I;16"):
        return _grey_16(image)
    if image.mode in ("I", "F"):
        kind = "float" if image.mode == "F" else "32-bit integer"
        raise unsupported(f"{kind} pixels have no fixed white", "Scale it to 8 or 16 bits first.")
    if image.mode == "LAB":
        raise unsupported("LAB pixels are not read")
    if "transparency" in image.info:
        image = image.copy()
        del image.info["transparency"]  # else Pillow warns that it cannot keep it
    try:
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)
    except ValueError:
        raise unsupported(f"{image.mode} pixels are not read") from None


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back Pillow's warnings about odd metadata: an image is read or refused, and nothing is said in between.

    One thread at a time, since Python's warning filters belong to the whole process.
    """
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _grey_16(image: PilImage) -> Pixels:
    """The high eight bits of 16-bit grey (of 12-bit grey in a TIFF), three times."""
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS_PER_SAMPLE, (16,))[0]
    grey = (np.asarray(image).astype(np.uint16) >> (bits - 8)).astype(np.uint8)
    if tags.get(_PHOTOMETRIC) == 0:  # white is zero, which Pillow leaves as it is at this depth
        grey = 255 - grey
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
