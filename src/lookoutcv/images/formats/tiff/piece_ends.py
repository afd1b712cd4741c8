"""Whether each compressed piece of a TIFF ends where its data does: libtiff stops once a piece is full.

What a damaged piece decodes to before that may look like a picture. Deflate and LZMA carry a checksum that libtiff does
not reach; LZW and PackBits have none, but a piece of them that was overwritten holds more or less than its share.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable

from lookoutcv.images.formats.inflated import inflated_bytes
from lookoutcv.images.formats.tiff.tiff_page import COMPRESSION, Page
from lookoutcv.images.refusals import unreadable

_CLEAR, _END, _FIRST, _MOST_CODES = 256, 257, 258, 4096
# A byte or two of padding behind a piece are common; old writers leave out LZW's mark of the end.
_PADDING = 4
# Of a piece that is told in more steps than this, only the start is walked: a second of work.
_MOST_STEPS = 4_000_000
_LZMA_MEMORY_BYTES, _AT_ONCE = 2**28, 2**20


def check_ends(page: Page) -> None:
    """Refuse a page of which a piece is damaged, though it filled its part of the picture.

    Args:
        page: Checked, and decoded without a complaint.
    Raises:
        UnreadableImage: A wrong checksum, or data that is left over or missing.
    """
    check = _CHECKS.get(page.one(COMPRESSION))
    if check is None:
        return
    for (at, size), needed in zip(page.pieces, page.piece_bytes, strict=False):
        if size and not check(page.data[at : at + size], *needed):
            raise unreadable("corrupt image data", detail="a strip or tile does not end where its data does")


def _deflated(piece: bytes, least: int, most: int) -> bool:
    # Where it is whole but for its checksum there is no more to know.
    try:
        return least <= inflated_bytes([piece], most) <= most
    except zlib.error:
        return False


def _lzma(piece: bytes, least: int, most: int) -> bool:
    unpack = lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES)
    try:
        found = len(unpack.decompress(piece, _AT_ONCE))
        while found <= most and not unpack.eof and not unpack.needs_input:
            found += len(unpack.decompress(b"", _AT_ONCE))
    except lzma.LZMAError:
        return False
    return least <= found <= most


def _packbits(piece: bytes, least: int, most: int) -> bool:
    at = found = 0
    for _ in range(_MOST_STEPS):
        if at + 1 >= len(piece):  # at most a byte of padding
            return at <= len(piece) and least <= found <= most
        code = piece[at]
        if code < 128:
            found, at = found + code + 1, at + code + 2
        elif code > 128:
            found, at = found + 257 - code, at + 2
        else:
            at += 1
        if found > most:
            return False
    return True


def _lzw(piece: bytes, least: int, most: int) -> bool:
    """Code by code, with only the length of what each stands for."""
    if piece[:1] == b"\0" or _has_end(piece):  # codes from the lowest bit on, as before TIFF 6.0; or whole
        return True
    lengths, width, held, bits, before, found = [1] * _FIRST, 9, 0, 0, 0, 0
    for at, byte in enumerate(piece[:_MOST_STEPS]):
        held, bits = (held << 8 | byte) & 0xFFFFFF, bits + 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits & (1 << width) - 1
        if code == _END:
            return least <= found <= most
        if found >= most:
            # Codes differ from one to the next: a long run of one byte is what something else has left there.
            return len(piece) - at <= _PADDING and len(set(piece[-2 * _PADDING :])) > 1
        if code == _CLEAR:
            del lengths[_FIRST:]
            width, before = 9, 0
            continue
        if before and len(lengths) < _MOST_CODES:
            lengths.append(before + 1)
        if code >= len(lengths):
            return False
        before = lengths[code]
        found += before
        width = min((len(lengths) + 1).bit_length(), 12)
    return len(piece) > _MOST_STEPS or least <= found <= most


def _has_end(piece: bytes) -> bool:
    """Whether the last code is the mark of the end, of 9 to 12 bits, and nothing but padding behind it."""
    last = int.from_bytes(piece[-_PADDING:], "big")
    padding = (last & -last).bit_length() - 1
    return last != 0 and last >> padding & 0x1FF == _END


_CHECKS: dict[int, Callable[[bytes, int, int], bool]] = {
    5: _lzw,
    8: _deflated,
    32773: _packbits,
    32946: _deflated,
    34925: _lzma,
}
