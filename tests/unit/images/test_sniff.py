"""What bytes are is told by the bytes."""

import pytest

from lookoutcv.errors import UnreadableImage, UnsupportedImage
from lookoutcv.images.sniff import sniff


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"GIF87a", "gif"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "bmp"),
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heix", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "avif"),
        (b"\0\0\0\x18ftypavif", "avif"),
    ],
)
def test_formats_that_are_read(head, format):
    assert sniff(head) == format


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\0\0\0\x18ftypisom", "not an image (video)"),
        (b"\0\0\0\x0cjP  \r\n", "JPEG 2000 is not read yet; convert it to JPEG"),
        (b"%PDF-1.7", "PDF is not read yet; convert it to JPEG"),
        (b"8BPS\0\1", "PSD is not read yet; convert it to JPEG"),
        (b"P6\n2 2\n255\n", "PNM is not read yet; convert it to PNG"),
        (bytes(128) + b"DICM", "DICOM is not read yet; convert it to PNG"),
        (b"PK\x03\x04", "not an image (ZIP archive)"),
        (b"<?xml version='1.0'?><svg/>", "SVG is not read; convert it to PNG"),
        (b"<!DOCTYPE html><title>404", "not an image (HTML)"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, not the image"),
        (
            b"<?xml version='1.0'?>\n<annotations>\n  <version>1.1",
            "not an image (CVAT's annotations, which are not read)",
        ),
        (b"<annotation verified='no'><folder>", "not an image (annotations in the form of Pascal VOC)"),
        (
            b"classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n",
            "not an image (Darknet's list of a data set, which is not read)",
        ),
        (b"hello, world\n", "not an image (text)"),
        ("Grüße, 世界".encode(), "not an image (text)"),
        (b"\xff\xfeh\0i\0", "not an image (text)"),
        (b"BMW is a car maker", "not an image (text)"),
        (bytes(range(1, 200)), "not an image"),
    ],
)
def test_other_things_are_named(data, reason):
    with pytest.raises(UnsupportedImage) as caught:
        sniff(data)
    assert caught.value.reason == reason
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty file"), (bytes(4096), "only zero bytes"), (b"\x89PNG\n\x1a\n\n", "corrupt PNG signature")],
)
def test_damaged_files_are_unreadable(data, reason):
    with pytest.raises(UnreadableImage) as caught:
        sniff(data)
    assert caught.value.reason == reason
