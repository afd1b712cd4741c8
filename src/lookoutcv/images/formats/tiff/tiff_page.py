"""What a page of a TIFF says of itself: its tags, read without a decoder."""

from __future__ import annotations

import struct
from math import ceil

SUBFILE_TYPE, _WIDTH, _HEIGHT, _BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_ORIENTATION, SAMPLES, _ROWS_PER_STRIP, PLANES, PREDICTOR, SAMPLE_FORMAT, SUBSAMPLING = (
    274,
    277,
    278,
    284,
    317,
    339,
    530,
)
_STRIPS, _STRIP_BYTES, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_BYTES = 273, 279, 322, 323, 324, 325
_SUB_DIRECTORIES, _XMP, _DNG_VERSION = 330, 700, 50706
_LAYOUT = {
    *(
        SUBFILE_TYPE,
        _WIDTH,
        _HEIGHT,
        _BITS,
        COMPRESSION,
        PHOTOMETRIC,
        SAMPLES,
        _ROWS_PER_STRIP,
        PLANES,
        PREDICTOR,
        SAMPLE_FORMAT,
        SUBSAMPLING,
        _ORIENTATION,
    ),
    *(_STRIPS, _STRIP_BYTES, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_BYTES, _SUB_DIRECTORIES, _DNG_VERSION),
}
# Tags above the last of TIFF 6.0 are other people's.
_LAST_TAG = 532
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

UNCOMPRESSED = 1
_FILTER_ARRAYS = {32803, 34892}  # what sensors of cameras record


class Page:
    """The tags of a page that say where its pixels are and what they mean, whole numbers each.

    Args:
        data: The whole file.
        start: Where the page's directory lies; the first one where it is None.
    Raises:
        struct.error: A tag of the format itself is cut off.
    """

    def __init__(self, data: bytes, start: int | None = None) -> None:
        self.data = data
        self.order = "<" if data[:1] == b"I" else ">"
        self.big = data[2:4] in (b"+\0", b"\0+")
        self.xmp: bytes | None = None
        self._values: dict[int, tuple[int, ...]] = {}
        word, number, entry = ("Q", "Q", "HHQQ") if self.big else ("I", "H", "HHII")
        if start is None:
            (start,) = struct.unpack_from(self.order + word, data, 8 if self.big else 4)
        (count,) = struct.unpack_from(self.order + number, data, start)
        size = struct.calcsize(self.order + entry)
        first = start + struct.calcsize(self.order + number)
        struct.unpack_from(self.order + word, data, first + size * count)
        for position in range(first, first + size * count, size):
            tag, kind, length, at = struct.unpack_from(self.order + entry, data, position)
            room = struct.calcsize(self.order + word)
            self._keep(tag, kind, length, position + size - room if length * _TYPE_BYTES.get(kind, 0) <= room else at)

    def one(self, tag: int, default: int = 0) -> int:
        """The first value of a tag."""
        return (self._values.get(tag) or (default,))[0]

    def all(self, tag: int) -> tuple[int, ...]:
        """All values of a tag, none where it is missing."""
        return self._values.get(tag, ())

    @property
    def width(self) -> int:
        """Columns as stored."""
        return self.one(_WIDTH)

    @property
    def height(self) -> int:
        """Rows as stored."""
        return self.one(_HEIGHT)

    @property
    def exif(self) -> bytes:
        """The file as an EXIF block; of a BigTIFF, which is laid out otherwise, a block of its orientation alone."""
        if not self.big:
            return self.data
        return struct.pack(
            "<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, 3, 1, self.one(_ORIENTATION, 1) & 0xFFFF, 0, 0
        )

    @property
    def tiled(self) -> bool:
        """Whether its pieces are tiles, not strips."""
        return _STRIPS not in self._values and _TILES in self._values

    @property
    def piece(self) -> tuple[int, int]:
        """Rows and columns of a strip or tile."""
        if self.tiled:
            return self.one(_TILE_HEIGHT), self.one(_TILE_WIDTH)
        return min(self.one(_ROWS_PER_STRIP) or 2**32, self.height), self.width

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """Where each strip or tile lies, and how many bytes it has; 0 where the page does not say."""
        places = self.all(_TILES if self.tiled else _STRIPS)
        sizes = self.all(_TILE_BYTES if self.tiled else _STRIP_BYTES)
        return [*zip(places, sizes if len(sizes) == len(places) else (0,) * len(places), strict=True)]

    @property
    def piece_bytes(self) -> list[tuple[int, int]]:
        """How many bytes each piece has at least, once unpacked, and at most: the last strip may be filled up."""
        (rows, columns), apart = self.piece, self.one(PLANES, 1) == 2
        across, down = ceil(self.width / columns), ceil(self.height / rows)
        bits, layers = self.bits, max(self.one(SAMPLES, 1), 1) if apart else 1
        needed = []
        for layer in range(layers):
            line = ceil(columns * (bits[min(layer, len(bits) - 1)] if apart else sum(bits)) / 8)
            for place in range(across * down):
                lines = rows if self.tiled else min(rows, self.height - place * rows)
                needed.append((lines * line, rows * line))
        return needed

    @property
    def bits(self) -> tuple[int, ...]:
        """Bits of each sample of a pixel."""
        bits = self.all(_BITS) or (1,)
        samples = self.one(SAMPLES, 1)
        return bits[:1] * samples if len(bits) == 1 and samples <= 64 else bits

    @property
    def camera_raw(self) -> bool:
        """Whether it, or a page below it, holds what a camera's sensor recorded."""
        if self.data[8:10] == b"CR" or _DNG_VERSION in self._values or self.one(PHOTOMETRIC) in _FILTER_ARRAYS:
            return True
        try:
            below = [Page(self.data, start) for start in self.all(_SUB_DIRECTORIES)[:8] if start]
        except struct.error:
            return False
        return any(page.one(PHOTOMETRIC) in _FILTER_ARRAYS for page in below)

    def _keep(self, tag: int, kind: int, length: int, at: int) -> None:
        if at + length * _TYPE_BYTES.get(kind, 0) > len(self.data):
            if tag <= _LAST_TAG:
                raise struct.error(f"tag {tag} lies beyond the end")
            return
        if tag == _XMP and kind in (1, 7):
            self.xmp = self.data[at : at + length]
        if tag in _LAYOUT and kind in _WHOLE_NUMBERS:
            self._values[tag] = struct.unpack_from(f"{self.order}{length}{_WHOLE_NUMBERS[kind]}", self.data, at)
