"""Where the coded pictures of a HEIC lie, and whether their units are whole: libde265 fills in what is missing.

Sources: ISO/IEC 14496-12, 8.11 (`meta`, `iloc`, `iinf`); ISO/IEC 14496-15, 8.3.3 (`hvcC`); ITU-T H.265, 7.4.2: within a
unit no three zero bytes follow each other, so zeros in place of data are never mistaken for it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lookoutcv.images.refusals import unreadable

_CODED = (b"hvc1", b"hev1")
_ZEROS = bytes(3)


def check_units(data: bytes) -> None:
    """Refuse a HEIC of which a coded unit is cut or overwritten with zeros.

    Args:
        data: The whole file.
    Raises:
        UnreadableImage: It is damaged.
    """
    at = data.find(b"hvcC")
    length_bytes = 1 + (data[at + 25] & 3) if 0 <= at < len(data) - 25 else 4
    for start, size in coded_extents(data):
        place, end = start, start + size
        while place < end:
            begins = place + length_bytes
            place = begins + int.from_bytes(data[place:begins], "big")
            if place > min(end, len(data)) or place == begins:
                raise unreadable("truncated")
            if _ZEROS in data[begins:place]:
                raise unreadable("corrupt image data", detail="zeros in place of a picture")


def coded_extents(data: bytes) -> list[tuple[int, int]]:
    """Where each picture's data begins and how long it is; none where the file is laid out in a way not known here."""
    try:
        meta = data[slice(*next(span for kind, span in _boxes(data, 0, len(data)) if kind == b"meta"))]
        held = {kind: meta[slice(*span)] for kind, span in _boxes(meta, 4, len(meta))}
        coded = _coded_items(held[b"iinf"])
        return [extent for item, extent in _locations(held[b"iloc"]) if item in coded]
    except (struct.error, KeyError, StopIteration):
        return []


def _boxes(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    while place + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, place)
        begins = place + (16 if size == 1 else 8)
        size = struct.unpack_from(">Q", data, place + 8)[0] if size == 1 else size or end - place
        if size < 8:
            return
        yield kind, (begins, place + size)
        place += size


def _coded_items(box: bytes) -> set[int]:
    """Numbers of the items that HEVC decodes."""
    items = set()
    for kind, (start, _) in _boxes(box, 6 if box[0] == 0 else 8, len(box)):
        version = box[start]
        if kind == b"infe" and version in (2, 3):
            number, _, coding = struct.unpack_from(">HH4s" if version == 2 else ">IH4s", box, start + 4)
            if coding in _CODED:
                items.add(number)
    return items


def _locations(box: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Item, and one extent of it in the file; items that lie elsewhere are left out."""
    version, sizes, more = box[0], box[4], box[5]
    widths = sizes >> 4, sizes & 15, more >> 4, more & 15 if version else 0
    offset_bytes, length_bytes, base_bytes, index_bytes = widths
    wide = "I" if version == 2 else "H"
    if not length_bytes:
        return
    (count,) = struct.unpack_from(">" + wide, box, 6)
    place = 6 + struct.calcsize(wide)

    def number(size: int) -> int:
        nonlocal place
        if place + size > len(box):
            raise struct.error("cut off")
        place += size
        return int.from_bytes(box[place - size : place], "big")

    for _ in range(count):
        item = number(struct.calcsize(wide))
        in_file = (number(2) & 15 if version else 0) == 0
        number(2)
        base = number(base_bytes)
        for _ in range(number(2)):
            number(index_bytes)
            extent = base + number(offset_bytes), number(length_bytes)
            if in_file:
                yield item, extent
