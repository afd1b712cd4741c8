"""Encoded bytes to upright RGB pixels. What a file may leave open is decided here, once, for every format:

- The bytes say what a file is; its name does not.
- Alpha is dropped, not blended over a background: the colours below it are what torchvision, OpenCV and TensorFlow
  readers hand to a model, and what the model sees is what is to be measured.
- 16-bit samples become 8-bit by their high byte (0..65535 to 0..255 over the full range), as libpng, Pillow and OpenCV
  do. Nothing is stretched: a picture that uses a part of the range stays dark. Float and 32-bit samples have no fixed
  white and are refused.
- Grey is repeated over three channels; palettes and CMYK are turned into RGB (CMYK by Adobe's inverted convention).
- The first frame of an animation or page of a TIFF is read.
- The orientation of EXIF, or of XMP where EXIF names none, is applied in every format that carries one (JPEG, PNG,
  WebP, TIFF); AVIF and HEIC are turned as their own boxes say.
- ICC profiles are ignored, as model input pipelines ignore them: pixels are taken as sRGB.
- Truncated or corrupt image data is refused, never filled in: where a decoder does so in silence, its work is checked.
"""

from __future__ import annotations

from typing import NamedTuple

from lookoutcv.errors import ImageError
from lookoutcv.images.exif import Exif, upright
from lookoutcv.images.formats.containers import Container, read_gif
from lookoutcv.images.formats.iso_media import decode_avif, decode_heic
from lookoutcv.images.formats.jpeg import decode_jpeg, read_header, without_end
from lookoutcv.images.formats.opencv_check import read_by_opencv
from lookoutcv.images.formats.pillow import decode_pillow
from lookoutcv.images.formats.png import read_png
from lookoutcv.images.formats.tiff.tiff_check import read_tiff
from lookoutcv.images.formats.tiff.tiff_planes import decode_planes, in_planes
from lookoutcv.images.formats.webp import read_webp
from lookoutcv.images.image import Pixels
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.images.memory_budget import check_memory
from lookoutcv.images.metadata import described
from lookoutcv.images.refusals import check_pixels, unreadable, unsupported
from lookoutcv.images.sniff import sniff


class Decoded(NamedTuple):
    """Upright RGB pixels, (H, W, 3) uint8, with the format's name and the EXIF fields."""

    pixels: Pixels
    format: str
    exif: Exif


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Decoded:
    """Decode a whole image file.

    Args:
        data: The bytes of a JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIC.
        limits: Checked against the header before pixels are decoded.
    Raises:
        UnreadableImage: Empty, truncated or corrupt.
        UnsupportedImage: Not an image, or a kind that is not read.
        ImageTooLarge: More pixels than allowed.
    Example:
        >>> import numpy as np
        >>> from lookoutcv.images import thumbnail
        >>> decode(thumbnail(np.zeros((4, 6, 3), np.uint8))).pixels.shape
        (4, 6, 3)
    """
    format = sniff(data)
    try:
        pixels, exif, turned = _read(data, format, limits)
    except ImageError:
        raise
    except MemoryError:
        remedy = "Use fewer workers, or refuse such images with a lower Limits(max_pixels=...)."
        raise unreadable("not enough memory to decode it", remedy) from None
    except Exception as error:  # decoders raise whatever a broken file makes them raise
        raise _explained(error) from error
    return Decoded(pixels if turned else upright(pixels, exif.orientation), format, exif)


def _read(data: bytes, format: str, limits: Limits) -> tuple[Pixels, Exif, bool]:
    """Pixels, what the file says of them, and whether the pixels are upright already."""
    match format:
        case "jpeg":
            return *_jpeg(data, limits), False
        case "avif":
            pixels, block, turned = decode_avif(data, limits)
            return pixels, described(block, None), turned
        case "heic":
            pixels, block, turned = decode_heic(data, limits)
            return pixels, described(block, None), turned
        case "tiff":
            return _tiff(data, limits)
    return *_other(data, format, limits), False


def _jpeg(data: bytes, limits: Limits) -> tuple[Pixels, Exif]:
    header = read_header(data)
    pixels = decode_jpeg(data, header, limits)
    if pixels is None:
        pixels = read_by_opencv(data)
    if pixels is None:
        pixels = decode_pillow(without_end(data, header), "jpeg", limits)
    return pixels, described(header.exif, header.xmp)


def _tiff(data: bytes, limits: Limits) -> tuple[Pixels, Exif, bool]:
    page = read_tiff(data, limits)
    exif = described(page.exif, page.xmp)
    if in_planes(page):
        check_memory(page.width, page.height, "tiff")
        return decode_planes(page), exif, False
    return decode_pillow(data, "tiff", limits), exif, True  # Pillow turns a TIFF itself


def _other(data: bytes, format: str, limits: Limits) -> tuple[Pixels, Exif]:
    read = {"png": read_png, "webp": read_webp, "gif": read_gif}.get(format)
    if read is None:
        return decode_pillow(data, format, limits), described(None, None)
    found: Container = read(data)
    check_pixels(found.width, found.height, limits)
    return decode_pillow(data, format, limits), described(found.exif, found.xmp)


def _explained(error: Exception) -> ImageError:
    text = " ".join(str(error).split())
    if "truncated" in text.lower() or isinstance(error, EOFError):
        return unreadable("truncated")
    if "unknown pixel mode" in text or "nsupported" in text or "not supported" in text:
        return unsupported("a kind of image that is not read")
    return unreadable("corrupt image data", detail=text[:80] if isinstance(error, OSError | ValueError) else "")
