"""Encoded bytes to upright RGB pixels. What a file may leave open is decided here, once, for every format:

- The bytes say what a file is; its name does not.
- Alpha is dropped, not blended over a background: the colours below it are what torchvision, OpenCV and TensorFlow
  readers hand to a model, and what the model sees is what is to be measured.
- 16-bit samples become 8-bit by their high byte (0..65535 to 0..255 over the full range), as libpng, Pillow and OpenCV
  do. Nothing is stretched: a picture that uses a part of the range stays dark. Float and 32-bit samples have no fixed
  white and are refused.
- Grey is repeated over three channels; palettes and CMYK are turned into RGB (CMYK by Adobe's inverted convention).
- The first frame of an animation or page of a TIFF is read.
- The EXIF orientation is applied in every format that carries one (JPEG, PNG, WebP, TIFF); AVIF and HEIC are turned as
  their own boxes say.
- ICC profiles are ignored, as model input pipelines ignore them: pixels are taken as sRGB.
- Truncated or corrupt image data is refused, never filled in.
"""

from __future__ import annotations

from typing import NamedTuple

from lookoutcv.errors import ImageError
from lookoutcv.images.containers import read_gif, read_png, read_tiff, read_webp
from lookoutcv.images.exif import NO_EXIF, Exif, parse, upright
from lookoutcv.images.image import Pixels
from lookoutcv.images.iso_media import decode_avif, decode_heic
from lookoutcv.images.jpeg import decode_jpeg, read_header
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.images.pillow import decode_pillow
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
        pixels, block, turned = _read(data, format, limits)
    except ImageError:
        raise
    except MemoryError:
        remedy = "Use fewer workers, or refuse such images with a lower Limits(max_pixels=...)."
        raise unreadable("not enough memory to decode it", remedy) from None
    except Exception as error:  # decoders raise whatever a broken file makes them raise
        raise _explained(error) from error
    if block is None:
        return Decoded(pixels, format, NO_EXIF)
    exif = parse(block)
    return Decoded(pixels if turned else upright(pixels, exif.orientation), format, exif)


def _read(data: bytes, format: str, limits: Limits) -> tuple[Pixels, bytes | None, bool]:
    """Pixels, EXIF block, and whether the pixels are upright already."""
    match format:
        case "jpeg":
            return *_jpeg(data, limits), False
        case "avif":
            return decode_avif(data, limits)
        case "heic":
            return decode_heic(data, limits)
    return *_other(data, format, limits), format == "tiff"  # Pillow turns a TIFF itself, and no other of these


def _jpeg(data: bytes, limits: Limits) -> tuple[Pixels, bytes | None]:
    header = read_header(data)
    pixels = decode_jpeg(data, header, limits)
    if pixels is None:
        pixels = decode_pillow(data, "jpeg", limits)
    return pixels, header.exif


def _other(data: bytes, format: str, limits: Limits) -> tuple[Pixels, bytes | None]:
    read = {"png": read_png, "webp": read_webp, "gif": read_gif, "tiff": read_tiff}.get(format)
    if read is None:
        return decode_pillow(data, format, limits), None
    width, height, exif = read(data)
    check_pixels(width, height, limits)
    return decode_pillow(data, format, limits), exif


def _explained(error: Exception) -> ImageError:
    text = " ".join(str(error).split())
    if "truncated" in text.lower() or isinstance(error, EOFError):
        return unreadable("truncated")
    if "unknown pixel mode" in text or "nsupported" in text or "not supported" in text:
        return unsupported("a kind of image that is not read")
    return unreadable("corrupt image data", detail=text[:80] if isinstance(error, OSError | ValueError) else "")
