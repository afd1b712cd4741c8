"""What codecs say of fields, in headers that x264 and FFmpeg's encoder of MPEG-2 wrote."""

from __future__ import annotations

import pytest

from lookoutcv.sources.films.interlacing import may_be_interlaced

FIELDS = bytes.fromhex("01640015ffe1001867640015acd9444fcb08000003000800000300a0f8a14cb001000668fba3cb22c0fdf8f800")
FRAMES = bytes.fromhex("0164000affe100176764000aacd9047a1000000300100000030140f122596001000568ef8f2c8bfdf8f800")
# A sequence, a group, a picture and its extension; the last byte says whether it is a whole frame.
MPEG2 = bytes.fromhex("000001b304003023ffffe000000001b5148a00010024000001b80008004000000100000ffff8000001b58ffff341")
DV = [(b"dvsd", True), (b"MJPG", False), (b"hev1", False)]


@pytest.mark.parametrize(("extra", "expected"), [(FIELDS, True), (FRAMES, False), (b"", False), (b"\1\2", False)])
def test_h264(extra, expected):
    assert may_be_interlaced(b"h264", extra, b"\0\0\0\1\6") is expected
    assert may_be_interlaced(b"avc1", extra[:8], b"\0\0\0\1\6") is False


@pytest.mark.parametrize(("extra", "expected"), [(FIELDS, True), (FRAMES, False)])
def test_h264_in_a_stream(extra, expected):
    length = int.from_bytes(extra[6:8], "big")
    packet = b"\0\0\0\1\x09\xf0\0\0\0\1" + extra[8 : 8 + length] + b"\0\0\1\x68\xef"
    assert may_be_interlaced(b"h264", b"", packet) is expected


def test_mpeg2():
    assert may_be_interlaced(b"mpg2", b"", MPEG2 + b"\x80") is False
    assert may_be_interlaced(b"mpg2", b"", MPEG2 + b"\x00") is True
    assert may_be_interlaced(b"mpg2", b"", MPEG2) is False
    assert may_be_interlaced(b"mpg2", b"", b"\0\0\1\xb3") is False


@pytest.mark.parametrize(("codec", "expected"), DV)
def test_other_codecs(codec, expected):
    assert may_be_interlaced(codec, b"", b"\0" * 20) is expected
