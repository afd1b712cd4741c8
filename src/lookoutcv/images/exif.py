"""The few EXIF fields that are used, read without a decoder: orientation, camera and time.

A reader of its own, because it takes microseconds, never warns and never fails: a broken block yields what is whole.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import cv2
import numpy as np

from lookoutcv.images.image import Pixels

MAKE, MODEL, ORIENTATION, EXIF_IFD, TAKEN, OFFSET = 0x010F, 0x0110, 0x0112, 0x8769, 0x9003, 0x9011
_MAIN = {MAKE, MODEL, ORIENTATION, EXIF_IFD}
_DETAIL = {TAKEN, OFFSET}
_ASCII, _SHORT, _LONG = 2, 3, 4
_LONGEST_CAMERA = 80


@dataclass(frozen=True)
class Exif:
    """What is used of an EXIF block; each field None where it is not recorded or makes no sense."""

    orientation: int | None = None
    camera: str | None = None
    taken: datetime | None = None


NO_EXIF = Exif()


def parse(block: bytes) -> Exif:
    """Read an EXIF block.

    Args:
        block: A TIFF structure, as in a JPEG's APP1 after "Exif", a PNG's eXIf, a WebP's EXIF chunk or a TIFF file.
    Returns:
        The fields found. Nothing is raised for a broken block.
    Example:
        >>> parse(b"not EXIF")
        Exif(orientation=None, camera=None, taken=None)

    Source: CIPA DC-008 (Exif 2.32); TIFF 6.0.
    """
    return from_tags(tags_of(block))


def tags_of(block: bytes) -> dict[int, object]:
    """The tags of an EXIF block that `from_tags` reads; what is broken is left out."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(block[:4])
    if order is None:
        return {}
    try:
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        tags = _directory(block, order, start, _MAIN)
        detail = tags.get(EXIF_IFD)
        if isinstance(detail, int):
            tags.update(_directory(block, order, detail, _DETAIL))
    except struct.error:
        return {}
    return tags


def from_tags(tags: Mapping[int, object]) -> Exif:
    """The fields of already parsed tags, by tag number.

    Example:
        >>> from_tags({0x010F: "Canon", 0x0110: "Canon EOS 40D", 0x0112: 6})
        Exif(orientation=6, camera='Canon EOS 40D', taken=None)
    """
    if not tags:  # most images: a date that is not there is not parsed either
        return NO_EXIF
    orientation = tags.get(ORIENTATION)
    return Exif(
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else None,
        camera=_camera(_text(tags.get(MAKE)), _text(tags.get(MODEL))),
        taken=_time(_text(tags.get(TAKEN)), _text(tags.get(OFFSET))),
    )


def upright(pixels: Pixels, orientation: int | None) -> Pixels:
    """Turn and mirror stored pixels as the EXIF orientation says.

    Args:
        pixels: (H, W, 3) uint8 as stored.
        orientation: 1-8 or None.
    Example:
        >>> upright(np.zeros((2, 5, 3), np.uint8), 6).shape
        (5, 2, 3)

    Source: CIPA DC-008 (Exif 2.32), tag 274.
    """
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(pixels, 0)
        case 5:
            turned = cv2.transpose(pixels)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.rotate(cv2.transpose(pixels), cv2.ROTATE_180)
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return pixels
    return np.asarray(turned, dtype=np.uint8)


def _directory(block: bytes, order: str, start: int, wanted: set[int]) -> dict[int, object]:
    """The wanted entries of one image file directory; those that lie outside the block are left out."""
    values: dict[int, object] = {}
    if start + 2 > len(block):
        return values
    (count,) = struct.unpack_from(f"{order}H", block, start)
    count = min(count, (len(block) - start - 2) // 12)
    entries = struct.iter_unpack(f"{order}HHII", memoryview(block)[start + 2 : start + 2 + 12 * count])
    for index, (tag, kind, length, value) in enumerate(entries):
        if tag not in wanted or tag in values:
            continue
        if kind == _ASCII:
            at = value if length > 4 else start + 2 + 12 * index + 8
            values[tag] = block[at : at + min(length, 256)]
        elif kind == _SHORT:
            values[tag] = value >> 16 if order == ">" else value & 0xFFFF
        elif kind == _LONG:
            values[tag] = value
    return values


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text.partition("\0")[0]).split())


def _camera(make: str, model: str) -> str | None:
    """Maker and model without the maker twice: "NIKON CORPORATION" and "NIKON D70" are "NIKON D70"."""
    repeated = make and model and _first_word(model) == _first_word(make)
    return (model if repeated else f"{make} {model}".strip())[:_LONGEST_CAMERA] or None


def _first_word(text: str) -> str:
    return text.partition(" ")[0].casefold()


def _time(text: str, offset: str) -> datetime | None:
    """`YYYY:MM:DD HH:MM:SS` and an offset as `+HH:MM`, in UTC."""
    try:
        local = datetime.strptime(text.replace("-", ":"), "%Y:%m:%d %H:%M:%S")
        zone = UTC if offset in ("", "Z") else _zone(offset)
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> timezone:
    if offset[0] not in "+-":
        raise ValueError(offset)
    hours, _, minutes = offset[1:].partition(":")
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-span if offset[0] == "-" else span)
