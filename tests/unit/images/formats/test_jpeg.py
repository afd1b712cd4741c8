"""The JPEG header walker, and which warnings are read over."""

import io

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from lookoutcv.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from lookoutcv.images import Limits
from lookoutcv.images.decode import decode
from lookoutcv.images.formats.jpeg import read_header


def picture(height=40, width=60):
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 4, columns * 4, (rows + columns) * 2], axis=-1).astype(np.uint8)


def jpeg(**options):
    file = io.BytesIO()
    Image.fromarray(picture()).save(file, "JPEG", **options)
    return file.getvalue()


def frame_at(data):
    """Where the baseline frame header begins."""
    return data.index(b"\xff\xc0")


def test_the_header_tells_size_process_and_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    header = read_header(jpeg(exif=exif, progressive=True))
    assert (header.width, header.height, header.components, header.precision) == (60, 40, 3, 8)
    assert header.frame == 0xC2
    assert header.exif.startswith((b"II*\0", b"MM\0*"))
    assert read_header(jpeg()).exif is None


def test_bytes_between_segments_do_no_harm():
    data = jpeg()
    at = data.index(b"\xff\xdb")
    junk = data[:at] + b"\x12\x34\x56" + data[at:]
    with pytest.raises(ValueError, match="extraneous"):
        simplejpeg.decode_jpeg(junk, "RGB", strict=True)
    assert np.array_equal(decode(junk).pixels, decode(data).pixels)


def test_an_odd_jfif_version_does_no_harm():
    data = bytearray(jpeg())
    data[data.index(b"JFIF\0") + 5] = 9
    assert np.array_equal(decode(bytes(data)).pixels, decode(jpeg()).pixels)


def test_harmless_oddities_do_not_hide_a_cut_end():
    data = bytearray(jpeg())
    data[data.index(b"JFIF\0") + 5] = 9
    with pytest.raises(UnreadableImage, match="truncated"):
        decode(bytes(data[:-200]))


def test_a_little_padding_before_the_end_is_read_over_and_much_is_not():
    data = jpeg()
    pixels = decode(data[:-2] + bytes(len(data) // 200) + data[-2:]).pixels
    assert np.array_equal(pixels, decode(data).pixels)
    with pytest.raises(UnreadableImage, match="corrupt"):
        decode(data[:-2] + b"\x5a" * len(data) + data[-2:])


def test_trailing_bytes_are_ignored():
    assert np.array_equal(decode(jpeg() + b"trailer" * 100).pixels, decode(jpeg()).pixels)


def test_fill_bytes_before_a_marker_are_part_of_the_format():
    data = jpeg()
    at = data.index(b"\xff\xdb")
    assert np.array_equal(decode(data[:at] + b"\xff\xff" + data[at:]).pixels, decode(data).pixels)


def test_a_cut_end_is_named_truncated():
    data = jpeg()
    for end in (3, 30, frame_at(data) + 6, len(data) // 2, len(data) - 1):
        with pytest.raises(UnreadableImage) as caught:
            decode(data[:end])
        assert caught.value.reason == "truncated", end


def test_twelve_bit_and_lossless_are_unsupported():
    data = bytearray(jpeg())
    data[frame_at(data) + 4] = 12
    with pytest.raises(UnsupportedImage, match="12-bit"):
        decode(bytes(data))
    data = bytearray(jpeg())
    data[frame_at(data) + 1] = 0xC3
    with pytest.raises(UnsupportedImage, match="lossless"):
        decode(bytes(data))


def test_size_is_checked_before_decoding():
    data = bytearray(jpeg())
    data[frame_at(data) + 5 : frame_at(data) + 9] = b"\xea\x60\xea\x60"
    with pytest.raises(ImageTooLarge) as caught:
        decode(bytes(data))
    assert caught.value.reason == "larger than 120 megapixels"
    with pytest.raises(ImageTooLarge, match=r"larger than 1,000 pixels\."):
        decode(jpeg(), Limits(max_pixels=1000))


def test_a_file_of_endless_scans_is_refused():
    data = jpeg(progressive=True)
    with pytest.raises(UnreadableImage, match="200 scans"):
        decode(data[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 300 + data[-2:])
