"""One call for every kind of source."""

import io
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import numpy as np
import pytest
from PIL import Image as Pil
from PIL import ImageOps

from lookoutcv.errors import ImageTooLarge, ShapeMismatch, UnreadableImage, UnsupportedImage
from lookoutcv.images import Limits, read, thumbnail

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def png():
    file = io.BytesIO()
    Pil.fromarray(PIXELS).save(file, "PNG")
    return file.getvalue()


def test_path_text_bytes_and_url_give_the_same_image(tmp_path):
    path = tmp_path / "a.whatever"
    path.write_bytes(png())
    with fsspec.open("memory://read/a.png", "wb") as file:
        file.write(png())
    images = [read(s) for s in (path, str(path), png(), bytearray(png()), "memory://read/a.png")]
    for image in images:
        assert np.array_equal(image.pixels, PIXELS)
        assert (image.format, image.stored_bytes) == ("png", len(png()))
        assert image.content_hash == images[0].content_hash


def test_arrays_and_pil_images():
    assert np.array_equal(read(PIXELS[..., ::-1], bgr=True).pixels, PIXELS)
    assert read(PIXELS).format == "array"
    assert np.array_equal(read(Pil.fromarray(PIXELS)).pixels, PIXELS)
    assert read(Pil.fromarray(PIXELS)).format == "array"
    assert read(Pil.open(io.BytesIO(png()))).format == "png"
    with pytest.raises(ShapeMismatch):
        read(np.zeros((4, 4, 7), np.uint8))


def test_a_pil_image_is_turned_once_and_left_alone():
    exif = Pil.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Pil.fromarray(PIXELS).save(file, "PNG", exif=exif)
    opened = Pil.open(file)
    assert read(opened).pixels.shape == (9, 6, 3)
    assert opened.size == (9, 6)
    assert np.array_equal(read(opened).pixels, read(file.getvalue()).pixels)
    assert np.array_equal(read(ImageOps.exif_transpose(opened)).pixels, read(opened).pixels)


def test_a_pil_tiff_is_turned_once():
    exif = Pil.Exif()
    exif[0x0112] = 8
    file = io.BytesIO()
    Pil.fromarray(PIXELS).save(file, "TIFF", exif=exif)
    from_bytes = read(file.getvalue())
    assert (from_bytes.pixels.shape, from_bytes.exif_orientation) == ((9, 6, 3), 8)
    opened = Pil.open(file)
    for _ in range(2):  # Pillow turns it itself when it loads it
        assert np.array_equal(read(opened).pixels, from_bytes.pixels)


def test_a_palette_keeps_its_transparency_outside():
    palette = Pil.fromarray(PIXELS).quantize(4)
    palette.info["transparency"] = b"\0\1\2\3"
    read(palette)
    assert palette.info["transparency"] == b"\0\1\2\3"


def test_exif_facts_are_read():
    exif = Pil.Exif()
    exif.update({0x010F: "Canon", 0x0110: "Canon EOS 40D", 0x0112: 8})
    exif.get_ifd(0x8769)[0x9003] = "2020:01:02 03:04:05"
    file = io.BytesIO()
    Pil.fromarray(PIXELS).save(file, "JPEG", exif=exif)
    image = read(file.getvalue())
    assert (image.camera, image.exif_orientation) == ("Canon EOS 40D", 8)
    assert image.taken == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert image.pixels.shape == (9, 6, 3)


def test_errors_name_the_file(tmp_path):
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(UnreadableImage, match=r"empty\.jpg cannot be read: empty file\. Copy") as caught:
        read(tmp_path / "empty.jpg")
    assert caught.value.id == str(tmp_path / "empty.jpg")
    assert caught.value.reason == "empty file"


def test_limits_hold_for_every_source(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    small = Limits(max_pixels=10)
    with fsspec.open("memory://read/b.png", "wb") as file:
        file.write(png())
    for source in (path, png(), PIXELS, Pil.fromarray(PIXELS), "memory://read/b.png"):
        with pytest.raises(ImageTooLarge):
            read(source, limits=small)
    for source in (path, png(), "memory://read/b.png"):
        with pytest.raises(ImageTooLarge, match="MiB"):
            read(source, limits=Limits(max_bytes=10))


@pytest.mark.parametrize("source", [None, 3, {"a": 1}, [1, 2]])
def test_other_things_are_refused_plainly(source):
    with pytest.raises(UnsupportedImage, match="Give a path"):
        read(source)


def test_places_that_hold_no_file(tmp_path):
    with pytest.raises(UnsupportedImage, match="a folder, not a file"):
        read(tmp_path)
    with pytest.raises(UnreadableImage, match="the file is gone"):
        read(tmp_path / "gone.jpg")
    with pytest.raises(UnreadableImage, match="the file is gone"):
        read("memory://read/gone.jpg")
    with pytest.raises(UnreadableImage):
        read("a\0b.jpg")
    with pytest.raises(UnreadableImage):
        read(Path("x" * 5000))


def test_thumbnails_are_small_jpegs():
    tall = np.zeros((5000, 2, 3), np.uint8)
    assert read(thumbnail(tall, side_px=100)).pixels.shape == (100, 1, 3)
    assert read(thumbnail(PIXELS, side_px=100)).pixels.shape == (6, 9, 3)
    assert len(thumbnail(np.full((600, 800, 3), 90, np.uint8))) < 2000


def test_an_image_is_taken_as_it_is():
    image = read(np.zeros((2, 3), np.uint8))
    assert read(image) is image
