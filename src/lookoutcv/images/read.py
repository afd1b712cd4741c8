"""One call that reads an image from wherever it is."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ImageError, SourceError
from lookoutcv.files.remote import fetch, is_url, shown
from lookoutcv.files.streams import read_up_to
from lookoutcv.images.arrays import from_array
from lookoutcv.images.decode import decode
from lookoutcv.images.exif import Exif, tags_of, upright
from lookoutcv.images.formats.pillow import quiet, to_rgb
from lookoutcv.images.image import Image, digest_bytes
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.images.metadata import described, from_texts, with_xmp
from lookoutcv.images.refusals import check_bytes, check_pixels, named, unreadable, unsupported

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

# A named pipe must not hold up the run, and must not be mistaken for a file.
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_EXIF_IFD = 0x8769


@dataclass(frozen=True)
class Encoded:
    """The bytes of an image file, read and not yet decoded. `read` takes it.

    Args:
        data: The bytes, within the limits.
        name: What error messages call it; None where it came as bytes.
    """

    data: bytes
    name: str | None = None

    @cached_property
    def digest(self) -> bytes:
        """`digest_bytes` of the data."""
        return digest_bytes(self.data)


def encoded(source: Any, limits: Limits = DEFAULT_LIMITS) -> Encoded | None:
    """The bytes that `read` would decode.

    Args:
        source: As for `read`.
        limits: Its `max_bytes` counts.
    Returns:
        None for a source that is pixels already, or that `read` refuses.
    Raises:
        UnreadableImage: Gone, or not allowed.
        ImageTooLarge: Over the limit.
    Example:
        >>> encoded(b"abc").data, encoded(np.zeros((2, 2), np.uint8))
        (b'abc', None)
    """
    if isinstance(source, bytes | bytearray | memoryview):
        check_bytes(len(source), limits)
        return Encoded(bytes(source))
    if not isinstance(source, str | os.PathLike):
        return None
    text = os.fsdecode(source)
    remote = is_url(text)
    name = shown(text) if remote else text
    try:
        return Encoded(_remote_bytes(text, limits) if remote else _file_bytes(text, limits), name)
    except ImageError as error:
        raise named(error, name) from error.__cause__


@only_known_keywords()
def read(source: Any, *, limits: Limits = DEFAULT_LIMITS, bgr: bool = False) -> Image:
    """Read one image.

    Args:
        source: A path; a URL ("https://", "s3://", "memory://" ...); the bytes of a file; an array as `from_array`
            takes it; a PIL image; what `encoded` gave; or an `Image`, which is taken as it is.
        limits: How large it may be.
        bgr: An array's channels are in OpenCV's order. Means nothing for other sources.
    Returns:
        The image: upright, RGB. `decode` says how alpha, 16 bits, animations and colour profiles are treated.
    Raises:
        UnreadableImage: Gone, truncated or corrupt.
        UnsupportedImage: Not an image, or a kind that is not read.
        ImageTooLarge: Over a limit.
        ShapeMismatch: An array that is no image.
        MissingExtra: A URL needs a package that is not installed.
    Example:
        >>> read(np.zeros((2, 3), np.uint8)).pixels.shape
        (2, 3, 3)
    """
    file = source if isinstance(source, Encoded) else encoded(source, limits)
    if file is not None:
        return _decoded(file, limits)
    if isinstance(source, Image):
        check_pixels(source.width, source.height, limits)
        return source
    if isinstance(source, np.ndarray):
        if source.ndim >= 2:
            check_pixels(max(source.shape[1], 1), max(source.shape[0], 1), limits)
        return Image(from_array(source, bgr=bgr), "array")
    pil = sys.modules.get("PIL.Image")  # whoever holds a PIL image has imported it
    if pil is not None and isinstance(source, pil.Image):
        return _from_pil(source, limits)
    kind = type(source).__name__
    remedy = "Give a path, a URL, bytes, a NumPy array or a PIL image"
    raise unsupported(f"not an image ({kind})", f"{remedy}{'; tensor.numpy() makes an array' * (kind == 'Tensor')}.")


def _decoded(file: Encoded, limits: Limits) -> Image:
    try:
        pixels, format, exif = decode(file.data, limits)
    except ImageError as error:
        if file.name is None:
            raise
        raise named(error, file.name) from error.__cause__
    hashed = int.from_bytes(file.digest[:8], "big")
    return Image(pixels, format, len(file.data), exif.orientation, exif.camera, exif.taken, hashed)


def _from_pil(image: PilImage, limits: Limits) -> Image:
    check_pixels(image.width, image.height, limits)
    try:
        recorded = _exif_of(image)
        pixels = to_rgb(image)
        exif = _exif_of(image)  # a TIFF turns itself when it is loaded, and a PNG may tell after its pixels
    except (OSError, SyntaxError, ValueError) as error:  # an image PIL has opened but not yet decoded
        raise unreadable("truncated" if "truncated" in str(error) else "corrupt image data") from error
    format = {"": "array", "mpo": "jpeg"}.get((image.format or "").lower(), (image.format or "").lower())
    turned = np.ascontiguousarray(upright(pixels, exif.orientation))
    orientation = exif.orientation or recorded.orientation
    return Image(turned, format, None, orientation, exif.camera or recorded.camera, exif.taken or recorded.taken)


def _exif_of(image: PilImage) -> Exif:
    """What a PIL image says of itself, by the rule of `metadata`; nothing where it is broken."""
    texts = {name: _bytes(text) for name, text in image.info.items() if isinstance(text, str | bytes)}
    profile, xmp = from_texts({str(name): text for name, text in texts.items()})
    try:
        with quiet():
            tags = image.getexif()
            known = {**tags, **tags.get_ifd(_EXIF_IFD)}
    except Exception:  # whatever Pillow raises for broken metadata
        known = {}
    if image.format == "AVIF":  # its boxes say how it is turned, which Pillow tells as EXIF, and nothing else does
        return described(texts.get("exif", b"").removeprefix(b"Exif\0\0"), None)
    return with_xmp(known or tags_of(profile or b""), xmp or texts.get("xmp"))


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "replace") if isinstance(text, str) else text


def _remote_bytes(url: str, limits: Limits) -> bytes:
    try:
        data = fetch(url, limits.max_bytes)
    except SourceError as error:
        raise unreadable(str(error.fields["reason"]), error.remedy) from error
    check_bytes(len(data), limits)
    return data


def _file_bytes(path: str, limits: Limits) -> bytes:
    try:
        descriptor = os.open(path, _OPEN)
        with open(descriptor, "rb", buffering=0) as file:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise unsupported("not a regular file", "Give a file.")
            check_bytes(facts.st_size, limits)
            # A file may state no size, as those of /proc do.
            return file.readall() if facts.st_size else read_up_to(file, limits.max_bytes + 1)
    except IsADirectoryError:
        raise unsupported("a folder, not a file", "Give a file.") from None
    except FileNotFoundError:
        raise unreadable("the file is gone", "Check the path.") from None
    except PermissionError:
        raise unreadable("no permission", "Make the file readable for this user.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise unreadable(getattr(error, "strerror", None) or str(error), "Check the path and the disk.") from error
