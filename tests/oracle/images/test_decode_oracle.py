"""Pillow and OpenCV decode to the same pixels."""

import io
import warnings

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from lookoutcv.images.decode import decode
from lookoutcv.images.exif import parse

HEIGHT, WIDTH = 33, 50


def scene():
    """A smooth picture that is the same under no rotation or mirroring."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.stack([rows * 7, columns * 5, (rows + 2 * columns) * 1.5], axis=-1).astype(np.uint8)
    pixels[2:9, 3:20] = (250, 10, 30)
    pixels[20:24, 40:] = (5, 200, 90)
    return pixels


def file_of(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def by_opencv(data):
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    return cv2.imdecode(np.frombuffer(data, np.uint8), flags)[..., ::-1]


def by_pillow(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about transparent palettes
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def image_in(mode):
    return Image.fromarray(scene()).convert(mode)


CASES = {
    "jpeg": file_of(image_in("RGB"), "JPEG", quality=90),
    "jpeg progressive": file_of(image_in("RGB"), "JPEG", progressive=True),
    "jpeg 4:4:4": file_of(image_in("RGB"), "JPEG", subsampling=0),
    "jpeg 4:2:2": file_of(image_in("RGB"), "JPEG", subsampling=1),
    "jpeg restarts": file_of(image_in("RGB"), "JPEG", restart_marker_blocks=2),
    "jpeg grey": file_of(image_in("L"), "JPEG"),
    "jpeg rgb inside": file_of(image_in("RGB"), "JPEG", keep_rgb=True),
    "png": file_of(image_in("RGB"), "PNG"),
    "png grey": file_of(image_in("L"), "PNG"),
    "png palette": file_of(image_in("RGB").quantize(200), "PNG"),
    "png 16 colours": file_of(image_in("RGB").quantize(16), "PNG", bits=4),
    "png two levels": file_of(image_in("1"), "PNG"),
    "webp": file_of(image_in("RGB"), "WEBP", quality=80),
    "webp lossless": file_of(image_in("RGB"), "WEBP", lossless=True),
    "bmp": file_of(image_in("RGB"), "BMP"),
    "bmp palette": file_of(image_in("RGB").quantize(32), "BMP"),
    "gif": file_of(image_in("RGB"), "GIF"),
    "tiff": file_of(image_in("RGB"), "TIFF"),
    "tiff lzw": file_of(image_in("RGB"), "TIFF", compression="tiff_lzw"),
    "tiff deflate": file_of(image_in("RGB"), "TIFF", compression="tiff_adobe_deflate"),
    "tiff fax": file_of(image_in("1"), "TIFF", compression="group4"),
    "tiff cmyk": file_of(image_in("CMYK"), "TIFF"),
}


@pytest.mark.parametrize("name", CASES)
def test_both_agree_to_the_last_bit(name):
    pixels = decode(CASES[name]).pixels
    assert np.array_equal(pixels, by_pillow(CASES[name]))
    assert np.array_equal(pixels, by_opencv(CASES[name]))


@pytest.mark.parametrize("options", [{}, {"quality": 95, "subsampling": 0}])
def test_cmyk_jpeg_is_not_inverted(options):
    data = file_of(image_in("CMYK"), "JPEG", **options)
    pixels = decode(data).pixels
    assert np.array_equal(pixels, by_pillow(data))
    assert np.abs(pixels.astype(int) - by_opencv(data)).max() <= 1  # another rounding
    assert np.abs(pixels.astype(int) - scene()).mean() < 12


@pytest.mark.parametrize("name", ["LA", "RGBA", "PA"])
def test_alpha_is_dropped_as_opencv_drops_it(name):
    rgba = Image.fromarray(np.dstack([scene(), np.full((HEIGHT, WIDTH), 90, np.uint8)]))
    data = file_of(rgba.quantize(64) if name == "PA" else rgba.convert(name), "PNG")
    assert np.array_equal(decode(data).pixels, by_opencv(data))


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits(suffix, channels):
    deep = np.random.default_rng(0).integers(0, 65536, (HEIGHT, WIDTH, channels), dtype=np.uint16)
    data = cv2.imencode(suffix, deep)[1].tobytes()
    expected = (np.repeat(deep, 3, 2) if channels == 1 else deep[..., 2::-1]) >> 8
    assert np.array_equal(decode(data).pixels, expected)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_in_every_format_that_carries_one(format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}}.get(format, {})
    data = file_of(Image.fromarray(scene()), format, exif=exif, **options)
    decoded = decode(data)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    assert decoded.exif.orientation == orientation
    assert np.array_equal(decoded.pixels, expected)
    assert decoded.pixels.flags.c_contiguous


def test_exif_fields_as_pillow_reads_them():
    exif = Image.Exif()
    exif.update({0x010F: "ACME", 0x0110: "Model 1", 0x0112: 7, 0x0131: "software " * 40})
    exif.get_ifd(0x8769).update({0x9003: "2021:05:06 07:08:09", 0x9011: "+01:00", 0x829A: 0.01})
    image = Image.open(io.BytesIO(file_of(Image.fromarray(scene()), "JPEG", exif=exif)))
    found = parse(image.info["exif"].removeprefix(b"Exif\0\0"))
    tags = image.getexif()
    assert found.orientation == tags[0x0112]
    assert found.camera == f"{tags[0x010F]} {tags[0x0110]}"
    assert found.taken.isoformat() == "2021-05-06T06:08:09+00:00"
