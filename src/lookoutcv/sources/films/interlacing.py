"""Whether a film's pictures may be interlaced, by what its codec says: OpenCV converts such to black or stale memory.

Sources: ITU-T H.264, 7.3.2.1.1; ISO/IEC 13818-2, 6.2.3.1. OpenCV reports no error (vllm-project/vllm#47853).
"""

from __future__ import annotations

_START = b"\0\0\1"
_SEQUENCE_SET = 7
# Profiles whose sequence parameters say more of colours.
_HIGH = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
_PICTURE_EXTENSION = b"\0\0\1\xb5"


def may_be_interlaced(codec: bytes, extra: bytes, packet: bytes) -> bool:
    """Whether fields may be in the pictures; not where the codec is one that is not looked into.

    Args:
        codec: Its four letters.
        extra: What the container says for the decoder.
        packet: The first picture, encoded.
    """
    try:
        if codec.lower() in (b"h264", b"avc1"):
            return not _has_frames_only(_Bits(_sequence_set(extra, packet)))
        if codec.lower() in (b"mpg2", b"mpeg"):
            return _has_fields_mpeg2(packet)
    except (IndexError, ValueError):
        return False
    # Digital video of camcorders is always interlaced for FFmpeg.
    return codec.lower().startswith((b"dvsd", b"dvcp", b"dvc", b"dv25", b"dv50"))


def _has_fields_mpeg2(packet: bytes) -> bool:
    at = packet.find(_PICTURE_EXTENSION)
    while at >= 0:
        said = packet[at + 4 : at + 9]
        if said[0] >> 4 == 8:
            return not said[4] & 0x80
        at = packet.find(_PICTURE_EXTENSION, at + 4)
    return False


def _sequence_set(extra: bytes, packet: bytes) -> bytes:
    if extra[:1] == b"\1":
        return _unescaped(extra[9 : 8 + int.from_bytes(extra[6:8], "big")])
    pieces = (extra + packet).split(_START)[1:]
    return _unescaped(next((piece[1:] for piece in pieces if piece and piece[0] & 0x1F == _SEQUENCE_SET), b""))


def _unescaped(data: bytes) -> bytes:
    return data.replace(b"\0\0\3", b"\0\0")


class _Bits:
    """Bits from the highest on, and numbers in Exp-Golomb code."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> int:
        """So many bits as a number."""
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def number(self) -> int:
        """Without a sign."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """With a sign."""
        value = self.number()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def _has_frames_only(bits: _Bits) -> bool:
    profile = bits.take(8)
    bits.take(16)
    bits.number()
    if profile in _HIGH:
        _pass_colours(bits)
    bits.number()
    _pass_order(bits)
    bits.number()
    bits.take(1)
    bits.number()
    bits.number()
    return bool(bits.take(1))


def _pass_colours(bits: _Bits) -> None:
    chroma = bits.number()
    if chroma == 3:
        bits.take(1)
    bits.number()
    bits.number()
    bits.take(1)
    if not bits.take(1):
        return
    for i in range(12 if chroma == 3 else 8):
        if bits.take(1):
            last = following = 8
            for _ in range(16 if i < 6 else 64):
                if following:
                    following = (last + bits.signed()) % 256
                last = following or last


def _pass_order(bits: _Bits) -> None:
    kind = bits.number()
    if kind == 0:
        bits.number()
    elif kind == 1:
        bits.take(1)
        bits.number()
        bits.number()
        for _ in range(bits.number()):
            bits.number()
