"""What each kind of file becomes: the decisions of `decode`, one by one."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, TiffImagePlugin

from lookoutcv.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from lookoutcv.images import Limits
from lookoutcv.images.decode import decode

RGB = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def file_of(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_lossless_formats_keep_every_pixel(format):
    decoded = decode(file_of(Image.fromarray(RGB), format))
    assert np.array_equal(decoded.pixels, RGB)
    assert decoded.format == format.lower()
    assert decoded.pixels.flags.c_contiguous


def test_webp_keeps_every_pixel_when_lossless():
    assert np.array_equal(decode(file_of(Image.fromarray(RGB), "WEBP", lossless=True)).pixels, RGB)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_dropped_not_blended(format):
    alpha = np.zeros((5, 7, 1), np.uint8)
    image = Image.fromarray(np.concatenate([RGB, alpha], axis=2))
    options = {"lossless": True, "exact": True} if format == "WEBP" else {}
    assert np.array_equal(decode(file_of(image, format, **options)).pixels, RGB)


def test_grey_with_alpha_and_transparent_palettes():
    grey = Image.fromarray(np.dstack([RGB[..., 0], RGB[..., 1]]), "LA")
    assert np.array_equal(decode(file_of(grey, "PNG")).pixels[..., 2], RGB[..., 0])
    palette = Image.fromarray(RGB).quantize(16)
    expected = np.asarray(palette.convert("RGB"))
    assert np.array_equal(decode(file_of(palette, "PNG", transparency=bytes(16))).pixels, expected)


def test_sixteen_bits_become_eight_by_the_high_byte():
    deep = np.random.default_rng(1).integers(0, 65536, (5, 7), dtype=np.uint16)
    for format in ("PNG", "TIFF"):
        assert np.array_equal(decode(file_of(Image.fromarray(deep), format)).pixels[..., 1], deep >> 8)


def test_white_is_zero_at_sixteen_bits():
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    deep = np.array([[0, 0x80FF, 0xFFFF]], np.uint16)
    data = file_of(Image.fromarray(deep), "TIFF", tiffinfo=tags)
    at = data.index(b"\x06\x01\x03\x00\x01\x00\x00\x00")  # PhotometricInterpretation, SHORT, one value
    inverted = data[: at + 8] + b"\0" + data[at + 9 :]
    assert decode(inverted).pixels[0, :, 0].tolist() == [255, 127, 0]


def test_two_levels_become_black_and_white():
    image = Image.fromarray(RGB[..., 0] > 127)
    assert set(np.unique(decode(file_of(image, "PNG")).pixels)) == {0, 255}


@pytest.mark.parametrize(("mode", "words"), [("F", "float"), ("I", "32-bit integer"), ("LAB", "LAB")])
def test_pixels_without_a_fixed_white_are_refused(mode, words):
    image = Image.new(mode, (7, 5))
    with pytest.raises(UnsupportedImage, match=words):
        decode(file_of(image, "TIFF"))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "TIFF", "PNG"])
def test_the_first_frame_is_read(format):
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if format == "WEBP" else {}
    data = file_of(frames[0], format, save_all=True, append_images=frames[1:], **options)
    assert np.unique(decode(data).pixels.reshape(-1, 3), axis=0).tolist() == [[255, 0, 0]]


def test_a_preview_is_refused_for_what_it_is():
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1
    with pytest.raises(UnsupportedImage, match="its first page is a preview of another page"):
        decode(file_of(Image.fromarray(RGB), "TIFF", tiffinfo=tags))


def test_camera_raw_is_refused_rather_than_its_thumbnail():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as pages:
        pages.write(RGB, subifds=1, subfiletype=1, photometric="rgb")
        pages.write(np.zeros((8, 8), np.uint16), photometric="cfa", extratags=[(33421, 3, 2, (2, 2), True)])
    with pytest.raises(UnsupportedImage, match="camera raw"):
        decode(file.getvalue())


def test_odd_tiff_tags_do_not_warn():
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[0x8769] = 0xFFFFFF  # an EXIF directory beyond the end of the file
    assert np.array_equal(decode(file_of(Image.fromarray(RGB), "TIFF", tiffinfo=tags)).pixels, RGB)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_pixels_are_limited(format):
    with pytest.raises(ImageTooLarge):
        decode(file_of(Image.fromarray(RGB), format), Limits(max_pixels=34))


def test_memory_that_runs_out_is_an_unreadable_image(monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr("lookoutcv.images.decode.decode_pillow", full)
    with pytest.raises(UnreadableImage, match="memory"):
        decode(file_of(Image.fromarray(RGB), "PNG"))


def test_differences_of_pixels_in_packbits_are_refused():
    # libtiff passes the predictor over, and what it reads is noise; tifffile applies it.
    pixels, file = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8), io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="rgb", compression="packbits", predictor=2)
    with pytest.raises(UnsupportedImage, match="differences of pixels in PackBits are not read"):
        decode(file.getvalue())
