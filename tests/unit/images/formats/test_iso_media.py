"""AVIF and HEIC: what they hold, which way up, and what is said where they cannot be read.

The three HEIC files in `pictures/` hold one drawing (white corner, red left, blue right) and were encoded once with
pillow-heif 1.8: as it is, turned on its side with an EXIF orientation, and with 10 bits a sample.
"""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookoutcv.errors import ImageError, ImageTooLarge, UnreadableImage, UnsupportedImage
from lookoutcv.images import Limits, read

PICTURES = Path(__file__).parent / "pictures"
HEIC = ["upright", "turned", "ten_bit"]
DRAWN = np.zeros((48, 64, 3), np.uint8)
DRAWN[:, :32], DRAWN[:, 32:], DRAWN[:16, :16] = (200, 30, 30), (30, 30, 200), 255


def avif(pixels=DRAWN, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "AVIF", **{"quality": 90, "subsampling": "4:4:4", **options})
    return file.getvalue()


def heic(name):
    pytest.importorskip("pi_heif")
    return (PICTURES / f"{name}.heic").read_bytes()


def close(image):
    assert image.pixels.shape == DRAWN.shape
    for place in ((8, 8), (40, 8), (40, 56)):
        assert np.abs(image.pixels[place].astype(int) - DRAWN[place]).max() <= 4


@pytest.mark.parametrize("name", HEIC)
def test_heic_is_read_upright_in_eight_bits(name):
    image = read(heic(name))
    close(image)
    assert image.format == "heic"


def test_heic_tells_its_exif():
    turned = read(heic("turned"))
    assert (turned.exif_orientation, turned.camera) == (6, "Canon EOS R5")
    assert read(heic("upright")).exif_orientation is None


def test_avif_is_read():
    image = read(avif())
    close(image)
    assert (image.format, image.exif_orientation) == ("avif", None)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_is_turned_as_its_boxes_say(orientation):
    exif = Image.Exif()
    exif.update({0x0112: orientation, 0x010F: "ACME"})
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the Transpose that undoes each orientation
    stored = Image.fromarray(DRAWN)
    stored = stored.transpose(Image.Transpose(back[orientation])) if orientation > 1 else stored
    image = read(avif(np.asarray(stored), exif=exif))
    close(image)
    assert image.camera == "ACME"
    assert image.exif_orientation == (orientation if orientation > 1 else None)


def test_alpha_grey_and_animation_follow_the_rules_of_other_formats():
    clear = np.dstack([DRAWN, np.zeros((48, 64), np.uint8)])
    close(read(avif(clear)))
    grey = read(avif(DRAWN[:, :, 0])).pixels
    assert np.array_equal(grey[..., 0], grey[..., 2])
    close(read(avif(save_all=True, append_images=[Image.new("RGB", (64, 48))])))


@pytest.mark.parametrize("name", ["avif", *HEIC])
def test_a_file_cut_anywhere_is_refused(name):
    data = avif() if name == "avif" else heic(name)
    reasons = set()
    for end in {*range(40, len(data))} - {data.index(b"mdat") - 4}:
        with pytest.raises(UnreadableImage) as caught:
            read(data[:end])
        reasons.add(caught.value.reason)
    assert reasons == {"truncated"}


@pytest.mark.parametrize("name", ["avif", "upright"])
def test_damage_ends_in_an_image_error_or_in_pixels(name):
    data = bytearray(avif() if name == "avif" else heic(name))
    random = np.random.default_rng(5)
    for place in random.integers(0, len(data), 60):
        damaged = bytes(data[:place]) + bytes([data[place] ^ 0xFF]) + bytes(data[place + 1 :])
        try:
            found = read(damaged, limits=Limits(max_pixels=1_000_000)).pixels
        except ImageError:
            continue
        assert found.dtype == np.uint8


@pytest.mark.parametrize("name", ["avif", "upright"])
def test_size_is_checked(name):
    with pytest.raises(ImageTooLarge):
        read(avif() if name == "avif" else heic(name), limits=Limits(max_pixels=64 * 48 - 1))


def test_without_the_extra_the_reason_holds_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(UnsupportedImage) as caught:
        read((PICTURES / "upright.heic").read_bytes())
    assert caught.value.reason == 'HEIC needs pip install "lookoutcv[heif]"'
    assert str(caught.value).endswith('Install it with: pip install "lookoutcv[heif]", or convert it to JPEG.')


@pytest.mark.parametrize("how", ["older than 11.3", "built without"])
def test_a_pillow_without_avif_is_named(monkeypatch, how):
    from PIL import AvifImagePlugin

    data = avif()
    if how == "built without":
        monkeypatch.setattr(AvifImagePlugin, "SUPPORTED", False)
    else:
        import PIL

        monkeypatch.setitem(sys.modules, "PIL.AvifImagePlugin", None)
        monkeypatch.delattr(PIL, "AvifImagePlugin")
    with pytest.raises(UnsupportedImage, match="AVIF needs a newer Pillow: pip install --upgrade pillow"):
        read(data)
