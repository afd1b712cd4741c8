"""Whatever is wrong with an image file, an ImageError says so, and nothing else comes out."""

import io
import os
import re
import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image

from lookoutcv.errors import ImageError, ImageTooLarge, UnreadableImage, UnsupportedImage
from lookoutcv.images import read

PIXELS = np.random.default_rng(3).integers(0, 256, (24, 31, 3), dtype=np.uint8)
KINDS = {
    "jpeg": ("JPEG", {}),
    "jpeg progressive": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {}),
    "webp lossless": ("WEBP", {"lossless": True}),
    "gif": ("GIF", {}),
    "bmp": ("BMP", {}),
    "tiff": ("TIFF", {}),
    "tiff lzw": ("TIFF", {"compression": "tiff_lzw"}),
    "tiff deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
}


def file_of(format, options, mode="RGB"):
    file = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(file, format, **options)
    return file.getvalue()


def attempt(data):
    """The pixels, or the error that was raised."""
    try:
        return read(data).pixels
    except ImageError as error:
        return error


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_is_refused_or_whole(kind):
    data = file_of(*KINDS[kind])
    whole = read(data).pixels
    for end in sorted({*range(0, len(data), max(1, len(data) // 60)), *range(len(data) - 8, len(data))}):
        found = attempt(data[:end])
        if isinstance(found, ImageError):
            assert found.reason
            assert found.remedy
        else:  # nothing but an end mark or padding was missing
            assert end > len(data) - 8
            assert np.array_equal(found, whole)


@pytest.mark.parametrize("kind", KINDS)
def test_changed_bytes_never_surprise(kind):
    data = file_of(*KINDS[kind])
    rng = np.random.default_rng(5)
    for _ in range(150):
        changed = bytearray(data)
        for at in rng.integers(0, min(len(data), 400) if rng.random() < 0.7 else len(data), rng.integers(1, 4)):
            changed[at] = rng.integers(256)
        found = attempt(bytes(changed))
        assert isinstance(found, ImageError) or (found.dtype == np.uint8 and found.shape[2:] == (3,))


def png_header(width, height):
    head = struct.pack(">4sIIBBBBB", b"IHDR", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100))
    chunks = [head, b"IDAT" + body, b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks
    )


def bombs():
    gif = bytearray(file_of("GIF", {}))
    gif[6:10] = b"\xff\xff\xff\xff"
    frame = b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0, 0, 0) + b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0)
    bmp = bytearray(file_of("BMP", {}))
    bmp[18:26] = struct.pack("<ii", 60000, 60000)
    tiff = bytearray(file_of("TIFF", {}))
    for tag in (256, 257):
        at = re.search(struct.pack("<H", tag) + b"[\3\4]\0\1\0\0\0", tiff).end()
        tiff[at : at + 2] = struct.pack("<H", 60000)
    webp = bytearray(file_of("WEBP", {"lossless": True}))
    webp[21:25] = struct.pack("<I", 0x0FFFFFFF)
    return {
        "png": png_header(60000, 60000),
        "png 2^31": png_header(2**31 - 1, 2**31 - 1),
        "png 100 megapixels": png_header(10_000, 10_000),
        "gif": bytes(gif),
        "gif frame": frame,
        "bmp": bytes(bmp),
        "tiff": bytes(tiff),
        "webp": bytes(webp),
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_before_it_is_decoded(name):
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(UnreadableImage if "100" in name else ImageTooLarge):
            read(bombs()[name])
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_cmyk_jpeg_that_is_cut_is_refused():
    data = file_of("JPEG", {}, "CMYK")
    with pytest.raises(UnreadableImage, match="truncated"):
        read(data[: len(data) // 2])


def test_a_pil_image_over_a_broken_file_is_refused():
    data = file_of("PNG", {})
    with pytest.raises(UnreadableImage):
        read(Image.open(io.BytesIO(data[: len(data) // 2])))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hold_up_the_run(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    outcome = []

    def attempt():
        try:
            read(tmp_path / "pipe.jpg")
        except UnsupportedImage as error:
            outcome.append(error.reason)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(timeout=20)
    assert outcome == ["not a regular file"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX devices")
def test_a_device_is_no_image():
    with pytest.raises(UnsupportedImage, match="not a regular file"):
        read("/dev/zero")


def test_a_folder_named_like_an_image(tmp_path):
    (tmp_path / "x.jpg").mkdir()
    with pytest.raises(UnsupportedImage, match="a folder"):
        read(tmp_path / "x.jpg")


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    (tmp_path / "a.jpg").write_bytes(file_of("JPEG", {}))
    (tmp_path / "a.jpg").chmod(0)
    with pytest.raises(UnreadableImage, match="no permission"):
        read(tmp_path / "a.jpg")


def test_a_file_that_vanishes_between_listing_and_reading(tmp_path):
    from lookoutcv.sources import open_source

    (tmp_path / "a.jpg").write_bytes(file_of("JPEG", {}))
    (ref,) = open_source(tmp_path)
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(UnreadableImage, match="the file is gone"):
        read(ref.load())


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
def test_a_file_without_a_size_is_bounded():
    with pytest.raises(UnsupportedImage, match="text"):
        read("/proc/self/status")
