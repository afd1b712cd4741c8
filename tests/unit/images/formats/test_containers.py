"""Sizes and EXIF blocks read from the file's own structure."""

import io

import numpy as np
import pytest
from PIL import Image

from lookoutcv.errors import UnreadableImage
from lookoutcv.images.formats.containers import read_gif
from lookoutcv.images.formats.png import read_png
from lookoutcv.images.formats.tiff.tiff_check import read_tiff
from lookoutcv.images.formats.webp import read_webp

READERS = {"PNG": read_png, "WEBP": read_webp, "GIF": read_gif, "TIFF": read_tiff}


def file_of(format, **options):
    file = io.BytesIO()
    Image.fromarray(np.zeros((9, 14, 3), np.uint8)).save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize("format", READERS)
def test_the_size_is_read(format):
    found = READERS[format](file_of(format))
    assert (found.width, found.height) == (14, 9)


def test_every_webp_layout():
    exif = Image.Exif()
    exif[0x0112] = 3
    for options in ({"lossless": True}, {"quality": 50}, {"exif": exif}, {"lossless": True, "exif": exif}):
        found = read_webp(file_of("WEBP", **options))
        assert found[:2] == (14, 9)
        assert (found.exif is not None) == ("exif" in options)


def test_png_checksums_are_checked_where_the_picture_depends_on_them():
    data = file_of("PNG")
    at = data.index(b"IDAT") + 6
    with pytest.raises(UnreadableImage, match="checksum of IDAT"):
        read_png(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    text = data[:33] + b"\0\0\0\4tEXtabcd\0\0\0\0" + data[33:]
    assert read_png(text)[:2] == (14, 9)


def test_a_gif_frame_beyond_its_screen_counts():
    data = bytearray(file_of("GIF"))
    at = data.index(b",")
    data[at + 1 : at + 3] = b"\xff\xff"
    assert read_gif(bytes(data)).width == 65535 + 14


@pytest.mark.parametrize("format", READERS)
def test_a_cut_header_is_truncated(format):
    data = file_of(format)
    with pytest.raises(UnreadableImage):
        READERS[format](data[:12])
