"""Any bytes at all: an image or an ImageError, nothing else."""

import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lookoutcv.errors import ImageError
from lookoutcv.images import Limits, read
from lookoutcv.images.arrays import from_array
from lookoutcv.images.exif import parse
from lookoutcv.images.formats.jpeg import read_header
from lookoutcv.images.sniff import sniff

HEADS = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0*", b"RIFF\x30\0\0\0WEBPVP8X", b"BM"]
HEADS += [b"\0\0\0\x14ftypavif\0\0\0\0mif1", b"\0\0\0\x14ftypheic\0\0\0\0mif1"]
MARKERS = st.sampled_from([0xC0, 0xC2, 0xC4, 0xDB, 0xDA, 0xE0, 0xE1, 0xEE, 0xFE, 0xD9, 0x00, 0xFF, 0x01])
SMALL = Limits(max_pixels=100_000)


def jpeg():
    file = io.BytesIO()
    exif = Image.Exif()
    exif.update({0x010F: "ACME", 0x0112: 6})
    Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)).save(file, "JPEG", exif=exif)
    return file.getvalue()


JPEG = jpeg()


def attempt(data):
    """Read, and check what comes out either way."""
    try:
        found = read(data, limits=SMALL).pixels
    except ImageError as error:
        found = error
    if isinstance(found, ImageError):
        assert found.reason
    else:
        assert found.dtype == np.uint8
        assert found.shape[2] == 3


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from([b"", *HEADS]), st.binary(max_size=300))
def test_any_bytes(head, tail):
    attempt(head + tail)


@st.composite
def segments(draw):
    parts = [b"\xff\xd8"]
    for _ in range(draw(st.integers(0, 6))):
        body = draw(st.binary(max_size=40))
        length = draw(st.sampled_from([len(body) + 2, 0, 1, 2, 65535]))
        parts.append(bytes([0xFF, draw(MARKERS)]) + length.to_bytes(2, "big") + body)
    return b"".join(parts) + draw(st.binary(max_size=30))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(segments())
def test_the_marker_walker_ends_and_stays_inside(data):
    try:
        header = read_header(data)
    except ImageError:
        return
    assert 0 <= header.width < 65536
    assert 0 <= header.components < 256
    attempt(data)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, len(JPEG) - 1), st.integers(0, 255)), max_size=5), st.integers(0, len(JPEG)))
def test_a_changed_and_cut_jpeg(changes, end):
    data = bytearray(JPEG)
    for at, value in changes:
        data[at] = value
    attempt(bytes(data[:end]))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]), st.binary(max_size=120))
def test_any_exif_block(head, tail):
    exif = parse(head + tail)
    assert exif.orientation in (None, *range(1, 9))
    assert exif.camera is None or exif.camera.isprintable()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=64))
def test_sniffing_answers_or_refuses(data):
    try:
        found = sniff(data)
    except ImageError as error:
        found = error.remedy
    assert found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([1, 3, 4]), st.booleans())
def test_arrays_become_pixels_of_their_size(height, width, channels, bgr):
    pixels = from_array(np.zeros((height, width, channels), np.uint16), bgr=bgr)
    assert pixels.shape == (height, width, 3)
    assert pixels.flags.c_contiguous
