"""Data that ends early inside a file that is whole outside: refused in every format, never filled in."""

import io
import itertools
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from lookoutcv.errors import UnreadableImage, UnsupportedImage
from lookoutcv.images import read
from lookoutcv.images.formats.heic_items import coded_extents
from lookoutcv.images.formats.jpeg import decode_jpeg, read_header
from lookoutcv.images.formats.tiff.tiff_page import Page
from lookoutcv.images.limits import DEFAULT_LIMITS

SIDE = 64
PICTURES = Path(__file__).parents[2] / "unit/images/formats/pictures"
NOISE = np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def file_of(format, mode="RGB", pixels=NOISE, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, format, **options)
    return file.getvalue()


def png(pixels, colour, depth=8, interlaced=False, rows=None):
    """A PNG of whole bytes a row, with as many rows as are asked for; interlaced: any bytes that suffice."""
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    raw = raw[: rows * (len(raw) // len(pixels))] if rows else raw
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    width, height = pixels[0].nbytes * 8 // (channels * depth), len(pixels)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    chunks = [b"IHDR" + head, b"PLTE" + bytes(range(256)) * 3, b"IDAT" + zlib.compress(raw), b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
        if colour in (2, 3, 6) or chunk[:4] != b"PLTE"
    )


@pytest.mark.parametrize(
    ("colour", "depth"), [(0, 1), (0, 8), (0, 16), (2, 8), (2, 16), (3, 8), (4, 8), (6, 8), (6, 16)]
)
def test_a_png_with_too_few_rows_is_refused(colour, depth):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rows = np.random.default_rng(5).integers(0, 256, (32, 16 * channels * depth // 8), dtype=np.uint8)
    whole = read(png(rows, colour, depth)).pixels
    assert whole.shape == (32, 16, 3)
    for present in (1, 16, 31):
        with pytest.raises(UnreadableImage, match="truncated"):
            read(png(rows, colour, depth, rows=present))


@pytest.mark.parametrize("colour", [0, 2, 3, 4, 6])
def test_a_png_whose_last_rows_are_black_is_whole(colour):
    rows = np.zeros((32, 16 * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]), np.uint8)
    assert read(png(rows, colour)).pixels.shape == (32, 16, 3)
    with pytest.raises(UnreadableImage, match="truncated"):
        read(png(rows, colour, rows=31))


def test_an_interlaced_png_with_too_few_rows_is_refused():
    # 7 passes of 33 x 16 pixels of one byte: 15 + 15 + 20 + 36 + 72 + 136 + 272 = 33 * 16 bytes and one a row
    raw = 33 * 16 + (5 + 5 + 4 + 9 + 8 + 17 + 16)
    head = struct.pack(">IIBBBBB", 16, 33, 8, 0, 0, 0, 1)
    for missing in (0, 1, raw // 2):
        chunks = [b"IHDR" + head, b"IDAT" + zlib.compress(bytes(raw - missing)), b"IEND"]
        data = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks
        )
        if missing:
            with pytest.raises(UnreadableImage, match="truncated"):
                read(data)
        else:
            assert read(data).pixels.shape == (33, 16, 3)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_a_jpeg_that_ends_early_before_its_end_mark_is_refused(mode, options):
    data = file_of("JPEG", mode, **options)
    assert read(data).pixels.shape == NOISE.shape
    for share in (0.5, 0.8, 0.95):
        with pytest.raises(UnreadableImage):
            read(data[: int(len(data) * share)] + b"\xff\xd9")


def unusual_jpeg(factors=b"\x31\x11\x11", **options):
    """A JPEG whose chroma is a third as wide, each component in scans of its own: turbojpeg has no name for it."""
    widths = [SIDE, -(-SIDE // 3), -(-SIDE // 3)]
    parts = [file_of("JPEG", "L", NOISE[:, :width, i], quality=90, **options) for i, width in enumerate(widths)]
    frame = parts[0].index(b"\xff\xc2" if options else b"\xff\xc0")
    head = parts[0][frame : frame + 9] + bytes([3]) + b"".join(bytes([i + 1, factors[i], 0]) for i in range(3))
    head = head[:2] + struct.pack(">H", len(head) - 2) + head[4:]
    scans = bytearray()
    for i, part in enumerate(parts):
        scan = bytearray(part[frame + 13 : -2])
        at = -1
        while (at := scan.find(b"\xff\xda\x00\x08\x01", at + 1)) >= 0:
            scan[at + 5] = i + 1
        scans += scan
    return parts[0][:frame] + head + bytes(scans) + b"\xff\xd9"


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_jpeg_of_unusual_subsampling_is_not_filled_in_either(options):
    data = unusual_jpeg(**options)
    assert decode_jpeg(data, read_header(data), DEFAULT_LIMITS) is None
    assert np.array_equal(read(data).pixels, np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
    for share in (0.5, 0.8, 0.95):
        kept = int(len(data) * share)
        for tail in (b"", b"\xff\xd9", bytes(len(data) - kept - 2) + b"\xff\xd9"):
            with pytest.raises(UnreadableImage):
                read(data[:kept] + tail)


def cut_strips(data, share):
    """The same TIFF with strips that are said to be shorter."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        tag = file.pages[0].tags["StripByteCounts"]
        place, kind, order = tag.valueoffset, "H" if tag.dtype == 3 else "I", file.byteorder
        sizes = [int(size * share) for size in file.pages[0].databytecounts]
    changed = bytearray(data)
    struct.pack_into(f"{order}{len(sizes)}{kind}", changed, place, *sizes)
    return bytes(changed)


FAX = ["group3", "group4", "tiff_ccitt"]


@pytest.mark.parametrize("compression", [*FAX, "jpeg", "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "lzma"])
def test_a_tiff_whose_strips_end_early_is_refused(compression):
    data = file_of("TIFF", "1" if compression in FAX else "RGB", compression=compression)
    assert read(data).pixels.shape == NOISE.shape
    for share in (0.5, 0.8):
        with pytest.raises(UnreadableImage):
            read(cut_strips(data, share))


GRAIN = np.random.default_rng(7).normal(0, 6, NOISE.shape)
RAMP = (np.arange(SIDE)[:, None, None] * 3 + GRAIN).clip(0, 255).astype(np.uint8)
FILLS = {"zeros": b"\0", "ones": b"\xff", "text": b"<html>error page ", "noise": NOISE.tobytes()}


@pytest.mark.parametrize("pixels", [NOISE, RAMP], ids=["noise", "ramp"])
@pytest.mark.parametrize("options", [{}, {"rowsperstrip": 16}, {"tile": (32, 32)}], ids=str)
@pytest.mark.parametrize("compression", ["deflate", "adobe_deflate", "lzw", "packbits", "lzma"])
def test_a_tiff_of_which_the_end_of_a_piece_was_overwritten_is_refused(compression, options, pixels):
    file = io.BytesIO()
    predictor = {"predictor": 2} if options and "deflate" in compression else {}
    tifffile.imwrite(file, pixels, photometric="rgb", compression=compression, **options, **predictor)
    data = file.getvalue()
    assert np.array_equal(read(data).pixels, pixels)
    page = Page(data)
    at, size = page.pieces[len(page.pieces) // 2]
    # Of a piece of a few rows anything may be PackBits that unpacks to just as much.
    fills = FILLS.values() if not options or compression != "packbits" else [FILLS["zeros"]]
    for share, fill in itertools.product((0.3, 0.5, 0.8, 0.95), fills):
        kept = int(size * share)
        tail = (fill * size)[: size - kept]
        with pytest.raises(UnreadableImage):
            read(data[: at + kept] + tail + data[at + size :])


@pytest.mark.parametrize("compression", ["deflate", "lzw", "packbits"])
def test_a_last_strip_that_is_filled_up_and_padded_is_whole(compression):
    file = io.BytesIO()
    tifffile.imwrite(file, NOISE, photometric="rgb", compression=compression, rowsperstrip=16)
    data = bytearray(file.getvalue())
    at = data.index(struct.pack("<HHII", 257, 4, 1, SIDE)) + 8
    struct.pack_into("<I", data, at, SIDE - 9)
    assert np.array_equal(read(bytes(data)).pixels, NOISE[:-9])


def test_lzw_without_its_mark_of_the_end_is_whole():
    file = io.BytesIO()
    tifffile.imwrite(file, RAMP, photometric="rgb", compression="lzw")
    data = bytearray(file.getvalue())
    at, size = Page(bytes(data)).pieces[0]
    last = int.from_bytes(data[at + size - 4 : at + size], "big")
    padding = (last & -last).bit_length() - 1
    assert last >> padding & 0x1FF == 257
    data[at + size - 4 : at + size] = (last - (257 << padding)).to_bytes(4, "big")
    assert np.array_equal(read(bytes(data)).pixels, RAMP)


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("order", "<>")
def test_an_uncompressed_tiff_with_less_than_it_says_is_refused(planes, order):
    file = io.BytesIO()
    array = NOISE.transpose(2, 0, 1) if planes == "separate" else NOISE
    tifffile.imwrite(file, array, photometric="rgb", planarconfig=planes, byteorder=order, rowsperstrip=16)
    data = file.getvalue()
    assert np.array_equal(read(data).pixels, NOISE)
    with pytest.raises(UnreadableImage, match="truncated"):
        read(cut_strips(data, 0.5))
    kind = "H" if struct.pack(f"{order}HHI", 257, 3, 1) in data else "I"
    at = data.index(struct.pack(f"{order}HHI", 257, 3 if kind == "H" else 4, 1)) + 8
    taller = bytearray(data)
    struct.pack_into(order + kind, taller, at, 2 * SIDE)
    with pytest.raises(UnreadableImage, match="truncated"):
        read(bytes(taller))


@pytest.mark.parametrize("pixels", [NOISE, RAMP], ids=["noise", "ramp"])
@pytest.mark.parametrize(
    "options", [{}, {"quality": 20}, {"lossless": True}, {"exif": b"Exif\0\0II*\0"}, {"save_all": True}], ids=str
)
def test_a_webp_of_which_something_was_overwritten_with_zeros_is_refused(options, pixels):
    more = {"append_images": [Image.new("RGB", (2 * SIDE, 2 * SIDE))]} if "save_all" in options else {}
    data = file_of("WEBP", pixels=np.tile(pixels, (2, 2, 1)), **options, **more)
    assert read(data).pixels.shape == (2 * SIDE, 2 * SIDE, 3)
    at = data.index(b"VP8L" if "lossless" in options else b"VP8 ") + 8
    size = int.from_bytes(data[at - 4 : at], "little")
    for share, fill in itertools.product((0.3, 0.5, 0.8), (b"\0", b"\xff")):
        kept = int(size * share)
        with pytest.raises(UnreadableImage):
            read(data[: at + kept] + fill * (size - kept) + data[at + size :])


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("options", [{}, {"quality": 5}, {"quality": 100}, {"lossless": True}], ids=str)
def test_a_flat_webp_is_whole_though_its_data_is_zeros(options, level):
    for side in (8, 64, 300, 1000):
        pixels = np.full((side, side, 3), level, np.uint8)
        assert np.abs(read(file_of("WEBP", pixels=pixels, **options)).pixels.astype(int) - level).max() <= 6


@pytest.mark.parametrize("name", ["upright", "turned", "ten_bit"])
def test_a_heic_of_which_something_was_overwritten_with_zeros_is_refused(name):
    pytest.importorskip("pi_heif")
    data = (PICTURES / f"{name}.heic").read_bytes()
    assert read(data).pixels.shape == (48, 64, 3)
    for at, size in coded_extents(data):
        for begins, ends in ((0.3, 1), (0.5, 1), (0.8, 1), (0.4, 0.6)):
            start, end = at + int(size * begins), at + int(size * ends)
            with pytest.raises(UnreadableImage):
                read(data[:start] + bytes(end - start) + data[end:])


def test_an_avif_with_a_zeroed_tail_is_refused():
    data = file_of("AVIF", quality=90)
    assert read(data).pixels.shape == NOISE.shape
    for share in (0.5, 0.8):
        kept = int(len(data) * share)
        with pytest.raises(UnreadableImage):
            read(data[:kept] + bytes(len(data) - kept))


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (34712, "JPEG 2000"),
        (33005, "Aperio JPEG 2000"),
        (50002, "JPEG XL"),
        (34887, "LERC"),
        (50001, "WebP"),
        (777, ""),
    ],
)
def test_a_compression_that_is_not_read_is_named(number, name):
    file = io.BytesIO()
    tifffile.imwrite(file, NOISE, photometric="rgb")
    data = file.getvalue().replace(struct.pack("<HHIH", 259, 3, 1, 1), struct.pack("<HHIH", 259, 3, 1, number))
    with pytest.raises(UnsupportedImage, match=rf"TIFF compression {number}.*{name}.* is not read"):
        read(data)


def test_decoders_say_nothing_on_standard_error(tmp_path):
    lzw, packbits = (file_of("TIFF", compression=kind) for kind in ("tiff_lzw", "packbits"))
    (tmp_path / "packbits.tif").write_bytes(cut_strips(packbits, 0.5))
    (tmp_path / "lzw.tif").write_bytes(lzw[:40] + b"\xff" * 200 + lzw[240:])
    (tmp_path / "fax.tif").write_bytes(cut_strips(file_of("TIFF", "1", compression="group4"), 0.5))
    avif = file_of("AVIF", quality=90)
    (tmp_path / "zeroed.avif").write_bytes(avif[: len(avif) // 2] + bytes(len(avif) - len(avif) // 2))
    code = (
        "import pathlib, sys, lookoutcv as lo\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try: lo.read(path)\n"
        "    except lo.errors.UnreadableImage: print(path.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (["fax.tif", "lzw.tif", "packbits.tif", "zeroed.avif"], "")
