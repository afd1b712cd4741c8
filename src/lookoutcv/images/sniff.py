"""What some bytes are, told by the bytes: a name's suffix is never trusted."""

from __future__ import annotations

import re

from lookoutcv.images.refusals import COPY_AGAIN, unreadable, unsupported

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_AVIF = {b"avif", b"avis"}
_GENERAL = {b"mif1", b"msf1", b"miaf"}

_OTHER_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"%PDF", "PDF"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"qoif", "QOI"),
    (b"DDS ", "DDS"),
    (b"icns", "ICNS"),
    (b"II\x55\x00", "Panasonic raw"),
    (b"IIRO", "Olympus raw"),
    (b"IIRS", "Olympus raw"),
    (b"FUJIFILMCCD-RAW", "Fujifilm raw"),
)
_NO_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"Rar!", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x93NUMPY", "NumPy array file"),
    (b"\x89HDF", "HDF5"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x00\x05\x16\x07", "macOS resource file"),
    (b"\x1a\x45\xdf\xa3", "Matroska video"),
)
_BMP_HEADER_BYTES = {12, 40, 52, 56, 64, 108, 124}
# What describes images, and is given in place of them.
_ANNOTATIONS = (
    (rb"<annotations[\s>]", "CVAT's annotations, which are not read", "Export COCO, YOLO or Pascal VOC from CVAT."),
    (rb"<annotation[\s>]", "annotations in the form of Pascal VOC", "Give the folder that holds them and the images."),
    (
        rb"(?m)^\s*(train|valid|names)\s*=\s*\S",
        "Darknet's list of a data set, which is not read",
        "Write a data.yaml with the same train, val and names, as YOLOv5 and later have it, and give that.",
    ),
)
_TEXT_CONTROL = set(range(32)) - set(b"\t\n\v\f\r\x1b")


def sniff(data: bytes) -> str:
    """The image format of some bytes.

    Args:
        data: A whole file.
    Returns:
        "jpeg", "png", "webp", "tiff", "bmp", "gif", "avif" or "heic".
    Raises:
        UnreadableImage: Nothing, or only zero bytes.
        UnsupportedImage: Anything else; the reason names it where it is known.
    Example:
        >>> sniff(b"GIF89a...")
        'gif'
    """
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return "tiff"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    # "BM" also begins words: a BMP has one of a few header sizes behind it.
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_BYTES:
        return "bmp"
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    _refuse(data)
    raise unsupported("not an image")


def _refuse(data: bytes) -> None:
    if not data:
        raise unreadable("empty file")
    head = data[:1024]
    _refuse_known(data)
    if not any(head) and not any(data):
        raise unreadable("only zero bytes")
    if data[1:4] == b"PNG":
        raise unreadable("corrupt PNG signature")
    _refuse_text(head)


def _refuse_known(data: bytes) -> None:
    for magic, name in _OTHER_PICTURES:
        if data.startswith(magic):
            raise unsupported(f"{name} is not read yet; convert it to JPEG")
    if data[:1] == b"P" and data[1:2] in b"1234567" and data[2:3].isspace():
        raise unsupported("PNM is not read yet; convert it to PNG")
    if data[128:132] == b"DICM":
        raise unsupported("DICOM is not read yet; convert it to PNG")
    for magic, name in _NO_PICTURES:
        if data.startswith(magic):
            raise unsupported(f"not an image ({name})", "Leave it out.")


def _iso_media(data: bytes) -> str:
    brand = data[8:12]
    # A file may be of a general brand and say among the compatible ones what it really is.
    compatible = {data[i : i + 4] for i in range(16, min(int.from_bytes(data[:4], "big"), 256), 4)}
    if brand in _AVIF or (brand in _GENERAL and compatible & _AVIF):
        return "avif"
    if brand in _HEIC or brand in _GENERAL:
        return "heic"
    raise unsupported("not an image (video)", "Give the video file itself as the source, or leave it out.")


def _refuse_text(head: bytes) -> None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise unsupported("not an image (text)", "Leave it out.")
    if any(byte in _TEXT_CONTROL for byte in head):
        return
    text = head.lower()
    if text.startswith(b"version https://git-lfs"):
        raise unsupported("a Git LFS pointer, not the image", "Fetch the images with `git lfs pull`.")
    for mark, what, remedy in _ANNOTATIONS:
        if re.search(mark, head):
            raise unsupported(f"not an image ({what})", remedy)
    if b"<svg" in text:
        raise unsupported("SVG is not read; convert it to PNG")
    if b"<!doctype html" in text or b"<html" in text:
        raise unsupported("not an image (HTML)", f"A download may have saved an error page. {COPY_AGAIN}")
    raise unsupported("not an image (text)", "Leave it out.")
