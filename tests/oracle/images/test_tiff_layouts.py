"""Every layout of a TIFF that tifffile writes gives the pixels that tifffile reads."""

import io
import itertools
import struct

import numpy as np
import pytest
import tifffile

from lookoutcv.errors import UnsupportedImage
from lookoutcv.images.decode import decode

HEIGHT, WIDTH = 40, 57
LAYOUTS = {"strips": {}, "rows": {"rowsperstrip": 7}, "tiles": {"tile": (16, 32)}}
COLOURS = {"grey": 1, "white is zero": 1, "grey alpha": 2, "rgb": 3, "rgba": 4, "rgbx": 4, "cmyk": 4}
COMPRESSIONS = [None, "lzw", "deflate", "packbits", "zstd", "lzma"]
GRID = [
    (colour, bits, planes, layout, order, compression)
    for colour, bits, planes, layout, order, compression in itertools.product(
        COLOURS, (8, 16), ("contig", "separate"), LAYOUTS, "<>", COMPRESSIONS
    )
    if planes == "contig" or COLOURS[colour] > 2
]


def samples(colour, bits):
    rng = np.random.default_rng(COLOURS[colour] * bits)
    return rng.integers(0, 2**bits, (HEIGHT, WIDTH, COLOURS[colour]), dtype=f"u{bits // 8}")


def tiff(values, colour, planes, layout, order, compression):  # noqa: PLR0917
    kind = {"grey": "minisblack", "white is zero": "miniswhite", "grey alpha": "minisblack", "cmyk": "separated"}
    extra = {"grey alpha": ["unassalpha"], "rgba": ["unassalpha"], "rgbx": ["unspecified"]}.get(colour)
    array = values[..., 0] if values.shape[2] == 1 else values
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        array.transpose(2, 0, 1) if planes == "separate" else array,
        photometric=kind.get(colour, "rgb"),
        planarconfig=planes if array.ndim == 3 else None,
        extrasamples=extra,
        byteorder=order,
        compression=compression,
        **LAYOUTS[layout],
    )
    return file.getvalue()


def expected(data, colour, bits, planes):
    """What tifffile reads, as eight bits of RGB."""
    values = tifffile.imread(io.BytesIO(data))
    if planes == "separate":
        values = values.transpose(1, 2, 0)
    values = (values.reshape(HEIGHT, WIDTH, -1) >> (bits - 8)).astype(np.int64)
    if colour == "white is zero":
        values = 255 - values
    if colour == "cmyk":
        light = (255 - values[..., :3]) * (255 - values[..., 3:])
        return np.rint(light / 255)
    return np.repeat(values[..., :1], 3, 2) if COLOURS[colour] < 3 else values[..., :3]


def not_read(colour, bits, order):
    """Grey of 16 bits that Pillow has no mode for: it is refused, not read as something else."""
    return bits == 16 and (colour == "grey alpha" or (colour == "white is zero" and order == ">"))


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_every_layout_gives_the_pixels_that_tifffile_reads(colour, bits, planes):
    wrong = []
    for layout in (layout for layout in GRID if layout[:3] == (colour, bits, planes)):
        data = tiff(samples(colour, bits), colour, *layout[2:])
        if not_read(colour, bits, layout[4]):
            with pytest.raises(UnsupportedImage):
                decode(data)
            continue
        found = decode(data).pixels.astype(np.int64)
        off = np.abs(found - expected(data, colour, bits, planes)).max()
        if off > (colour == "cmyk"):  # another rounding
            wrong.append((*layout, off))
    assert not wrong


def written(array, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def grid(**options):
    """Every layout, byte order, compression and size of offsets, but for the one that Pillow has no reader for."""
    for layout, order, compression, big in itertools.product(LAYOUTS.values(), "<>", COMPRESSIONS, (False, True)):
        one = {"byteorder": order, "compression": compression, "bigtiff": big, **layout, **options}
        separate = options.get("planarconfig") == "separate" and compression is None
        yield one, not (big and order == ">" and not separate)


def check(array, expected, **options):
    """Of every layout: the pixels, or a refusal that names why."""
    wrong = []
    for one, is_read in grid(**options):
        data = written(array, **one)
        if not is_read:
            with pytest.raises(UnsupportedImage, match="BigTIFF in big-endian byte order is not read"):
                decode(data)
        elif not np.array_equal(decode(data).pixels, expected):
            wrong.append(one)
    assert not wrong


def grey(values):
    return np.repeat(values[..., np.newaxis], 3, 2)


@pytest.mark.parametrize("colour", ["minisblack", "miniswhite"])
def test_one_bit(rng, colour):
    values = rng.integers(0, 2, (HEIGHT, WIDTH)).astype(bool)
    light = values if colour == "minisblack" else ~values
    check(values, grey(light.astype(np.uint8) * 255), photometric=colour)


@pytest.mark.parametrize("bits", [2, 4])
@pytest.mark.parametrize("order", "<>")
def test_a_few_bits(rng, bits, order):
    values = rng.integers(0, 2**bits, (HEIGHT, WIDTH)).astype(np.uint8)
    data = written(values, photometric="minisblack", bitspersample=bits, byteorder=order)
    assert np.array_equal(decode(data).pixels, grey((values * (255 // (2**bits - 1))).astype(np.uint8)))


def test_palettes(rng):
    values = rng.integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
    colours = rng.integers(0, 256, (3, 256)).astype(np.uint16)
    check(values, colours.T[values].astype(np.uint8), photometric="palette", colormap=colours * 257)


@pytest.mark.parametrize("channels", [2, 5, 6])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_samples_beyond_those_of_the_colours(rng, channels, planes):
    values = rng.integers(0, 256, (HEIGHT, WIDTH, channels)).astype(np.uint8)
    colours = 1 if channels == 2 else 3
    check(
        values.transpose(2, 0, 1) if planes == "separate" else values,
        values[..., :3] if colours == 3 else grey(values[..., 0]),
        photometric="rgb" if colours == 3 else "minisblack",
        planarconfig=planes,
        extrasamples=["unspecified"] * (channels - colours),
    )


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_orientations(rng, orientation, planes):
    values = rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    across = values.transpose(1, 0, 2)
    upright = {
        **{2: values[:, ::-1], 3: values[::-1, ::-1], 4: values[::-1], 5: across},
        **{6: np.rot90(values, -1), 7: across[::-1, ::-1], 8: np.rot90(values)},
    }[orientation]
    stored = values.transpose(2, 0, 1) if planes == "separate" else values
    tags = [(274, 3, 1, orientation, True)]
    check(stored, upright, photometric="rgb", planarconfig=planes, extratags=tags)
    for one, is_read in grid(photometric="rgb", planarconfig=planes, extratags=tags):
        if is_read:
            assert decode(written(stored, **one)).exif.orientation == orientation


@pytest.mark.parametrize("type", [np.uint8, np.uint16])
@pytest.mark.parametrize("colour", ["minisblack", "rgb"])
@pytest.mark.parametrize("compression", ["lzw", "deflate", "lzma"])
def test_differences_between_neighbours(rng, type, colour, compression):
    shape = (HEIGHT, WIDTH, 3) if colour == "rgb" else (HEIGHT, WIDTH)
    values = rng.integers(0, np.iinfo(type).max, shape, dtype=type)
    high = (values >> (8 * values.itemsize - 8)).astype(np.uint8)
    for layout, order in itertools.product(LAYOUTS.values(), "<>"):
        data = written(values, photometric=colour, predictor=2, compression=compression, byteorder=order, **layout)
        assert np.array_equal(decode(data).pixels, high if colour == "rgb" else grey(high))


@pytest.mark.parametrize("compression", [None, "lzw", "deflate"])
def test_a_picture_with_smaller_ones_below_it_and_behind_it(rng, compression):
    values = rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    for below in (0, 2):
        file = io.BytesIO()
        with tifffile.TiffWriter(file) as pages:
            pages.write(values, photometric="rgb", subifds=below, compression=compression)
            for step in (2, 4):
                pages.write(values[::step, ::step], photometric="rgb", subfiletype=1)
        assert np.array_equal(decode(file.getvalue()).pixels, values)


@pytest.mark.parametrize(
    ("type", "reason"),
    [
        *((kind, "signed pixels have no fixed white") for kind in ("i1", "i2")),
        *((kind, "float pixels have no fixed white") for kind in ("f2", "f4", "f8")),
        *((kind, "integer pixels have no fixed white") for kind in ("u4", "u8", "i4")),
        ("c8", "complex pixels have no fixed white"),
    ],
)
@pytest.mark.parametrize("colour", ["minisblack", "rgb"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_samples_without_a_fixed_white_are_named(type, colour, planes, reason):
    shape = {"minisblack": (HEIGHT, WIDTH), "contig": (HEIGHT, WIDTH, 3), "separate": (3, HEIGHT, WIDTH)}
    values = np.zeros(shape[planes if colour == "rgb" else colour], type)
    for one, _ in grid(photometric=colour, planarconfig=planes if colour == "rgb" else None):
        with pytest.raises(UnsupportedImage, match=reason):
            decode(written(values, **one))


@pytest.mark.parametrize("bits", [6, 10, 14])
def test_depths_that_are_not_read_are_named(bits):
    data = written(np.zeros((HEIGHT, WIDTH), np.uint16 if bits > 8 else np.uint8), bitspersample=bits)
    with pytest.raises(UnsupportedImage, match=f"TIFF samples of {bits} bits are not read"):
        decode(data)


@pytest.mark.parametrize(
    ("colour", "name"), [("cielab", "LAB"), ("icclab", "LAB"), ("itulab", "LAB"), ("logl", "LogL")]
)
def test_colours_that_are_not_read_are_named(colour, name):
    values = np.zeros((HEIGHT, WIDTH) if colour == "logl" else (HEIGHT, WIDTH, 3), np.uint8)
    with pytest.raises(UnsupportedImage, match=f"{name} pixels are not read"):
        decode(written(values, photometric=colour))


@pytest.mark.parametrize("compression", [None, "lzw", "deflate"])
def test_luminance_and_chroma(rng, compression):
    values = rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    found = decode(written(values, photometric="ycbcr", compression=compression)).pixels.astype(int)
    light, blue, red = (values[..., i].astype(float) - 128 * (i > 0) for i in range(3))  # ITU-R BT.601, full range
    expected = np.stack([light + 1.402 * red, light - 0.344136 * blue - 0.714136 * red, light + 1.772 * blue], 2)
    assert np.abs(found - np.clip(expected, 0, 255)).max() <= 1.5


def test_chroma_of_less_resolution_without_compression_is_named():
    data = written(np.zeros((HEIGHT, WIDTH, 3), np.uint8), photometric="ycbcr")
    one, two = struct.pack("<HHIHH", 530, 3, 2, 1, 1), struct.pack("<HHIHH", 530, 3, 2, 2, 2)
    assert one in data
    with pytest.raises(UnsupportedImage, match="an uncompressed TIFF with chroma of less resolution is not read"):
        decode(data.replace(one, two))
