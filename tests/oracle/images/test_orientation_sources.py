"""Wherever a file says how it is turned, a path, its bytes and a PIL image give one answer: that of Pillow."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from lookoutcv.images import read

PIXELS = np.random.default_rng(2).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def xmp(orientation, element=False):
    said = f"><tiff:Orientation>{orientation}</tiff:Orientation" if element else f' tiff:Orientation="{orientation}"/'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description{said}></x:xmpmeta>'.encode()


def raw_profile(kind, content):
    return f"\n{kind}\n{len(content):8}\n" + "\n".join(
        content.hex()[i : i + 72] for i in range(0, len(content) * 2, 72)
    )


def png_with(name, text, packed=False):
    info = PngInfo()
    info.add_text(name, text, packed)
    return {"format": "PNG", "pnginfo": info}


def saved(format, **options):
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, format, **options)
    return file.getvalue()


def files(orientation):
    both = {"exif": exif(orientation), "xmp": xmp(3)}
    profile = raw_profile("exif", exif(orientation))
    return {
        "jpeg exif": saved("JPEG", exif=exif(orientation)),
        "jpeg xmp": saved("JPEG", xmp=xmp(orientation)),
        "jpeg xmp element": saved("JPEG", xmp=xmp(orientation, element=True)),
        "jpeg both": saved("JPEG", **both),
        "webp exif": saved("WEBP", lossless=True, exif=exif(orientation)),
        "webp xmp": saved("WEBP", lossless=True, xmp=xmp(orientation)),
        "webp both": saved("WEBP", lossless=True, **both),
        "tiff": saved("TIFF", tiffinfo={0x0112: orientation}),
        "tiff xmp": saved("TIFF", tiffinfo={700: xmp(orientation)}),
        "tiff lzw": saved("TIFF", tiffinfo={0x0112: orientation}, compression="tiff_lzw"),
        "png exif": saved("PNG", exif=exif(orientation)),
        "png xmp": saved(**png_with("XML:com.adobe.xmp", xmp(orientation).decode())),
        "png raw profile": saved(**png_with("Raw profile type exif", profile)),
        "png raw profile packed": saved(**png_with("Raw profile type exif", profile, packed=True)),
        "avif": saved("AVIF", exif=exif(orientation)),
    }


@pytest.mark.parametrize("name", files(1))
@pytest.mark.parametrize("orientation", range(1, 9))
def test_path_bytes_and_pil_image_agree_with_pillow(name, orientation, tmp_path):
    data = files(orientation)[name]
    (tmp_path / "file").write_bytes(data)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    loaded = Image.open(io.BytesIO(data))
    loaded.load()
    found = [read(tmp_path / "file"), read(data), read(Image.open(io.BytesIO(data))), read(loaded)]
    for image in found:
        assert image.pixels.shape == expected.shape
        assert np.abs(image.pixels.astype(int) - expected).mean() < (1 if "jpeg" in name else 1e-9)
    assert len({image.exif_orientation for image in found[:3]}) == 1


@pytest.mark.parametrize("name", ["Raw profile type APP1", "Raw profile type xmp"])
def test_profiles_that_pillow_does_not_know_are_read_alike(name):
    content = b"Exif\0\0" + exif(6).removeprefix(b"Exif\0\0") if "APP1" in name else xmp(6)
    data = saved(**png_with(name, raw_profile("app1", content)))
    assert read(data).pixels.shape == read(Image.open(io.BytesIO(data))).pixels.shape == (9, 6, 3)


@pytest.mark.parametrize("text", ["", "\nexif\n  12\nzz", "\nexif\n  12\n" + b"Exif\0\0II*".hex()])
def test_a_broken_profile_turns_nothing(text):
    data = saved(**png_with("Raw profile type exif", text))
    for source in (data, Image.open(io.BytesIO(data))):
        assert np.array_equal(read(source).pixels, PIXELS)


def test_a_packed_text_that_is_broken_is_passed_over():
    data = saved(**png_with("Comment", "x"))
    chunk = b"zTXtRaw profile type exif\0\0broken"
    size, checksum = len(chunk) - 4, zlib.crc32(chunk)
    file = data[:33] + size.to_bytes(4, "big") + chunk + checksum.to_bytes(4, "big") + data[33:]
    assert np.array_equal(read(file).pixels, PIXELS)


def test_an_avif_is_turned_by_its_boxes_alone():
    data = saved("AVIF", xmp=xmp(6))
    assert read(data).pixels.shape == read(Image.open(io.BytesIO(data))).pixels.shape == PIXELS.shape
